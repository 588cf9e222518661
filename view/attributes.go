package view

import (
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/intercept"
	"penumbra/module"
	"penumbra/namespace"
)

// attributes lists the calls that change permissions, owners and times.
var attributes = map[string]bool{
	"chmod": true, "fchmodat": true, "fchmodat2": true,
	"chown": true, "lchown": true, "chown32": true, "lchown32": true, "fchownat": true,
	"utime": true, "utimes": true, "futimesat": true, "utimensat": true, "utimensat_time64": true,
}

// alter changes attributes of what is at r. What the call comes to the kernel
// knows best; so it is made in the tree first, and taken back if it cannot be made
// where the file is kept.
func (v *View) alter(c *intercept.Call, sh *shape, r ref) intercept.Verdict {
	before, e := v.statRef(r)
	if e != 0 {
		return intercept.Fail(e)
	}
	c.Leave()
	verdict := v.perform(c, sh, []ref{r})
	if verdict != intercept.Skip(0) {
		return verdict
	}
	after, e := v.statRef(r)
	if e != 0 {
		return verdict
	}
	for _, change := range differences(&before, &after) {
		change.Name = r.mount.relative(r.Place)
		if change.Name == "" {
			change.Name = "."
		}
		if err := r.mount.changer.Change(change, func() error { return nil }); err != nil {
			v.restore(r, &before)
			return intercept.Fail(contentErrno(err))
		}
	}
	return verdict
}

// differences returns what makes attributes from before those from after. The
// permissions and times of a link are nobody's but the tree's.
func differences(before, after *unix.Stat_t) (all []module.Change) {
	if before.Uid != after.Uid || before.Gid != after.Gid {
		all = append(all, module.Change{Op: module.Chown, UID: int(after.Uid), GID: int(after.Gid)})
	}
	if after.Mode&unix.S_IFMT == unix.S_IFLNK {
		return all
	}
	if before.Mode != after.Mode {
		all = append(all, module.Change{Op: module.Chmod, Mode: after.Mode & 0o7777})
	}
	if before.Atim != after.Atim || before.Mtim != after.Mtim {
		all = append(all, module.Change{Op: module.Chtimes, Access: timeOf(after.Atim), Modify: timeOf(after.Mtim)})
	}
	return all
}

// restore gives what is at r the attributes that it had.
func (v *View) restore(r ref, st *unix.Stat_t) {
	at := v.spot(r.host, r.Place)
	_ = unix.Fchownat(at.dir, at.name, int(st.Uid), int(st.Gid), unix.AT_SYMLINK_NOFOLLOW)
	if st.Mode&unix.S_IFMT != unix.S_IFLNK {
		_ = unix.Fchmodat(at.dir, at.name, st.Mode&0o7777, 0)
	}
	_ = unix.UtimesNanoAt(at.dir, at.name, []unix.Timespec{st.Atim, st.Mtim}, unix.AT_SYMLINK_NOFOLLOW)
}

// alterByFD answers a call that changes what a descriptor is open on. One without
// a name is the kernel's alone.
func (v *View) alterByFD(c *intercept.Call, fd int32) intercept.Verdict {
	place := v.placeOfFD(c.Thread.ID(), fd)
	if place == "" || !v.changes {
		return intercept.Run
	}
	m, _ := v.mountOf(place)
	if m == nil || m.changer == nil {
		return intercept.Run
	}
	name := c.Syscall.Name
	if d, err := describe(c.Thread, fd); err != nil || d.flags&unix.O_PATH != 0 && shapeOf(c.Arch, c.Syscall) == nil {
		return intercept.Run // which is EBADF: such a descriptor is for paths
	}
	if byPath, ok := strings.CutPrefix(name, "f"); ok && !attributes[name] {
		name = byPath // fchmod and fchown take what chmod and chown take
	}
	if !attributes[name] {
		return intercept.Fail(abi.EOPNOTSUPP)
	}
	return v.alter(c, shapeOf(c.Arch, abi.ByName(name)), v.refOf(c.Thread, namespace.Found{Place: place}))
}

// timeOf converts a time of stat(2).
func timeOf(t unix.Timespec) time.Time { return time.Unix(t.Unix()) }
