package view

import (
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/intercept"
	"penumbra/internal/sys"
	"penumbra/namespace"
)

// Who may mount can mount in the trees of a view: there it is done for real. Where the
// guest has a root directory or a mount namespace of its own it would have to be done
// by the guest, which sees no such place; and the mounts of the view itself stay. That
// is refused, but to who may not mount, who is told so first.

// privilege is what a call of mounting needs.
type privilege struct {
	capability int
	// machine: it is needed in the first user namespace, not in the one that owns
	// the mounts.
	machine bool
	// first: the kernel asks for it before it looks at paths.
	first bool
}

var privileges = map[string]privilege{
	"mount":          {capability: unix.CAP_SYS_ADMIN},
	"umount":         {capability: unix.CAP_SYS_ADMIN},
	"umount2":        {capability: unix.CAP_SYS_ADMIN},
	"mount_setattr":  {capability: unix.CAP_SYS_ADMIN},
	"pivot_root":     {capability: unix.CAP_SYS_ADMIN, first: true},
	"move_mount":     {capability: unix.CAP_SYS_ADMIN, first: true},
	"open_tree":      {capability: unix.CAP_SYS_ADMIN, first: true}, // to clone
	"open_tree_attr": {capability: unix.CAP_SYS_ADMIN, first: true},
	"fspick":         {capability: unix.CAP_SYS_ADMIN, first: true},
	"swapon":         {capability: unix.CAP_SYS_ADMIN, machine: true, first: true},
	"swapoff":        {capability: unix.CAP_SYS_ADMIN, machine: true, first: true},
	"acct":           {capability: unix.CAP_SYS_PACCT, machine: true, first: true},
}

// privilegeFor returns the privilege that c needs, if any.
func privilegeFor(c *intercept.Call) (need privilege, known bool) {
	if c.Syscall.Name == "open_tree" && c.Args[2]&unix.OPEN_TREE_CLONE == 0 {
		return need, false
	}
	need, known = privileges[c.Syscall.Name]
	return need, known
}

// mounting answers the calls that would change what is mounted, and their like.
func (v *View) mounting(c *intercept.Call, sh *shape) intercept.Verdict {
	need, known := privilegeFor(c)
	switch {
	case known && need.first && !need.heldBy(c.Thread.ID()):
		return intercept.Run // to be refused
	case sh.call.Name == "mount":
		if r := v.boundFrom(c); r.Apart {
			return v.mountFrom(c, sh, r)
		}
	}
	return v.byPath(c, sh)
}

// boundFrom returns what the source of a mount refers to, if that is a path.
func (v *View) boundFrom(c *intercept.Call) (r ref) {
	if c.Args[3]&(unix.MS_BIND|unix.MS_MOVE) == 0 || c.Args[3]&unix.MS_REMOUNT != 0 {
		return r
	}
	if source, err := v.pathOf(c, 0); err == nil && source != "" {
		r, _ = v.resolve(c, unix.AT_FDCWD, source, namespace.Options{Follow: true})
	}
	return r
}

// mountFrom answers a mount whose source is a path that leads into a mount.
func (v *View) mountFrom(c *intercept.Call, sh *shape, source ref) intercept.Verdict {
	path, err := v.pathOf(c, sh.paths[0].arg)
	if err != nil {
		return intercept.Run // as it cannot be read
	}
	r, e := v.resolve(c, unix.AT_FDCWD, path, namespace.Options{Follow: true})
	if e == 0 && !r.unknown {
		_, e = v.statRef(r)
	}
	switch {
	case e != 0:
		return intercept.Fail(e)
	case !privileges[sh.call.Name].heldBy(c.Thread.ID()):
		return intercept.Fail(abi.EPERM)
	case !v.reaches(c, r) || source.unknown:
		return v.refuse(sh, source)
	}
	return v.mountThere(c, v.hostPath(source.Place), r)
}

// propagation are the flags of a mount(2) that says whom mounts and unmounts reach.
const propagation = unix.MS_SHARED | unix.MS_PRIVATE | unix.MS_SLAVE | unix.MS_UNBINDABLE

