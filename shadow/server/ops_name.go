package server

import (
	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/shadow/session"
	"penumbra/shadow/wire"
)

// placeOf finds the place of a name that is about to be changed.
func (t *task) placeOf(fd int32, p string, noName abi.Errno) (place, error) {
	dir, err := t.directory(t.proc, fd)
	if err != nil {
		return place{}, err
	}
	defer t.done(dir)
	pl, err := t.place(&dir.handle, p, noName)
	if err != nil {
		return pl, err
	}
	if err := pl.at.writable(); err != nil {
		pl.close()
		return pl, err
	}
	return pl, nil
}

// plain returns ENOTDIR if the path demands a directory and there is none.
func (p *place) plain() error {
	if !p.slashed {
		return nil
	}
	attr, err := lookAt(p.dir, p.name)
	if err == nil && attr.Type != wire.TypeDirectory {
		err = abi.ENOTDIR
	}
	return err
}

// change is a change of p's without a result.
func (t *task) change(done func(session.Fact) verdict, look func() (session.Fact, error), do func() error) error {
	_, err := t.once(change{look: look, done: done, do: func() (session.Outcome, error) {
		return session.Outcome{}, do()
	}})
	return err
}

func (t *task) opMkdir(o *wire.Op, _ *wire.Result) error {
	p, err := t.placeOf(o.FD, o.Path, abi.EEXIST)
	if err != nil {
		return err
	}
	defer p.close()
	return t.change(func(was session.Fact) verdict {
		now, err := lookAt(p.dir, p.name)
		if err != nil {
			return notDone
		}
		return made(was, now, now.Type == wire.TypeDirectory)
	}, p.look, func() error {
		return unix.Mkdirat(p.dir, p.name, o.Mode&^t.umask())
	})
}

// opMknod makes a pipe or the name of a socket. A device would be a way out of the
// exports.
func (t *task) opMknod(o *wire.Op, _ *wire.Result) error {
	kind := uint32(unix.S_IFIFO)
	switch o.Kind {
	case wire.TypeFIFO:
	case wire.TypeSocket:
		kind = unix.S_IFSOCK
	case wire.TypeCharDevice, wire.TypeBlockDevice:
		return abi.EPERM
	default:
		return abi.EINVAL
	}
	p, err := t.placeOf(o.FD, o.Path, abi.EEXIST)
	if err != nil {
		return err
	}
	defer p.close()
	if p.slashed {
		return abi.ENOENT
	}
	return t.change(func(was session.Fact) verdict {
		now, err := lookAt(p.dir, p.name)
		if err != nil {
			return notDone
		}
		return made(was, now, now.Type == o.Kind)
	}, p.look, func() error {
		return unix.Mknodat(p.dir, p.name, kind|o.Mode&^t.umask(), 0)
	})
}

func (t *task) opSymlink(o *wire.Op, _ *wire.Result) error {
	p, err := t.placeOf(o.FD, o.Path, abi.EEXIST)
	if err != nil {
		return err
	}
	defer p.close()
	if p.slashed {
		return abi.ENOENT
	}
	return t.change(func(was session.Fact) verdict {
		now, err := lookAt(p.dir, p.name)
		if err != nil {
			return notDone
		}
		buf := make([]byte, wire.MaxPath+1)
		n, err := unix.Readlinkat(p.dir, p.name, buf)
		return made(was, now, err == nil && string(buf[:n]) == o.Path2)
	}, p.look, func() error {
		return unix.Symlinkat(o.Path2, p.dir, p.name)
	})
}

func (t *task) opRmdir(o *wire.Op, _ *wire.Result) error {
	return t.takeAway(o, abi.EINVAL, unix.AT_REMOVEDIR)
}

func (t *task) opUnlink(o *wire.Op, _ *wire.Result) error {
	return t.takeAway(o, abi.EISDIR, 0)
}

// takeAway takes a name away.
func (t *task) takeAway(o *wire.Op, noName abi.Errno, flags int) error {
	p, err := t.placeOf(o.FD, o.Path, noName)
	if err != nil {
		return err
	}
	defer p.close()
	if flags == 0 {
		if err := p.plain(); err != nil {
			return err
		}
	}
	return t.change(p.removed, p.look, func() error { return unix.Unlinkat(p.dir, p.name, flags) })
}

// opLink gives a file another name. One in an export that is read-only gets none
// elsewhere, by which it could be changed.
func (t *task) opLink(o *wire.Op, _ *wire.Result) error {
	from, err := t.target(o, o.Flags&wire.AtNoFollow == 0)
	if err != nil {
		return err
	}
	defer from.close()
	p, err := t.placeOf(o.FD2, o.Path2, abi.EEXIST)
	if err != nil {
		return err
	}
	defer p.close()
	switch {
	case from.at.readOnly:
		return abi.EXDEV
	case p.slashed:
		return abi.ENOENT
	}
	file, err := attrOf(from.fd)
	if err != nil {
		return err
	}
	return t.change(func(was session.Fact) verdict {
		if now, err := p.look(); !was.Exists && err == nil && now.Exists && now.ID == file.ID {
			return isDone
		}
		return notDone
	}, p.look, func() error {
		return unix.Linkat(unix.AT_FDCWD, procPath(from.fd), p.dir, p.name, unix.AT_SYMLINK_FOLLOW)
	})
}

func (t *task) opRename(o *wire.Op, r *wire.Result) error {
	if o.Flags == wire.RenameNoReplace|wire.RenameExchange || o.Flags > wire.RenameExchange {
		return abi.EINVAL
	}
	from, err := t.placeOf(o.FD, o.Path, abi.EBUSY)
	if err != nil {
		return err
	}
	defer from.close()
	to, err := t.placeOf(o.FD2, o.Path2, abi.EBUSY)
	if err != nil {
		return err
	}
	defer to.close()
	if r.Path, err = from.path(); err != nil {
		return err
	}
	if r.Path2, err = to.path(); err != nil {
		return err
	}
	var flags uint
	if o.Flags&wire.RenameNoReplace != 0 {
		flags |= unix.RENAME_NOREPLACE
	}
	if o.Flags&wire.RenameExchange != 0 {
		flags |= unix.RENAME_EXCHANGE
	}
	look := func() (session.Fact, error) {
		a, err := from.look()
		if err != nil {
			return a, err
		}
		b, err := to.look()
		a.Other = b.ID
		return a, err
	}
	return t.change(func(was session.Fact) verdict {
		return renamed(was, &from, &to, flags)
	}, look, func() error {
		if from.slashed || to.slashed {
			from.slashed = true
			if err := from.plain(); err != nil {
				return err
			}
		}
		return unix.Renameat2(from.dir, from.name, to.dir, to.name, flags)
	})
}

// renamed finds out whether a rename has been done.
func renamed(was session.Fact, from, to *place, flags uint) verdict {
	if !was.Exists {
		return notDone
	}
	a, errA := from.look()
	b, errB := to.look()
	switch {
	case errA != nil || errB != nil:
		return cannotTell
	case a.Exists && a.ID == was.ID:
		return notDone
	case b.Exists && b.ID == was.ID && (flags&unix.RENAME_EXCHANGE == 0 || a.ID == was.Other):
		return isDone
	}
	return cannotTell
}
