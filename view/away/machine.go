package away

import (
	"math"
	"sync"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/intercept"
	"penumbra/internal/sys"
	"penumbra/shadow/wire"
)

// A machineHandler answers a call that is about no file. It reports false for those
// that stay here.
type machineHandler func(*Guest, *intercept.Call) (intercept.Verdict, bool)

// machineHandlers are the calls of the first axis, but for names of files.
var machineHandlers = sync.OnceValue(func() map[string]machineHandler {
	all := map[string]machineHandler{
		"clock_gettime": (*Guest).clockTime, "clock_gettime64": (*Guest).clockTime,
		"clock_getres": (*Guest).clockTick, "clock_getres_time64": (*Guest).clockTick,
		"gettimeofday": (*Guest).timeOfDay, "time": (*Guest).seconds,
		"sysinfo": (*Guest).sysinfo, "prlimit64": (*Guest).limit, "getrlimit": (*Guest).limit, "ugetrlimit": (*Guest).limit,
	}
	identity := map[string]machineHandler{"getgroups": (*Guest).groups, "getgroups32": (*Guest).groups}
	for _, wide := range []string{"", "32"} {
		for name, id := range map[string]func(*wire.Credentials) uint32{
			"getuid":  func(u *wire.Credentials) uint32 { return u.UID },
			"geteuid": func(u *wire.Credentials) uint32 { return u.EUID },
			"getgid":  func(u *wire.Credentials) uint32 { return u.GID },
			"getegid": func(u *wire.Credentials) uint32 { return u.EGID },
		} {
			identity[name+wide] = func(g *Guest, c *intercept.Call) (intercept.Verdict, bool) {
				return intercept.Skip(narrow(c.Syscall.Returns, id(&g.user))), true
			}
		}
		for name, ids := range map[string]func(*wire.Credentials) []uint32{"getresuid": users, "getresgid": userGroups} {
			identity[name+wide] = func(g *Guest, c *intercept.Call) (intercept.Verdict, bool) { return threeIDs(c, ids(&g.user)), true }
		}
		for name, ids := range map[string]func(*wire.Credentials) []uint32{
			"setuid": users, "setreuid": users, "setresuid": users, "setgid": userGroups, "setregid": userGroups, "setresgid": userGroups,
		} {
			identity[name+wide] = func(g *Guest, c *intercept.Call) (intercept.Verdict, bool) { return setIDs(c, ids(&g.user)), true }
		}
		identity["setfsuid"+wide] = func(g *Guest, c *intercept.Call) (intercept.Verdict, bool) {
			return intercept.Skip(narrow(c.Syscall.Returns, g.user.EUID)), true // it never fails, and changes nothing it may not
		}
		identity["setfsgid"+wide] = func(g *Guest, c *intercept.Call) (intercept.Verdict, bool) {
			return intercept.Skip(narrow(c.Syscall.Returns, g.user.EGID)), true
		}
		identity["setgroups"+wide] = refuse
	}
	for name, h := range identity {
		all[name] = func(g *Guest, c *intercept.Call) (intercept.Verdict, bool) {
			if g.mine {
				return intercept.Run, false
			}
			return h(g, c)
		}
	}
	for _, name := range []string{"uname", "olduname", "oldolduname"} {
		all[name] = ofOurs((*Guest).uname)
	}
	for _, name := range []string{"sethostname", "setdomainname"} {
		all[name] = ofOurs(refuse)
	}
	// What changes a machine: the shadow's is not the guest's to change.
	for _, name := range []string{"settimeofday", "stime", "clock_settime", "clock_settime64",
		"adjtimex", "clock_adjtime", "clock_adjtime64", "reboot", "syslog", "kexec_load", "kexec_file_load",
		"init_module", "finit_module", "delete_module"} {
		all[name] = refuse
	}
	return all
})

// isOwn reports whether a user is this process's.
func isOwn(u *wire.Credentials) bool {
	ruid, euid, suid := unix.Getresuid()
	rgid, egid, sgid := unix.Getresgid()
	for i, id := range []int{ruid, euid, suid} {
		if uint32(id) != users(u)[i] {
			return false
		}
	}
	for i, id := range []int{rgid, egid, sgid} {
		if uint32(id) != userGroups(u)[i] {
			return false
		}
	}
	return true
}

