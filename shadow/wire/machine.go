package wire

// MachineNames are what uname(2) tells of a machine.
type MachineNames struct{ System, Node, Release, Version, Machine, Domain string }

// Credentials say whose a process is: real, effective and saved ids, and further
// groups, 1024 at most.
type Credentials struct {
	UID, EUID, SUID uint32
	GID, EGID, SGID uint32
	Groups          []uint32
}

// MachineLoad is what sysinfo(2) tells. Sizes are in bytes.
type MachineLoad struct {
	Uptime                                                       uint64    // seconds
	Loads                                                        [3]uint64 // over 1, 5 and 15 minutes; 65536 is 1
	TotalRAM, FreeRAM, SharedRAM, BufferRAM, TotalSwap, FreeSwap uint64
	Processes                                                    uint32
}

// Bounds are limits of getrlimit(2), soft and hard. ^0 is none.
type Bounds struct {
	FileSize [2]uint64 // bytes
	Files    [2]uint64 // that a session may have open
}

// MaxGroups bounds the groups of Credentials, and MaxSignal the signals of kill.
const (
	MaxGroups = 1024
	MaxSignal = 64
)

// maxUtsName is the longest name of a machine (__NEW_UTS_LEN, linux/utsname.h).
const maxUtsName = 64

func (n *MachineNames) code(c *coder) {
	for _, s := range []*string{&n.System, &n.Node, &n.Release, &n.Version, &n.Machine, &n.Domain} {
		c.text(s, maxUtsName)
	}
}

func (u *Credentials) code(c *coder) {
	for _, id := range []*uint32{&u.UID, &u.EUID, &u.SUID, &u.GID, &u.EGID, &u.SGID} {
		c.u32(id)
	}
	n := uint16(len(u.Groups))
	c.u16(&n)
	if n > MaxGroups {
		c.fail("%d groups", n)
		return
	}
	if c.reading && n > 0 {
		u.Groups = make([]uint32, n)
	}
	for i := range u.Groups {
		c.u32(&u.Groups[i])
	}
}

func (l *MachineLoad) code(c *coder) {
	for _, v := range []*uint64{&l.Uptime, &l.Loads[0], &l.Loads[1], &l.Loads[2],
		&l.TotalRAM, &l.FreeRAM, &l.SharedRAM, &l.BufferRAM, &l.TotalSwap, &l.FreeSwap} {
		c.u64(v)
	}
	c.u32(&l.Processes)
}

func (b *Bounds) code(c *coder) {
	for _, v := range []*uint64{&b.FileSize[0], &b.FileSize[1], &b.Files[0], &b.Files[1]} {
		c.u64(v)
	}
}

// made returns what *p points to, which is made if there is nothing.
func made[T any](p **T) *T {
	if *p == nil {
		*p = new(T)
	}
	return *p
}

func (c *coder) signal(v *uint32) {
	c.u32(v)
	if *v > MaxSignal {
		c.fail("signal %d", *v)
	}
}
