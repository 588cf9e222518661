package view

import (
	"context"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/intercept"
	"penumbra/vft"
)

// The commands of fcntl(2) for locks, by their numbers on all architectures
// (asm-generic/fcntl.h): i386 alone uses those with 64 bits, and has others for
// the three with the wide structure.
const (
	getLock, setLock, setLockWait       = 5, 6, 7
	getLock64, setLock64, setLockWait64 = 12, 13, 14
)

// lockCall is what a call of fcntl(2) about locks asks for.
type lockCall struct {
	query, wait, ofFile bool
	kind                int16 // F_RDLCK and so on
	lock                vft.Lock
	layout              *abi.Layout
	bytes               []byte // the structure
}

// lockRange answers the commands of fcntl(2) that are about locks on f. The kernel
// has the locks of all processes here; before one is taken the file's source is
// locked, too.
func (v *View) lockRange(c *intercept.Call, f *vft.File) intercept.Verdict {
	l, ok := v.readLock(c)
	if !ok {
		return intercept.Run // the kernel will refuse it
	}
	if l.query {
		return v.queryLock(c, f, l)
	}
	if l.kind == unix.F_UNLCK {
		return v.unlock(c, f)
	}
	d, err := describe(c.Thread, c.Args.Int32(0))
	if err != nil || d.flags&unix.O_PATH != 0 || l.lock.Exclusive && !d.writes() || !l.lock.Exclusive && d.flags&unix.O_ACCMODE == unix.O_WRONLY {
		return intercept.Run // likewise
	}
	own, e := copyFD(c.Thread, c.Args.Int32(0))
	if e != 0 {
		return intercept.Fail(e)
	}
	conflict := func() (bool, error) {
		if l.ofFile {
			return f.ConflictOf(own, l.lock)
		}
		return f.Conflict(c.Thread.Process().ID, l.lock)
	}
	v.settleWriters(f, c.Thread.ID())
	err = interruptibly(c, interrupted(l.wait), func(ctx context.Context) error {
		defer unix.Close(own)
		return f.LockBeside(ctx, c.Thread.ID(), l.lock, l.wait, conflict)
	})
	if err != nil {
		return intercept.Fail(contentErrno(err))
	}
	return intercept.Run
}

// isLockCommand reports whether a command of fcntl(2) is about locks.
func isLockCommand(command int32) bool {
	switch command {
	case getLock, setLock, setLockWait, getLock64, setLock64, setLockWait64, unix.F_OFD_GETLK, unix.F_OFD_SETLK, unix.F_OFD_SETLKW:
		return true
	}
	return false
}

// readLock reads what a call asks for. It reports false for what is malformed.
func (v *View) readLock(c *intercept.Call) (l lockCall, ok bool) {
	layout := "flock"
	switch command := c.Args.Int32(1); command {
	case getLock, getLock64, unix.F_OFD_GETLK:
		l.query, l.ofFile = true, command == unix.F_OFD_GETLK
	case setLockWait, setLockWait64, unix.F_OFD_SETLKW:
		l.wait, l.ofFile = true, command == unix.F_OFD_SETLKW
	default:
		l.ofFile = command == unix.F_OFD_SETLK
	}
	if c.Arch.PointerSize() == 4 && c.Syscall.Name == "fcntl64" && c.Args.Int32(1) > setLockWait {
		layout = "flock64"
	}
	l.layout = abi.LayoutOf(layout)
	l.bytes = make([]byte, l.layout.Size(c.Arch))
	if _, err := c.Memory().ReadAt(l.bytes, c.Args.Addr(2)); err != nil {
		return l, false
	}
	get := func(name string) int64 { return int64(l.layout.Field(name).Get(c.Arch, l.bytes)) }
	l.kind = int16(get("l_type"))
	start, n := get("l_start"), get("l_len")
	switch int16(get("l_whence")) {
	case unix.SEEK_SET:
	case unix.SEEK_CUR:
		off, err := offsetOf(c.Thread, c.Args.Int32(0))
		if err != nil {
			return l, false
		}
		start += off
	case unix.SEEK_END:
		size, err := sizeOf(c.Thread, c.Args.Int32(0))
		if err != nil {
			return l, false
		}
		start += size
	default:
		return l, false
	}
	if n < 0 {
		start, n = start+n, -n
	}
	l.lock = vft.Range(l.kind == unix.F_WRLCK, start, n)
	return l, start >= 0 && (l.kind == unix.F_RDLCK || l.kind == unix.F_WRLCK || l.kind == unix.F_UNLCK)
}