func refuse(*Guest, *intercept.Call) (intercept.Verdict, bool) {
	return intercept.Fail(abi.EPERM), true
}

// ofOurs has h answer unless the thread has names of the machine of its own
// (uts_namespaces(7)).
func ofOurs(h machineHandler) machineHandler {
	return func(g *Guest, c *intercept.Call) (intercept.Verdict, bool) {
		if !sys.InOurNamespace(c.Thread.ID(), "uts") {
			return intercept.Run, false
		}
		return h(g, c)
	}
}

func users(u *wire.Credentials) []uint32      { return []uint32{u.UID, u.EUID, u.SUID} }
func userGroups(u *wire.Credentials) []uint32 { return []uint32{u.GID, u.EGID, u.SGID} }

// narrow returns an id as calls of 16 bits have it.
func narrow(k abi.Kind, id uint32) int64 {
	if (k == abi.KindUid16 || k == abi.KindGid16) && id > math.MaxUint16 {
		return overflowID
	}
	return int64(id)
}

// isRealtime reports whether a clock tells the time of day. The others count from a
// point of this machine's, for deadlines that its kernel keeps.
func isRealtime(id int32) bool {
	return id == unix.CLOCK_REALTIME || id == unix.CLOCK_REALTIME_COARSE || id == unix.CLOCK_REALTIME_ALARM
}

func (g *Guest) clockTime(c *intercept.Call) (intercept.Verdict, bool) {
	if !isRealtime(c.Args.Int32(0)) {
		return intercept.Run, false
	}
	return answer(c, 1, timeValues(g.clock.now())), true
}

func (g *Guest) clockTick(c *intercept.Call) (intercept.Verdict, bool) {
	if c.Args.Int32(0) != unix.CLOCK_REALTIME || c.Args[1] == 0 {
		return intercept.Run, false
	}
	return answer(c, 1, timeValues(g.clock.tick)), true
}

// timeOfDay answers gettimeofday(2); the time zone is the kernel's of this machine,
// which nothing has set since 1990, and so zero.
func (g *Guest) timeOfDay(c *intercept.Call) (intercept.Verdict, bool) {
	if c.Args[1] != 0 {
		if v := answer(c, 1, values{}); v != intercept.Skip(0) {
			return v, true
		}
	}
	if c.Args[0] == 0 {
		return intercept.Skip(0), true
	}
	return answer(c, 0, timeValues(g.clock.now())), true
}

func (g *Guest) seconds(c *intercept.Call) (intercept.Verdict, bool) {
	now := g.clock.now().Sec
	if c.Args[0] != 0 {
		if v := give(c, 0, put(nil, c.Arch.PointerSize(), uint64(now))); v != intercept.Skip(0) {
			return v, true
		}
	}
	return intercept.Skip(now), true
}

// uname tells the names of the shadow's machine, but for what its programs are made
// for: those that run here are this machine's.
func (g *Guest) uname(c *intercept.Call) (intercept.Verdict, bool) {
	layout := c.Syscall.ArgsOn(c.Arch)[0].Layout
	b := make([]byte, layout.Size(c.Arch))
	n := &g.names
	for name, text := range map[string]string{"sysname": n.System, "nodename": n.Node, "release": n.Release,
		"version": n.Version, "machine": n.Machine, "domainname": n.Domain} {
		if f := layout.Field(name); f != nil {
			at, room := f.Offset(c.Arch), f.Size(c.Arch)-1
			copy(b[at:at+room], text)
		}
	}
	return give(c, 0, b), true
}

func (g *Guest) sysinfo(c *intercept.Call) (intercept.Verdict, bool) {
	return g.run(c, func(t *task) intercept.Verdict {
		l, err := t.Client.Load(t.ctx)
		if err != nil {
			return fail(err)
		}
		sizes := map[string]uint64{"totalram": l.TotalRAM, "freeram": l.FreeRAM, "sharedram": l.SharedRAM,
			"bufferram": l.BufferRAM, "totalswap": l.TotalSwap, "freeswap": l.FreeSwap}
		unit := uint64(1)
		if c.Arch.PointerSize() == 4 && max(l.TotalRAM, l.TotalSwap) > math.MaxUint32 {
			unit = 4096 // as the kernel does for those who have no room
		}
		v := values{"uptime": l.Uptime, "procs": uint64(min(l.Processes, math.MaxUint16)), "mem_unit": unit}
		for name, size := range sizes {
			v[name] = size / unit
		}
		b, e := encode(t.Call, 0, v)
		if e != 0 {
			return intercept.Fail(e)
		}
		layout := t.Syscall.ArgsOn(t.Arch)[0].Layout
		at, word := layout.Field("loads").Offset(t.Arch), t.Arch.PointerSize()
		for i, load := range l.Loads {
			copy(b[at+i*word:], put(nil, word, load))
		}
		return give(t.Call, 0, b)
	}), true
}

