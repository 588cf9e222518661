package away

import (
	"context"
	"encoding/binary"
	"errors"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/intercept"
	"penumbra/shadow/client"
	"penumbra/shadow/wire"
)

// forever is longer than any session lives without a link.
const forever = 100 * 365 * 24 * time.Hour

// A patience says for how long a call may wait, and what a signal makes of it then.
type patience struct {
	wait     bool
	deadline time.Time // none if zero
	signal   abi.Errno
}

// patienceFor returns that of a read, a write or the like: with a limit (SO_RCVTIMEO
// and SO_SNDTIMEO) none is made again after a signal; signal(7).
func patienceFor(d descriptor, wait bool, limit time.Duration) *patience {
	w := &patience{wait: wait && !d.nonblock.Load(), signal: abi.ERESTARTSYS}
	if limit > 0 {
		w.deadline, w.signal = time.Now().Add(limit), abi.EINTR
	}
	return w
}

// try makes attempts until one does not say EAGAIN. In between it waits until the
// descriptor may be ready.
func (t *task) try(w *patience, entry wire.PollEntry, attempt func() error) abi.Errno {
	const soon, late = time.Millisecond, 50 * time.Millisecond
	pause := time.Duration(0)
	for {
		err := attempt()
		e := client.Errno(err)
		switch {
		case e == abi.EINTR && t.ctx.Err() != nil:
			return t.interruption(w)
		case e != abi.EAGAIN:
			return e
		case !w.wait:
			return abi.EAGAIN
		}
		if e := t.pause(w, pause); e != 0 {
			return e
		}
		if e := t.await(w, []wire.PollEntry{entry}, nil); e != 0 {
			if e == abi.ETIMEDOUT {
				e = abi.EAGAIN
			}
			return e
		}
		// Ready and yet not: others were faster, or a message has no room.
		pause = min(max(2*pause, soon), late)
	}
}

// interruption returns how a call ends that a signal has ended.
func (t *task) interruption(w *patience) abi.Errno {
	if t.withheld.Load() {
		return abi.EINTR // for no handler runs that could decide
	}
	return w.signal
}

// readMask reads the set of signals that is blocked while the call waits, if there is
// one.
func (t *task) readMask(at abi.Addr, size uint64) abi.Errno {
	var b [8]byte
	switch {
	case at == 0:
		return 0
	case size != uint64(len(b)):
		return abi.EINVAL
	}
	if _, err := t.Memory().ReadAt(b[:], at); err != nil {
		return abi.EFAULT
	}
	mask := binary.LittleEndian.Uint64(b[:])
	t.mask.Store(&mask)
	return 0
}

// pause waits for a time.
func (t *task) pause(w *patience, d time.Duration) abi.Errno {
	if d == 0 {
		return 0
	}
	t.waits.Store(true)
	select {
	case <-time.After(d):
		return 0
	case <-t.ctx.Done():
		return t.interruption(w)
	}
}

// await waits until one of some descriptors may be ready: of the representative's, or
// copies of the guest's own. ETIMEDOUT: the deadline has come.
func (t *task) await(w *patience, entries []wire.PollEntry, own []unix.PollFd) abi.Errno {
	t.waits.Store(true)
	deadline := w.deadline
	if deadline.IsZero() {
		deadline = time.Now().Add(forever)
	}
	ctx, cancel := context.WithDeadline(t.ctx, deadline)
	defer cancel()
	if len(own) > 0 {
		ended, err := awaitOwn(ctx, cancel, own)
		if err != nil {
			return errnoOf(err)
		}
		defer func() {
			cancel()
			<-ended
		}()
	}
	var err error
	if len(entries) > 0 {
		err = t.Client.Await(ctx, entries)
	} else {
		<-ctx.Done()
		err = abi.EINTR
	}
	switch {
	case err == nil:
		return 0
	case t.ctx.Err() != nil:
		return t.interruption(w)
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return abi.ETIMEDOUT
	case ctx.Err() != nil:
		return 0 // of the guest's own
	}
	return client.Errno(err)
}

// awaitOwn calls ready when one of some descriptors of this process is, or when ctx is
// done. Then it closes ended.
func awaitOwn(ctx context.Context, ready func(), own []unix.PollFd) (ended chan struct{}, err error) {
	stop, err := unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
	if err != nil {
		return nil, err
	}
	all := append([]unix.PollFd{{Fd: int32(stop), Events: unix.POLLIN}}, own...)
	ended = make(chan struct{})
	woken := make(chan struct{})
	wake := context.AfterFunc(ctx, func() {
		_, _ = unix.Write(stop, []byte{1, 0, 0, 0, 0, 0, 0, 0})
		close(woken)
	})
	go func() {
		defer close(ended)
		for {
			if _, err := unix.Poll(all, -1); err != unix.EINTR {
				break
			}
		}
		ready()
		if !wake() {
			<-woken
		}
		unix.Close(stop)
	}()
	return ended, nil
}

// interrupted returns the verdict that an error comes to, which may be that a signal has
// come: the guest's handler decides whether the call is made again.
func (t *task) interrupted(err error) intercept.Verdict {
	if client.Errno(err) == abi.EINTR && t.ctx.Err() != nil {
		return intercept.Fail(abi.ERESTARTSYS)
	}
	return fail(err)
}

// isOver reports whether the deadline has come.
func (w *patience) isOver() bool { return !w.deadline.IsZero() && !time.Now().Before(w.deadline) }
