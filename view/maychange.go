package view

import (
	"path"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/intercept"
	"penumbra/module"
	"penumbra/namespace"
)

// mayChange makes the kernel's checks for a change, in the kernel's order.
func (v *View) mayChange(c *intercept.Call, a asked, refs []ref) abi.Errno {
	restore, _, e := v.become(c.Thread, false, false)
	if e != 0 {
		return e
	}
	defer restore()
	last := refs[len(refs)-1]
	switch a.Op {
	case module.Mknod:
		if a.kind != unix.S_IFIFO && a.kind != unix.S_IFSOCK {
			if _, e := v.statRef(last); e == 0 {
				return abi.EEXIST
			}
			return abi.EPERM // mknod(2): the file system has no such files
		}
		return v.mayMake(last, false)
	case module.Create:
		return v.mayMake(last, false)
	case module.Mkdir:
		return v.mayMake(last, true)
	case module.Symlink:
		if a.Text == "" {
			return abi.ENOENT
		}
		return v.mayMake(last, false)
	case module.Link:
		st, e := v.statRef(refs[0])
		switch {
		case e != 0:
			return e
		case st.Mode&unix.S_IFMT == unix.S_IFDIR:
			return abi.EPERM
		}
		return v.mayMake(last, false)
	case module.Remove:
		return v.mayRemove(c, last, a.isDir)
	}
	return v.mayRename(c, a, refs)
}

// mayMake reports whether something new may be made at r.
func (v *View) mayMake(r ref, isDir bool) abi.Errno {
	switch _, e := v.statRef(r); {
	case e == 0:
		return abi.EEXIST
	case e != abi.ENOENT:
		return e
	case r.Slash && !isDir:
		return abi.ENOENT
	}
	return v.mayWriteDir(r)
}

// mayWriteDir reports whether names may be changed in the directory of r.
func (v *View) mayWriteDir(r ref) abi.Errno {
	at := v.spot(r.host, r.Place)
	if err := unix.Faccessat(at.dir, path.Dir(at.name), unix.W_OK|unix.X_OK, unix.AT_EACCESS); err != nil {
		return errnoOf(err)
	}
	return 0
}

// mayRemove reports whether r may lose its name.
func (v *View) mayRemove(c *intercept.Call, r ref, isDir bool) abi.Errno {
	st, e := v.statRef(r)
	if e == 0 {
		e = v.mayWriteDir(r)
	}
	if e == 0 {
		e = v.sticks(c, r, &st)
	}
	if e != 0 {
		return e
	}
	switch is := st.Mode&unix.S_IFMT == unix.S_IFDIR; {
	case (isDir || r.Slash) && !is:
		return abi.ENOTDIR
	case !isDir && is:
		return abi.EISDIR
	case isDir:
		return v.isEmpty(r)
	}
	return 0
}

// sticks reports whether what st tells of must not be removed from its directory,
// since that is sticky and neither belongs to the guest.
func (v *View) sticks(c *intercept.Call, r ref, st *unix.Stat_t) abi.Errno {
	at := v.spot(r.host, r.Place)
	var dir unix.Stat_t
	if err := unix.Fstatat(at.dir, path.Dir(at.name), &dir, 0); err != nil {
		return errnoOf(err)
	}
	who, err := v.identityOf(c.Thread)
	if err != nil {
		return abi.ESRCH
	}
	if dir.Mode&unix.S_ISVTX != 0 && who.uid != 0 && who.uid != st.Uid && who.uid != dir.Uid {
		return abi.EPERM
	}
	return 0
}

// isEmpty reports ENOTEMPTY for a directory that is not.
func (v *View) isEmpty(r ref) abi.Errno {
	if e := v.fill(r.Place, true); e != 0 {
		return e
	}
	at := v.spot(r.host, r.Place)
	fd, err := unix.Openat(at.dir, at.name, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return 0 // who may not read it may remove it; the rest finds out
	}
	defer unix.Close(fd)
	buf := make([]byte, 1024) // room for more than . and ..
	n, err := unix.ReadDirent(fd, buf)
	if err != nil {
		return errnoOf(err)
	}
	if _, _, names := unix.ParseDirent(buf[:n], 1, nil); len(names) > 0 {
		return abi.ENOTEMPTY
	}
	return 0
}

// mayRename makes the checks of rename(2).
func (v *View) mayRename(c *intercept.Call, a asked, refs []ref) abi.Errno {
	from, e := v.statRef(refs[0])
	if e != 0 {
		return e
	}
	to, e := v.statRef(refs[1])
	if e != 0 && e != abi.ENOENT {
		return e
	}
	exists := e == 0
	isDir := from.Mode&unix.S_IFMT == unix.S_IFDIR
	switch {
	case a.flags&^unix.RENAME_NOREPLACE != 0:
		return abi.EINVAL
	case a.flags&unix.RENAME_NOREPLACE != 0 && exists:
		return abi.EEXIST
	case isDir && refs[0].Place != refs[1].Place && namespace.Below(refs[0].Place, refs[1].Place):
		return abi.EINVAL
	case refs[0].Place != refs[1].Place && namespace.Below(refs[1].Place, refs[0].Place):
		return abi.ENOTEMPTY
	case !isDir && (refs[0].Slash || refs[1].Slash):
		return abi.ENOTDIR
	case exists && from.Dev == to.Dev && from.Ino == to.Ino:
		return 0
	}
	if e = v.mayWriteDir(refs[0]); e == 0 {
		e = v.sticks(c, refs[0], &from)
	}
	if e == 0 {
		e = v.mayWriteDir(refs[1])
	}
	if e == 0 && exists {
		e = v.mayReplace(c, refs[1], isDir, &to)
	}
	if at := v.spot(refs[0].host, refs[0].Place); e == 0 && isDir && namespace.Parent(refs[0].Place) != namespace.Parent(refs[1].Place) {
		// Its .. changes.
		if err := unix.Faccessat(at.dir, at.name, unix.W_OK, unix.AT_EACCESS); err != nil {
			e = errnoOf(err)
		}
	}
	return e
}

// mayReplace reports whether what is at r may give way to something renamed.
func (v *View) mayReplace(c *intercept.Call, r ref, isDir bool, st *unix.Stat_t) abi.Errno {
	if e := v.sticks(c, r, st); e != 0 {
		return e
	}
	switch is := st.Mode&unix.S_IFMT == unix.S_IFDIR; {
	case isDir && !is:
		return abi.ENOTDIR
	case !isDir && is:
		return abi.EISDIR
	case isDir:
		return v.isEmpty(r)
	}
	return 0
}
