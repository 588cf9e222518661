package intercept

import (
	"fmt"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/internal/waker"
)

// goOn ends a thread's stop at a call, at once or when d has passed. Meanwhile
// the thread stays as it is, and the tracer serves the others; SIGKILL ends it
// all the same.
func (t *tracer) goOn(tr *tracee, d time.Duration) {
	delete(t.held, tr)
	if d <= 0 || t.detaching {
		t.resume(tr.thread.ID(), 0)
		return
	}
	until := time.Now().Add(d) // before the alarm is set, which must not be early
	if err := t.wakeAfter(d); err != nil {
		t.guest.config.Notice(fmt.Sprintf("cannot hold thread %v for %v: %v", tr.thread, d, err))
		t.resume(tr.thread.ID(), 0)
		return
	}
	t.held[tr] = until
}

// wakeAfter makes the tracer's wait end when d has passed.
func (t *tracer) wakeAfter(d time.Duration) error {
	if err := t.startWaker(); err != nil {
		return err
	}
	time.AfterFunc(d, t.guest.waker.Load().Wake)
	return nil
}

// startWaker starts the waker unless it runs.
func (t *tracer) startWaker() error {
	if t.guest.waker.Load() != nil {
		return nil
	}
	w, err := waker.Start()
	if err == nil {
		t.guest.waker.Store(w)
	}
	return err
}

func (t *tracer) isWaker(tid int) bool {
	w := t.guest.waker.Load()
	return w != nil && w.PID == tid
}

func (t *tracer) closeWaker() {
	if w := t.guest.waker.Swap(nil); w != nil {
		w.Close()
	}
}

// woken does what the tracer was woken for: it lets go of an attached guest,
// and lets those threads go on whose time has come.
func (t *tracer) woken(status unix.WaitStatus) {
	if status.Stopped() {
		t.guest.waker.Load().Rearm()
	} else {
		t.replaceWaker()
	}
	switch {
	case t.detaching:
		t.leaveStuck()
	case t.guest.leaving.Load():
		t.detach()
	}
	for tr, until := range t.held {
		if time.Now().Before(until) {
			continue
		}
		delete(t.held, tr)
		// An execve by another thread ends one without a word.
		if tid := tr.thread.ID(); t.tracees[tid] == tr {
			t.resume(tid, 0)
		}
	}
}

// replaceWaker starts another waker in the place of one that was killed.
func (t *tracer) replaceWaker() {
	t.closeWaker()
	if t.guest.attached {
		if err := t.startWaker(); err != nil {
			t.guest.failed = fmt.Errorf("intercept: the tracer's waker was killed: %w", err)
			t.guest.leaving.Store(true)
		}
	}
	for tr, until := range t.held {
		t.goOn(tr, max(1, time.Until(until)))
	}
}
