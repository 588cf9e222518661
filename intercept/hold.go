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
	if d <= 0 {
		t.resume(tr.thread.ID(), 0)
		return
	}
	until := time.Now().Add(d) // before the alarm is set, which must not be early
	if err := t.wakeAfter(d); err != nil {
		t.guest.config.Notice(fmt.Sprintf("cannot hold thread %v for %v: %v", tr.thread, d, err))
		delete(t.held, tr)
		t.resume(tr.thread.ID(), 0)
		return
	}
	t.held[tr] = until
}

// wakeAfter makes the tracer's wait end when d has passed.
func (t *tracer) wakeAfter(d time.Duration) error {
	if t.waker == nil {
		w, err := waker.Start()
		if err != nil {
			return err
		}
		t.waker = w
	}
	time.AfterFunc(d, t.waker.Wake)
	return nil
}

// woken lets those threads go on whose time has come.
func (t *tracer) woken(status unix.WaitStatus) {
	if !status.Stopped() { // somebody killed the waker
		t.closeWaker()
		for tr, until := range t.held {
			t.goOn(tr, max(1, time.Until(until)))
		}
		return
	}
	t.waker.Rearm()
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

func (t *tracer) closeWaker() {
	if t.waker != nil {
		t.waker.Close()
		t.waker = nil
	}
}