// unlock writes back what was written under a lock that the call gives up.
func (v *View) unlock(c *intercept.Call, f *vft.File) intercept.Verdict {
	if !f.Locked() {
		return intercept.Run
	}
	defer f.Unlocking()
	switch err := await(c, f.Flush); {
	case err == abi.ERESTARTNOINTR:
		return intercept.Fail(abi.ERESTARTNOINTR)
	case err != nil:
		return intercept.RunAs(-int64(contentErrno(err)))
	}
	return intercept.Run
}

// queryLock answers F_GETLK: first the kernel is asked for locks of this machine's
// processes, then the source for others.
func (v *View) queryLock(c *intercept.Call, f *vft.File, l lockCall) intercept.Verdict {
	if here, err := f.Conflict(c.Thread.Process().ID, l.lock); here || err != nil || l.kind == unix.F_UNLCK {
		return intercept.Run
	}
	var other vft.Lock
	var found bool
	err := interruptibly(c, interrupted(false), func(ctx context.Context) (err error) {
		other, found, err = f.Query(ctx, l.lock)
		return err
	})
	switch {
	case err != nil:
		return intercept.Fail(contentErrno(err))
	case !found:
		return intercept.Run
	}
	set := func(name string, v int64) { l.layout.Field(name).Put(c.Arch, l.bytes, uint64(v)) }
	set("l_type", unix.F_RDLCK)
	if other.Exclusive {
		set("l_type", unix.F_WRLCK)
	}
	set("l_whence", unix.SEEK_SET)
	set("l_start", other.From)
	set("l_len", other.Length())
	set("l_pid", -1) // none of this machine's
	if _, err := c.Memory().WriteAt(l.bytes, c.Args.Addr(2)); err != nil {
		return intercept.Fail(abi.EFAULT)
	}
	return intercept.Skip(0)
}

// flock answers flock(2) for emulated files: a lock of an open file description can
// be taken by whoever has it, too.
func (v *View) flock(c *intercept.Call, _ *shape) intercept.Verdict {
	f, _ := v.emulated(c.Thread, c.Args.Int32(0))
	if f == nil || !f.Locks() {
		return intercept.Run
	}
	how := c.Args.Int32(1)
	switch how &^ unix.LOCK_NB {
	case unix.LOCK_UN:
		return v.unlock(c, f)
	case unix.LOCK_SH, unix.LOCK_EX:
	default:
		return intercept.Run
	}
	own, e := copyFD(c.Thread, c.Args.Int32(0))
	if e != 0 {
		return intercept.Fail(e)
	}
	v.settleWriters(f, c.Thread.ID())
	wait := how&unix.LOCK_NB == 0
	err := interruptibly(c, interrupted(wait), func(ctx context.Context) error {
		defer unix.Close(own)
		return f.Flock(ctx, c.Thread.ID(), own, how&unix.LOCK_EX != 0, wait)
	})
	if err != nil {
		return intercept.Fail(contentErrno(err))
	}
	return intercept.Skip(0)
}

// settleWriters says of other threads with calls that write to f that they have
// ended, if the thread is in another by now.
func (v *View) settleWriters(f *vft.File, tid int) {
	for _, other := range f.Writers() {
		if other != tid {
			v.settleIfIdle(other)
		}
	}
}

// interrupted is the error of a call about locks that a signal has interrupted: a
// handler decides whether one that waits for others is made again.
func interrupted(waits bool) abi.Errno {
	if waits {
		return abi.ERESTARTSYS
	}
	return abi.ERESTARTNOINTR
}

// interruptibly calls do, and ends its context when a signal has come for the guest.
// What do has come to by that time is its result.
func interruptibly(c *intercept.Call, interrupted abi.Errno, do func(context.Context) error) error {
	const patience = 10 * time.Millisecond
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- do(ctx) }()
	if ended, err := attend(c, done); ended {
		return err
	}
	cancel()
	select {
	case err := <-done:
		if err == nil {
			return nil
		}
	case <-time.After(patience):
	}
	return interrupted
}
