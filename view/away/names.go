package away

import (
	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/intercept"
	"penumbra/shadow/client"
	"penumbra/shadow/wire"
)

func (t *task) chdir() intercept.Verdict {
	p, n, e := t.target()
	if e != 0 {
		return intercept.Fail(e)
	}
	cwd, err := p.rep.Chdir(t.ctx, n.dir, n.path)
	if err == nil {
		p.mu.Lock()
		p.cwd = cwd
		p.mu.Unlock()
	}
	return done(err)
}

// getcwd asks for the directory by entering it once more.
func (t *task) getcwd() intercept.Verdict {
	p, err := t.process()
	if err != nil {
		return fail(err)
	}
	path, err := p.rep.Chdir(t.ctx, wire.CWD, ".")
	if err != nil {
		return fail(err)
	}
	b := append([]byte(path), 0)
	if uint64(len(b)) > t.Args[1] {
		return intercept.Fail(abi.ERANGE)
	}
	if v := give(t.Call, 0, b); v != intercept.Skip(0) {
		return v
	}
	return intercept.Skip(int64(len(b)))
}

func (t *task) umask() intercept.Verdict {
	p, err := t.process()
	if err != nil {
		return fail(err)
	}
	former, err := p.rep.Umask(t.ctx, uint32(t.Args[0]))
	if err != nil {
		return fail(err)
	}
	return intercept.Skip(int64(former))
}

func (t *task) mkdir() intercept.Verdict {
	return t.on(func(p *client.Process, n name) error {
		return p.Mkdir(t.ctx, n.dir, n.path, uint32(flags(t.Call, "mode")))
	})
}

func (t *task) mknod() intercept.Verdict {
	mode := uint32(flags(t.Call, "mode"))
	return t.on(func(p *client.Process, n name) error {
		switch mode & unix.S_IFMT {
		case 0, unix.S_IFREG:
			f, _, err := p.Open(t.ctx, n.dir, n.path, wire.OpenWrite|wire.OpenCreate|wire.OpenExclusive, mode&0o7777)
			if err != nil {
				return err
			}
			return f.Close(t.ctx)
		case unix.S_IFIFO:
			return p.Mknod(t.ctx, n.dir, n.path, wire.TypeFIFO, mode)
		case unix.S_IFSOCK:
			return p.Mknod(t.ctx, n.dir, n.path, wire.TypeSocket, mode)
		case unix.S_IFCHR, unix.S_IFBLK, unix.S_IFDIR:
			return abi.EPERM
		}
		return abi.EINVAL
	})
}

func (t *task) remove() intercept.Verdict {
	return t.on(func(p *client.Process, n name) error {
		if t.Syscall.Name == "rmdir" || t.Syscall.Name == "unlinkat" && t.Args[2]&unix.AT_REMOVEDIR != 0 {
			return p.Rmdir(t.ctx, n.dir, n.path)
		}
		return p.Unlink(t.ctx, n.dir, n.path)
	})
}

// onTwo is on for calls with two paths.
func (t *task) onTwo(f func(p *client.Process, from, to name) error) intercept.Verdict {
	p, all, e := t.named()
	if e != 0 {
		return intercept.Fail(e)
	}
	return done(f(p.rep, all[0], all[1]))
}

func (t *task) rename() intercept.Verdict {
	return t.onTwo(func(p *client.Process, from, to name) error {
		how := flags(t.Call, "flags")
		if how&^(unix.RENAME_NOREPLACE|unix.RENAME_EXCHANGE) != 0 {
			return abi.EINVAL
		}
		return p.Rename(t.ctx, from.dir, from.path, to.dir, to.path, uint32(how)) // they have the same numbers
	})
}

func (t *task) link() intercept.Verdict {
	return t.onTwo(func(p *client.Process, from, to name) error {
		return p.Link(t.ctx, from.dir, from.path, to.dir, to.path, from.at())
	})
}

// symlink has a text and a path, of which the table of calls knows the second.
func (t *task) symlink() intercept.Verdict {
	text, err := t.Memory().String(t.Args.Addr(0), unix.PathMax-1)
	if err != nil {
		return intercept.Fail(errnoOf(err))
	}
	p, all, e := t.named()
	if e != 0 {
		return intercept.Fail(e)
	}
	at := all[len(all)-1]
	return done(p.rep.Symlink(t.ctx, text, at.dir, at.path))
}

func (t *task) readlink() intercept.Verdict {
	p, n, e := t.target()
	if e != 0 {
		return intercept.Fail(e)
	}
	buf := 1
	if t.Syscall.Name == "readlinkat" {
		buf = 2
	}
	size := t.Args.Int32(buf + 1)
	if size <= 0 {
		return intercept.Fail(abi.EINVAL)
	}
	text, err := p.rep.Readlink(t.ctx, n.dir, n.path)
	if err != nil {
		return fail(err)
	}
	if !t.commit() {
		return intercept.Run
	}
	text = text[:min(len(text), int(size))]
	if v := give(t.Call, buf, []byte(text)); v != intercept.Skip(0) {
		return v
	}
	return intercept.Skip(int64(len(text)))
}

func (t *task) truncate() intercept.Verdict {
	return t.on(func(p *client.Process, n name) error {
		size := number(t.Call, "length")
		if size < 0 {
			return abi.EINVAL
		}
		return p.Truncate(t.ctx, n.dir, n.path, size)
	})
}
