// Package waker wakes a thread that sleeps in wait4(2).
//
// A tracer waits for its tracees in that call, and nothing else ends it: Go
// installs every handler with SA_RESTART, so that a signal to the tracer does
// not. What does is news of one more tracee. A waker is such a one: a child
// that does nothing but sleep. A SIGSTOP makes it stop, which the tracer hears
// of, and the tracer takes the signal away and lets it sleep on. A signal that
// is sent stays pending until then, so that no call to wake is ever lost,
// whether the tracer is asleep, awake or about to sleep.
package waker

import (
	"errors"
	"fmt"
	"sync"

	"golang.org/x/sys/unix"

	"penumbra/internal/sys"
)

// Waker wakes the thread that called Start.
type Waker struct {
	PID int

	mu    sync.Mutex
	pidfd int // -1 when closed
}

// births is how many wakers in a row may be killed before they are traced.
const births = 8

// Start starts a waker for the calling thread, to which the goroutine must be
// locked. It ends with that thread if Close does not end it before.
func Start() (w *Waker, err error) {
	for range births {
		if w, err = start(); !errors.Is(err, unix.EPERM) {
			break
		}
	}
	return w, err
}

// start fails with EPERM if somebody kills the waker at once: the dead are not
// traced.
func start() (*Waker, error) {
	pid, errno := fork()
	if errno != 0 {
		return nil, fmt.Errorf("waker: fork: %w", errno)
	}
	w := &Waker{PID: pid, pidfd: -1}
	var err error
	if w.pidfd, err = unix.PidfdOpen(pid, 0); err == nil {
		if err = sys.Seize(pid, unix.PTRACE_O_EXITKILL); err == nil {
			return w, nil
		}
	}
	_ = unix.Kill(pid, unix.SIGKILL) // not yet waited for, so its id is its own
	w.Close()
	return nil, fmt.Errorf("waker: trace process %d: %w", pid, err)
}

// Wake makes the next wait of the waker's thread, or the one that it is in,
// tell of a stop of PID, which Rearm has to end. It may be called from any
// goroutine at any time; several calls may bring one stop.
func (w *Waker) Wake() { w.signal(unix.SIGSTOP) }

// Rearm ends a stop. What Wake was called for must be looked at afterwards.
func (w *Waker) Rearm() { sys.Cont(w.PID, 0) }

// Close ends the waker. It must be called by its thread.
func (w *Waker) Close() {
	w.signal(unix.SIGKILL)
	w.mu.Lock()
	if w.pidfd >= 0 {
		unix.Close(w.pidfd)
		w.pidfd = -1
	}
	w.mu.Unlock()
	for {
		_, status, err := sys.Wait(w.PID, 0)
		if err != unix.EINTR && (err != nil || !status.Stopped()) {
			return
		}
	}
}

// signal sends by descriptor: the id of a waker that was killed may be a
// stranger's.
func (w *Waker) signal(s unix.Signal) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.pidfd >= 0 {
		_ = unix.PidfdSendSignal(w.pidfd, s, nil, 0)
	}
}
