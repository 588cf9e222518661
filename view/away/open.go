package away

import (
	"encoding/binary"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/intercept"
	"penumbra/shadow/client"
	"penumbra/shadow/wire"
)

// open answers open(2) and its like: the result is a number of the representative's.
func (t *task) open() intercept.Verdict {
	how, mode := flags(t.Call, "flags"), flags(t.Call, "mode")
	switch t.Syscall.Name {
	case "creat":
		how = unix.O_CREAT | unix.O_WRONLY | unix.O_TRUNC
	case "openat2":
		var b [24]byte // struct open_how: flags, mode, resolve
		if _, err := t.Memory().ReadAt(b[:], t.Args.Addr(2)); err != nil {
			return intercept.Fail(abi.EFAULT)
		}
		how, mode = binary.LittleEndian.Uint64(b[:]), binary.LittleEndian.Uint64(b[8:])
		if binary.LittleEndian.Uint64(b[16:]) != 0 {
			return intercept.Fail(abi.EOPNOTSUPP) // ways of resolving that the protocol lacks
		}
	}
	asked, err := wire.OpenFlags(how&0xffffffff, t.Arch)
	if err != nil {
		return fail(err)
	}
	p, at, e := t.named()
	if e != 0 {
		return intercept.Fail(e)
	}
	fd := t.reserve(p, 0)
	attr, asked, err := t.openAs(p, fd, at[0], asked, how, uint32(mode))
	if err != nil {
		p.set(fd, descriptor{})
		return t.interrupted(err)
	}
	f := &openFile{kind: attr.Type, stream: asked&wire.OpenStream != 0, name: at[0].path}
	f.flags.Store(asked)
	f.nonblock.Store(how&unix.O_NONBLOCK != 0)
	p.set(fd, descriptor{openFile: f, closeOnExec: how&unix.O_CLOEXEC != 0})
	return intercept.Skip(int64(fd))
}

// openAs opens a file, and says with which flags. A pipe or a device it does at the
// second attempt: that may wait for the other end, and a signal interrupts it.
func (t *task) openAs(p *process, fd int32, n name, asked uint32, how uint64, mode uint32) (wire.Attr, uint32, error) {
	_, attr, err := p.rep.OpenAs(t.ctx, fd, n.dir, n.path, asked, mode)
	if client.Errno(err) != abi.EOPNOTSUPP {
		return attr, asked, err
	}
	asked |= wire.OpenStream
	again := asked
	if how&unix.O_NONBLOCK == 0 {
		again |= wire.OpenWait
	}
	err = t.wait(func() (err error) {
		_, attr, err = p.rep.OpenAs(t.ctx, fd, n.dir, n.path, again, mode)
		return err
	})
	return attr, asked, err
}

// named returns the process and the paths of a call.
func (t *task) named() (*process, []name, abi.Errno) {
	all, e := names(t.Call)
	if e != 0 {
		return nil, nil, e
	}
	p, err := t.process()
	if err != nil {
		return nil, nil, wire.ErrnoOf(err)
	}
	return p, all, 0
}

func (t *task) close() intercept.Verdict {
	p, err := t.process()
	if err != nil {
		return fail(err)
	}
	fd := t.Args.Int32(0)
	d, _ := p.entry(fd)
	err = t.closeOne(p, fd)
	if err == nil && d.backed {
		return intercept.Run
	}
	return done(err)
}

func (t *task) closeOne(p *process, fd int32) error {
	_, f, err := p.find(fd)
	if err != nil {
		return err
	}
	p.set(fd, descriptor{}) // as with the kernel's, it is gone whatever happens
	return f.Close(t.ctx)
}