// limit tells the limits that bind a representative. Others bind the process, which
// is here.
func (g *Guest) limit(c *intercept.Call) (intercept.Verdict, bool) {
	i := arg(c, "resource")
	resource := c.Args.Int32(i)
	isPR := c.Syscall.Name == "prlimit64"
	if resource != unix.RLIMIT_FSIZE || isPR && (c.Args[2] != 0 || c.Args[0] != 0 && c.Args.Int32(0) != int32(c.Thread.Process().ID)) {
		return intercept.Run, false
	}
	out := i + 1
	if isPR {
		out = i + 2
	}
	if c.Args[out] == 0 {
		return intercept.Run, false
	}
	return g.run(c, func(t *task) intercept.Verdict {
		l, err := t.Client.Limits(t.ctx)
		if err != nil {
			return fail(err)
		}
		layout := t.Syscall.ArgsOn(t.Arch)[out].Layout
		b := make([]byte, layout.Size(t.Arch))
		for j, name := range []string{"rlim_cur", "rlim_max"} {
			v := l.FileSize[j]
			if f := layout.Field(name); f.Size(t.Arch) == 4 {
				v = min(v, math.MaxUint32)
				if t.Syscall.Name == "getrlimit" {
					v = min(v, math.MaxInt32) // the old call's infinity
				}
				f.Put(t.Arch, b, v)
			} else {
				f.Put(t.Arch, b, v)
			}
		}
		return give(t.Call, out, b)
	}), true
}

// groups answers getgroups(2).
func (g *Guest) groups(c *intercept.Call) (intercept.Verdict, bool) {
	size, all := c.Args.Int32(0), g.user.Groups
	switch {
	case size < 0 || size > 0 && int(size) < len(all):
		return intercept.Fail(abi.EINVAL), true
	case size == 0:
		return intercept.Skip(int64(len(all))), true
	}
	var b []byte
	for _, id := range all {
		b = put(b, idSize(c, 1), uint64(id))
	}
	if v := give(c, 1, b); v != intercept.Skip(0) {
		return v, true
	}
	return intercept.Skip(int64(len(all))), true
}

// idSize returns the width of the ids that argument i points to.
func idSize(c *intercept.Call, i int) int {
	if l := c.Syscall.ArgsOn(c.Arch)[i].Layout; l != nil && l.Size(c.Arch) == 2 {
		return 2
	}
	return 4
}

// threeIDs answers getresuid(2) and its like.
func threeIDs(c *intercept.Call, ids []uint32) intercept.Verdict {
	for i, id := range ids {
		if v := give(c, i, put(nil, idSize(c, i), uint64(id))); v != intercept.Skip(0) {
			return v
		}
	}
	return intercept.Skip(0)
}

// setIDs answers the calls that change ids: the shadow stays who it is, so what
// would change something is EPERM, as it is for one without privileges.
func setIDs(c *intercept.Call, ids []uint32) intercept.Verdict {
	args := c.Syscall.ArgsOn(c.Arch)
	for i, a := range args {
		asked := uint32(c.Args[i])
		if a.Kind == abi.KindUid16 || a.Kind == abi.KindGid16 {
			if asked = uint32(uint16(asked)); asked == math.MaxUint16 {
				asked = math.MaxUint32
			}
		}
		current := ids[i]
		if len(args) == 1 {
			current = ids[1] // the effective one
		}
		if asked != math.MaxUint32 && asked != current || asked == math.MaxUint32 && len(args) == 1 {
			return intercept.Fail(abi.EPERM)
		}
	}
	return intercept.Skip(0)
}
