package server

import (
	"errors"
	"math/bits"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/shadow/wire"
)

// opLock locks a file, or a part of it, in one of three ways; fcntl(2), flock(2).
//
// A process's own locks are those of an open file that only its representative
// has: this process, which has them all, has but one process's worth itself.
func (t *task) opLock(o *wire.Op, r *wire.Result) error {
	const action = wire.LockShared | wire.LockExclusive | wire.LockRelease
	const kind = wire.LockProcess | wire.LockFile | wire.LockWhole
	if bits.OnesCount32(o.Flags&action) != 1 || bits.OnesCount32(o.Flags&kind) != 1 {
		return abi.EINVAL
	}
	f, err := t.file(t.proc, o.FD)
	if err != nil {
		return err
	}
	defer t.done(f)
	fd := f.fd
	switch {
	case o.Flags&wire.LockWhole != 0:
		if o.Flags&wire.LockQuery != 0 {
			return abi.EINVAL
		}
		return t.attempt(o, func() error { return unix.Flock(fd, flockHow(o.Flags)) })
	case f.stream:
		return abi.EINVAL
	case o.Flags&wire.LockExclusive != 0 && f.flags&wire.OpenWrite == 0 && o.Flags&wire.LockQuery == 0,
		o.Flags&wire.LockShared != 0 && f.flags&wire.OpenRead == 0 && o.Flags&wire.LockQuery == 0:
		return abi.EBADF
	case o.Flags&wire.LockProcess != 0:
		own, err := t.own(f)
		if err != nil {
			return err
		}
		defer t.done(own)
		fd = own.fd
	}
	lock := unix.Flock_t{Type: fcntlType(o.Flags), Whence: unix.SEEK_SET, Start: o.Offset, Len: o.Length}
	if o.Flags&wire.LockQuery == 0 {
		return t.attempt(o, func() error { l := lock; return unix.FcntlFlock(uintptr(fd), unix.F_OFD_SETLK, &l) })
	}
	if err := unix.FcntlFlock(uintptr(fd), unix.F_OFD_GETLK, &lock); err != nil {
		return err
	}
	r.Offset, r.Length, r.Flags = lock.Start, lock.Len, wire.LockRelease
	switch lock.Type {
	case unix.F_RDLCK:
		r.Flags = wire.LockShared
	case unix.F_WRLCK:
		r.Flags = wire.LockExclusive
	}
	return nil
}

func flockHow(flags uint32) int {
	switch {
	case flags&wire.LockShared != 0:
		return unix.LOCK_SH | unix.LOCK_NB
	case flags&wire.LockExclusive != 0:
		return unix.LOCK_EX | unix.LOCK_NB
	}
	return unix.LOCK_UN
}

func fcntlType(flags uint32) int16 {
	switch {
	case flags&wire.LockShared != 0:
		return unix.F_RDLCK
	case flags&wire.LockExclusive != 0:
		return unix.F_WRLCK
	}
	return unix.F_UNLCK
}

// attempt tries until the lock is had, if o waits for it. A thread that slept in
// the kernel for it could not be woken when the guest is interrupted. What clients
// give up is noticed at once, what programs of this machine do by looking.
func (t *task) attempt(o *wire.Op, try func() error) error {
	defer func() {
		if o.Flags&wire.LockRelease != 0 {
			t.server.unlocked.tell()
		}
	}()
	for pause := time.Millisecond; ; pause = min(2*pause, 20*time.Millisecond) {
		unlocked := t.server.unlocked.next()
		err := try()
		busy := errors.Is(err, unix.EAGAIN) || errors.Is(err, unix.EACCES)
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case busy && o.Flags&wire.LockWait == 0:
			return abi.EAGAIN
		case !busy:
			return err
		}
		select {
		case <-t.ctx.Done():
			return abi.EINTR
		case <-unlocked:
		case <-time.After(pause):
		}
	}
}

// An occasion is what several may wait for, again and again.
type occasion struct {
	mu sync.Mutex
	ch chan struct{} // nil if nobody waits
}

// next returns a channel that is closed when tell is called next.
func (o *occasion) next() <-chan struct{} {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.ch == nil {
		o.ch = make(chan struct{})
	}
	return o.ch
}

func (o *occasion) tell() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.ch != nil {
		close(o.ch)
		o.ch = nil
	}
}

// own returns what carries the representative's own locks on f; done has to be
// called for it.
func (t *task) own(f *file) (*file, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	p := t.procs[t.proc]
	if p == nil {
		return nil, abi.ESRCH
	}
	if own := p.held[f.id]; own != nil {
		own.uses++
		return own, nil
	}
	access := []int{unix.O_RDWR, unix.O_RDONLY, unix.O_WRONLY}
	if f.at.readOnly {
		access = access[1:2]
	}
	for _, flags := range access {
		fd, err := unix.Open(procPath(f.fd), flags|unix.O_CLOEXEC|unix.O_NONBLOCK|unix.O_NOCTTY, 0)
		if err == nil {
			own := &file{handle: handle{fd, f.at}, uses: 2} // the process's, the caller's
			p.held[f.id] = own
			return own, nil
		}
	}
	return nil, abi.ENOLCK
}