// remount answers a call of mounting whose way leads into a mount.
func (v *View) remount(c *intercept.Call, sh *shape, r ref) intercept.Verdict {
	name := sh.call.Name
	if _, e := v.statRef(r); e != 0 {
		return intercept.Fail(e)
	}
	need, known := privilegeFor(c)
	switch {
	case known && !need.heldBy(c.Thread.ID()):
		return intercept.Fail(abi.EPERM)
	case name == "mount" && r.Place == "/" && c.Args[3]&propagation != 0:
		return intercept.Run // of what the kernel has there, where real mounts are made
	case !v.reaches(c, r):
	case name == "mount":
		source, _ := c.Memory().String(c.Args.Addr(0), unix.PathMax-1)
		return v.mountThere(c, source, r)
	case name == "umount":
		return v.changeMounts(func(at string) error { return unix.Unmount(at, 0) }, r)
	case name == "umount2":
		return v.changeMounts(func(at string) error { return unix.Unmount(at, int(c.Args.Int32(1))) }, r)
	}
	return v.refuse(sh, r)
}

// reaches reports whether what is mounted by this process where r is will be seen
// there by the calling thread.
func (v *View) reaches(c *intercept.Call, r ref) bool {
	fills := r.mount != nil && r.mount.filler != nil && r.mount.changer == nil
	return !r.unknown && !fills && v.table.At(r.Place) == nil && r.host == v.host && v.rootOf(c.Thread) == "/"
}

// refuse answers a call that cannot be made on a mount.
func (v *View) refuse(sh *shape, r ref) intercept.Verdict {
	v.warn(sh.call.Name, fmt.Sprintf("%s on the mount of %s is not possible: it fails with EOPNOTSUPP", sh.call.Name, r.Place))
	return intercept.Fail(abi.EOPNOTSUPP)
}

// mountThere makes c, a mount, where r is.
func (v *View) mountThere(c *intercept.Call, source string, r ref) intercept.Verdict {
	const dataSize = 4096 // a page: all that mount(2) looks at
	fstype, _ := c.Memory().String(c.Args.Addr(2), unix.PathMax-1)
	data, _ := c.Memory().String(c.Args.Addr(4), dataSize-1)
	return v.changeMounts(func(at string) error { return unix.Mount(source, at, fstype, uintptr(c.Args[3]), data) }, r)
}

// changeMounts has change do something to what is mounted where r is.
func (v *View) changeMounts(change func(at string) error, r ref) intercept.Verdict {
	defer v.forget()
	at := v.spot(r.host, r.Place)
	if err := change(fmt.Sprintf("/proc/self/fd/%d/%s", at.dir, at.name)); err != nil {
		return intercept.Fail(errnoOf(err))
	}
	return intercept.Skip(0)
}

// heldBy reports whether a thread has the privilege (user_namespaces(7)).
func (p privilege) heldBy(tid int) bool {
	if capabilities(tid)&(1<<p.capability) == 0 {
		return false
	}
	var its unix.Stat_t
	if unix.Stat(fmt.Sprintf("/proc/%d/ns/user", tid), &its) != nil {
		return false
	}
	if p.machine {
		const first = 0xefff_fffd // PROC_USER_INIT_INO, linux/proc_ns.h
		return its.Ino == first
	}
	fd, err := unix.Open(fmt.Sprintf("/proc/%d/ns/mnt", tid), unix.O_RDONLY|unix.O_CLOEXEC, 0)
	for request := uint(unix.NS_GET_USERNS); err == nil; request = unix.NS_GET_PARENT {
		var owner int
		owner, err = unix.IoctlRetInt(fd, request)
		unix.Close(fd)
		var st unix.Stat_t
		if err == nil && unix.Fstat(owner, &st) == nil && st.Ino == its.Ino {
			unix.Close(owner)
			return true
		}
		fd = owner
	}
	return false // the owner is no descendant of its namespace's
}

// capabilities returns a thread's effective capabilities.
func capabilities(tid int) uint64 {
	b, _ := sys.ReadProc(tid, "status") // an error: it has died
	_, after, _ := strings.Cut(string(b), "\nCapEff:")
	line, _, _ := strings.Cut(after, "\n")
	set, _ := strconv.ParseUint(strings.TrimSpace(line), 16, 64)
	return set
}
