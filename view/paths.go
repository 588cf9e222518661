package view

import (
	"strings"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/intercept"
	"penumbra/namespace"
)

// byPath answers the calls that do something to a file, or to a name.
func (v *View) byPath(c *intercept.Call, sh *shape) intercept.Verdict {
	if sh.relinks {
		v.forget()
		defer v.forget()
	}
	if sh.removes {
		// A directory that is moved takes along those who work in it.
		defer v.cwdEra.Add(1)
	}
	var refs [2]ref
	apart := false
	for i, p := range sh.paths {
		path, err := v.pathOf(c, p.arg)
		switch {
		case (err != nil || path == "") && sh.isDescriptor(c, p):
			return v.byDescriptor(c, sh, p)
		case err != nil || path == "":
			return intercept.Run // which the kernel refuses
		}
		if v.isKernels(c, sh, p, path) {
			return intercept.Run
		}
		var e abi.Errno
		if refs[i], e = v.resolve(c, p.dirfdOf(c), path, sh.options(c, p)); e != 0 {
			if refs[i].Apart || apart {
				return intercept.Fail(e)
			}
			return intercept.Run // it will find the same error
		}
		apart = apart || refs[i].Apart
		if sh.removes && !sh.relinks && v.isLink(refs[i]) {
			v.forget() // something else may come in its place
		}
	}
	return v.decide(c, sh, refs[:len(sh.paths)], apart)
}

// isLink reports whether a symbolic link stands where r is.
func (v *View) isLink(r ref) bool {
	if r.unknown {
		return false
	}
	at := v.spot(r.host, r.Place)
	var st unix.Stat_t
	return unix.Fstatat(at.dir, at.name, &st, unix.AT_SYMLINK_NOFOLLOW) == nil && st.Mode&unix.S_IFMT == unix.S_IFLNK
}

// isKernels reports whether a path needs no look: a single name that is not
// followed leads, from wherever it starts, nowhere else than for the kernel.
// (find and its like ask for little else.)
func (v *View) isKernels(c *intercept.Call, sh *shape, p pathArg, path string) bool {
	return sh.looks && !v.fills && !v.split && !(sh.asks && v.guarded) && !sh.follows(c, p) && v.staysPut(path)
}

// staysPut reports whether a path is a single name which, unless it is a link,
// leads from no directory to or from a mount.
func (v *View) staysPut(path string) bool {
	return !strings.Contains(path, "/") && path != "." && path != ".." && !v.table.Enters(path)
}

// byDescriptor answers a call that means the descriptor which its path would start from.
func (v *View) byDescriptor(c *intercept.Call, sh *shape, p pathArg) intercept.Verdict {
	if sh.changes && v.guarded && p.dirfd >= 0 && p.dirfdOf(c) != unix.AT_FDCWD && v.isReadOnlyFD(c, p.dirfdOf(c)) {
		return intercept.Fail(abi.EROFS)
	}
	switch {
	case !sh.changes || !v.changes:
	case len(sh.paths) > 1:
		if e := v.refuseLink(c, sh); e != 0 {
			return intercept.Fail(e)
		}
	default:
		return v.alterByFD(c, p.dirfdOf(c))
	}
	return intercept.Run
}

// decide gives the verdict on a call whose paths lead to refs.
func (v *View) decide(c *intercept.Call, sh *shape, refs []ref, apart bool) intercept.Verdict {
	for i, p := range sh.paths {
		if refs[i].unknown {
			// The descriptor that it starts from is no directory, or is deleted.
			return intercept.Run
		}
		if p.names {
			if e := v.refuseTarget(sh, refs[i]); e != 0 {
				return intercept.Fail(e)
			}
		}
	}
	// Where a thing is that only the kernel can follow, it alone knows.
	if len(refs) == 2 && refs[0].mount != refs[1].mount && refs[0].Kind != namespace.Foreign {
		return intercept.Fail(abi.EXDEV)
	}
	if sh.changes || sh.asks && c.Args[sh.paths[0].arg+1]&unix.W_OK != 0 {
		if e := v.refuseChange(sh, refs[len(refs)-1]); e != 0 {
			return intercept.Fail(e)
		}
	}
	if m := refs[len(refs)-1].mount; m != nil && m.changer != nil && sh.changes {
		return v.change(c, sh, refs)
	}
	switch {
	case !apart:
		return intercept.Run
	case sh.refused:
		return v.remount(c, sh, refs[0])
	}
	return v.perform(c, sh, refs)
}

// refuseTarget keeps mounts in their place: what is mounted on, or above it,
// cannot be made, removed or renamed.
func (v *View) refuseTarget(sh *shape, r ref) abi.Errno {
	isTarget := v.table.At(r.Place) != nil
	switch {
	case isTarget && sh.removes:
		return abi.EBUSY
	case isTarget:
		return abi.EEXIST
	case sh.removes && v.table.Holds(r.Place):
		return abi.EBUSY
	}
	return 0
}

// refuseChange keeps a read-only tree as it is. Errors come in the kernel's
// order: what is not there cannot be changed either.
func (v *View) refuseChange(sh *shape, r ref) abi.Errno {
	if r.mount == nil || !r.mount.ReadOnly {
		return 0
	}
	at := v.spot(r.host, r.Place)
	var st unix.Stat_t
	err := unix.Fstatat(at.dir, at.name, &st, unix.AT_SYMLINK_NOFOLLOW)
	creates := sh.makes || sh.relinks && !sh.removes
	switch {
	case creates && err == nil:
		return abi.EEXIST
	case sh.asks && err == nil && !isStored(&st):
		return 0 // a pipe or a device can be written
	case creates || sh.removes || err == nil:
		return abi.EROFS
	}
	return errnoOf(err)
}

// isStored reports whether a file's content is its file system's.
func isStored(st *unix.Stat_t) bool {
	kind := st.Mode & unix.S_IFMT
	return kind == unix.S_IFREG || kind == unix.S_IFDIR
}

// readlink answers for links of procfs as for others.
func (v *View) readlink(c *intercept.Call, sh *shape) intercept.Verdict {
	p := sh.paths[0]
	path, err := v.pathOf(c, p.arg)
	if err != nil || path == "" {
		return intercept.Run
	}
	r, e := v.resolve(c, p.dirfdOf(c), path, namespace.Options{})
	switch {
	case e != 0 && r.Apart:
		return intercept.Fail(e)
	case e != 0 || r.unknown:
		return intercept.Run
	case r.mount == nil && r.Kind != namespace.Missing && magic().MatchString(r.Place):
		host := linkText(r.Place)
		if seen := v.seenAt(r.Place, host); seen != host {
			return answer(c, sh.paths[0].arg+1, []byte(seen))
		}
	}
	if !r.Apart {
		return intercept.Run
	}
	return v.perform(c, sh, []ref{r})
}

// answer gives a call bytes as its result, cut to what the guest has room for:
// the argument buf is where, the one after it how much.
func answer(c *intercept.Call, buf int, b []byte) intercept.Verdict {
	size := c.Args.Int32(buf + 1)
	if size <= 0 {
		return intercept.Fail(abi.EINVAL)
	}
	b = b[:min(len(b), int(size))]
	if _, err := c.Memory().WriteAt(b, c.Args.Addr(buf)); err != nil {
		return intercept.Fail(abi.EFAULT)
	}
	return intercept.Skip(int64(len(b)))
}
