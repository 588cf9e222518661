package view

import (
	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/intercept"
	"penumbra/namespace"
	"penumbra/vft"
)

// ftruncate has an emulated file made shorter while nobody fills it.
func (v *View) ftruncate(c *intercept.Call, _ *shape) intercept.Verdict {
	size := v.sizeAsked(c, 1)
	f, st := v.emulated(c.Thread, c.Args.Int32(0))
	if f == nil || size < 0 {
		return intercept.Run
	}
	if d, err := describe(c.Thread, c.Args.Int32(0)); err != nil || !d.writes() {
		return intercept.Run // the kernel will refuse it
	}
	c.Leave()
	if size >= st.Size {
		// The guest itself has limits to how large it may be.
		_ = f.Resize(size, func() error { return nil })
		return intercept.Run
	}
	own, e := copyFD(c.Thread, c.Args.Int32(0))
	if e != 0 {
		return intercept.Fail(e)
	}
	defer unix.Close(own)
	if err := f.Resize(size, func() error { return unix.Ftruncate(own, size) }); err != nil {
		return intercept.Fail(errnoOf(err))
	}
	return intercept.Skip(0)
}

// sizeAsked returns the length in argument i, or in that and the next.
func (v *View) sizeAsked(c *intercept.Call, i int) int64 {
	args := c.Syscall.ArgsOn(c.Arch)
	switch {
	case args[i].Kind == abi.KindOffsetLow:
		return int64(c.Args[i]&0xffffffff | c.Args[i+1]<<32)
	case c.Arch.PointerSize() == 4:
		return int64(c.Args.Int32(i))
	}
	return int64(c.Args[i])
}

// truncate is for truncate(2) what ftruncate is by descriptor.
func (v *View) truncate(c *intercept.Call, sh *shape) intercept.Verdict {
	p := sh.paths[0]
	path, err := v.pathOf(c, p.arg)
	if err != nil || path == "" {
		return intercept.Run
	}
	r, e := v.resolve(c, unix.AT_FDCWD, path, sh.options(c, p))
	if e != 0 || r.unknown || r.mount == nil || r.mount.emulator == nil {
		return v.byPath(c, sh)
	}
	f, e := v.openedForWriting(c, r)
	if e != 0 {
		return intercept.Fail(e)
	}
	if f == nil {
		if st, e := v.statRef(r); e != 0 {
			return intercept.Fail(e)
		} else if st.Mode&unix.S_IFMT == unix.S_IFDIR {
			return intercept.Fail(abi.EISDIR)
		}
		return v.byPath(c, sh)
	}
	verdict := intercept.Run
	_ = f.Resize(v.sizeAsked(c, 1), func() error {
		if verdict = v.perform(c, sh, []ref{r}); verdict != intercept.Skip(0) {
			return errNotDone
		}
		return nil
	})
	return verdict
}

// openedForWriting returns the emulated file at r, if it is one, which is about to
// be written to.
func (v *View) openedForWriting(c *intercept.Call, r ref) (*vft.File, abi.Errno) {
	c.Leave()
	if e := v.fill(r.Place, true); e != 0 {
		return nil, e
	}
	at := v.spot(r.host, r.Place)
	var st unix.Stat_t
	if unix.Fstatat(at.dir, at.name, &st, unix.AT_SYMLINK_NOFOLLOW) != nil || r.Kind == namespace.Symlink {
		return nil, 0
	}
	f := v.lookup(&st)
	if f == nil || r.mount.changer == nil {
		return f, 0
	}
	if err := r.mount.changer.Writable(r.mount.relative(r.Place)); err != nil {
		return nil, contentErrno(err)
	}
	return f, 0
}

// fallocate readies what is about to be changed.
func (v *View) fallocate(c *intercept.Call, _ *shape) intercept.Verdict {
	const moves = unix.FALLOC_FL_COLLAPSE_RANGE | unix.FALLOC_FL_INSERT_RANGE
	f, _ := v.emulated(c.Thread, c.Args.Int32(0))
	if f == nil {
		return intercept.Run
	}
	if d, err := describe(c.Thread, c.Args.Int32(0)); err != nil || !d.writes() {
		return intercept.Run
	}
	second := 3
	if c.Syscall.ArgsOn(c.Arch)[2].Kind == abi.KindOffsetLow {
		second = 4
	}
	off, n := v.sizeAsked(c, 2), v.sizeAsked(c, second)
	if off < 0 || n <= 0 {
		return intercept.Run
	}
	if c.Args[1]&moves != 0 {
		off, n = 0, 1<<62
	}
	c.Leave()
	if err := f.Write(c.Thread.ID(), n, vft.Fixed(off)); err != nil {
		return intercept.Fail(contentErrno(err))
	}
	return intercept.Run
}

// fsync writes back what was written.
func (v *View) fsync(c *intercept.Call, _ *shape) intercept.Verdict {
	f, _ := v.emulated(c.Thread, c.Args.Int32(0))
	if f == nil {
		return intercept.Run
	}
	if err := await(c, f.Sync); err != nil {
		return intercept.Fail(contentErrno(err))
	}
	return intercept.Run
}

// close writes back what was written. An error is the result of close(2), and the
// descriptor is closed all the same.
func (v *View) close(c *intercept.Call, _ *shape) intercept.Verdict {
	f, _ := v.emulated(c.Thread, c.Args.Int32(0))
	if f == nil {
		return intercept.Run
	}
	defer f.Unlocking() // all of the process's
	if !f.Dirty() {
		return intercept.Run
	}
	switch err := await(c, f.Flush); {
	case err == abi.ERESTARTNOINTR:
		return intercept.Fail(abi.ERESTARTNOINTR)
	case err != nil:
		return intercept.RunAs(-int64(contentErrno(err)))
	}
	return intercept.Run
}

// writeBackSoon writes back, without making anybody wait, what may be about to
// lose its last descriptor in ways that tell no errors.
func (v *View) writeBackSoon(*intercept.Call, *shape) intercept.Verdict {
	v.startWriteBack()
	return intercept.Run
}

// writeBackAll is for sync(2) and syncfs(2).
func (v *View) writeBackAll(c *intercept.Call, _ *shape) intercept.Verdict {
	c.Leave()
	for _, e := range v.emulators {
		e.WriteBack()
	}
	return intercept.Run
}

// startWriteBack writes back all that was written, in the background.
func (v *View) startWriteBack() {
	for _, e := range v.emulators {
		if e.Files().Queue() {
			go e.WriteBack()
		}
	}
}