func (t *task) closeRange() intercept.Verdict {
	const closeOnExec = 4 // CLOSE_RANGE_CLOEXEC, linux/close_range.h; threads share nothing here that could be unshared
	first, last := uint32(t.Args[0]), uint32(t.Args[1])
	if first > last || t.Args[2]&^6 != 0 {
		return intercept.Fail(abi.EINVAL)
	}
	p, err := t.process()
	if err != nil {
		return fail(err)
	}
	for _, fd := range p.numbers(first, last) {
		d, err := p.entry(fd)
		switch {
		case err != nil:
		case d.here && t.Args[2]&closeOnExec == 0:
			p.set(fd, descriptor{})
			_ = t.bury(fd)
		case d.here:
			if own, err := t.Thread.CopyFD(fd); err == nil {
				_ = t.Install(own, fd, true)
				unix.Close(own)
			}
		case t.Args[2]&closeOnExec == 0:
			_ = t.closeOne(p, fd)
		default:
			d.closeOnExec = true
			p.set(fd, d)
		}
	}
	return intercept.Skip(0)
}

// duplicate answers dup, dup2, dup3 and F_DUPFD: to is the number that is wanted, or
// that the lowest free one has to reach if exact is not set.
func (t *task) duplicate(fd, to int32, exact, closeOnExec bool) intercept.Verdict {
	p, err := t.process()
	if err != nil {
		return fail(err)
	}
	d, err := p.entry(fd)
	if err != nil {
		return fail(err)
	}
	switch {
	case to < 0 && exact:
		return intercept.Fail(abi.EBADF)
	case to < 0:
		return intercept.Fail(abi.EINVAL)
	case exact && to == fd:
		return intercept.Skip(int64(fd))
	case d.here:
		return t.duplicateHere(p, fd, to, exact, closeOnExec)
	case !exact:
		to = t.reserve(p, to)
	}
	if err := p.rep.DupTo(t.ctx, fd, to); err != nil {
		if !exact {
			p.set(to, descriptor{})
		}
		return fail(err)
	}
	old, _ := p.entry(to)
	backed := old.backed
	if exact && old.openFile != nil && old.here {
		backed = t.bury(to) == nil
	}
	p.set(to, descriptor{d.openFile, closeOnExec, backed})
	return intercept.Skip(int64(to))
}

func (t *task) dup() intercept.Verdict {
	return t.duplicate(t.Args.Int32(0), 0, false, false)
}

func (t *task) dup2() intercept.Verdict {
	return t.duplicate(t.Args.Int32(0), t.Args.Int32(1), true, false)
}

func (t *task) dup3() intercept.Verdict {
	if t.Args.Int32(0) == t.Args.Int32(1) || t.Args[2]&^unix.O_CLOEXEC&0xffffffff != 0 {
		return intercept.Fail(abi.EINVAL)
	}
	return t.duplicate(t.Args.Int32(0), t.Args.Int32(1), true, t.Args[2]&unix.O_CLOEXEC != 0)
}

// control answers fcntl(2).
func (t *task) control() intercept.Verdict {
	fd, command, value := t.Args.Int32(0), t.Args.Int32(1), t.Args.Int32(2)
	switch command {
	case unix.F_DUPFD, unix.F_DUPFD_CLOEXEC:
		return t.duplicate(fd, value, false, command == unix.F_DUPFD_CLOEXEC)
	}
	p, err := t.process()
	if err != nil {
		return fail(err)
	}
	d, f, err := p.find(fd)
	if err != nil {
		return fail(err)
	}
	switch command {
	case unix.F_GETFD:
		if d.closeOnExec {
			return intercept.Skip(unix.FD_CLOEXEC)
		}
		return intercept.Skip(0)
	case unix.F_SETFD:
		d.closeOnExec = value&unix.FD_CLOEXEC != 0
		p.set(fd, d)
		return intercept.Skip(0)
	case unix.F_GETFL:
		const creation = wire.OpenCreate | wire.OpenExclusive | wire.OpenTruncate | wire.OpenNoFollow
		how := wire.HostOpenFlags(d.flags.Load() &^ creation)
		if d.nonblock.Load() {
			how |= unix.O_NONBLOCK
		}
		return intercept.Skip(int64(how))
	case unix.F_SETFL:
		d.nonblock.Store(value&unix.O_NONBLOCK != 0)
		if value&unix.O_APPEND != 0 {
			d.flags.Or(wire.OpenAppend)
		} else {
			d.flags.And(^uint32(wire.OpenAppend))
		}
		return intercept.Skip(0)
	}
	return t.lock(d, f, command)
}
