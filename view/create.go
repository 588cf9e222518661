package view

import (
	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/intercept"
	"penumbra/module"
	"penumbra/namespace"
)

// openToChange answers the opening of a file that is to be written to or made, in
// a tree with emulated files. It reports false for what is opened like any other.
func (v *View) openToChange(c *intercept.Call, o *opening, r ref) (intercept.Verdict, bool) {
	if o.flags&unix.O_PATH != 0 || !o.writes() && o.flags&unix.O_CREAT == 0 {
		return intercept.Run, false
	}
	if o.isTemporary() {
		return intercept.Fail(abi.EOPNOTSUPP), true
	}
	for {
		_, e := v.statRef(r)
		switch {
		case e == abi.ENOENT && o.flags&unix.O_CREAT != 0 && r.mount.changer != nil && !r.Slash && r.Dots == "":
			verdict, again := v.create(c, o, r)
			if again {
				continue
			}
			return verdict, true
		case e != 0 || o.flags&(unix.O_CREAT|unix.O_EXCL) == unix.O_CREAT|unix.O_EXCL || !o.writes():
			return intercept.Run, false // an error, or nothing that changes
		}
		f, e := v.openedForWriting(c, r)
		switch {
		case e != 0:
			return intercept.Fail(e), true
		case f == nil || o.flags&unix.O_TRUNC == 0:
			return intercept.Run, false
		}
		o.flags &^= unix.O_TRUNC
		o.empty = f
		return v.openHere(c, o, r), true
	}
}

// create makes a file and opens it. It reports true if somebody else has made it
// meanwhile, and that may be.
func (v *View) create(c *intercept.Call, o *opening, r ref) (verdict intercept.Verdict, again bool) {
	wanted := asked{Change: module.Change{Op: module.Create, Name: r.mount.nameOf(r.Place), Mode: o.mode}}
	if _, umask, err := status(c.Thread.ID()); err == nil {
		wanted.Mode &^= umask
	}
	if e := v.mayChange(c, wanted, []ref{r}); e != 0 {
		return intercept.Fail(e), e == abi.EEXIST && o.flags&unix.O_EXCL == 0
	}
	fd := -1
	err := r.mount.changer.Change(wanted.Change, func() error {
		restore, _, e := v.become(c.Thread, true, false)
		if e != 0 {
			return e
		}
		defer restore()
		var err error
		if fd, err = v.openSpot(o, r); err != nil {
			return errnoOf(err)
		}
		return nil
	})
	if err != nil {
		if fd >= 0 {
			unix.Close(fd)
		}
		e := contentErrno(err)
		if e == abi.EEXIST && o.flags&unix.O_EXCL == 0 {
			_, missing := v.statRef(r)
			again = missing == 0
		}
		return intercept.Fail(e), again
	}
	return intercept.Give(fd, o.flags&unix.O_CLOEXEC != 0), false
}

// makeEmpty makes a file empty that was opened with O_TRUNC, as fd.
func (v *View) makeEmpty(o *opening, r ref, fd int) error {
	if o.flags&unix.O_ACCMODE == unix.O_RDONLY {
		at := v.spot(r.host, r.Place)
		own, err := unix.Openat(at.dir, at.name, unix.O_WRONLY|unix.O_CLOEXEC|unix.O_NOFOLLOW, 0)
		if err != nil {
			return err
		}
		defer unix.Close(own)
		fd = own
	}
	return o.empty.Resize(0, func() error { return unix.Ftruncate(fd, 0) })
}

// refuseLink keeps a link to what a descriptor is open on from being made where
// the file is kept elsewhere: there it has no name that could be linked.
func (v *View) refuseLink(c *intercept.Call, sh *shape) abi.Errno {
	if !v.changes || len(sh.paths) < 2 {
		return 0
	}
	p := sh.paths[1]
	path, err := v.pathOf(c, p.arg)
	if err != nil || path == "" {
		return 0
	}
	r, e := v.resolve(c, p.dirfdOf(c), path, namespace.Options{Name: true})
	if e == 0 && !r.unknown && r.mount != nil && r.mount.changer != nil {
		return abi.EPERM
	}
	return 0
}
