package waker_test

import (
	"errors"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"

	"penumbra/internal/sys"
	"penumbra/internal/waker"
)

// await waits for the waker's next news.
func await(t *testing.T, w *waker.Waker) unix.WaitStatus {
	t.Helper()
	for {
		tid, status, err := sys.Wait(-1, 0)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil || tid != w.PID {
			t.Fatalf("wait = %d, %#x, %v; want news of %d", tid, status, err, w.PID)
		}
		return status
	}
}

// TestWake has each wake end one wait, whether it comes before or during it.
func TestWake(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	w, err := waker.Start()
	if err != nil {
		t.Fatal(err)
	}
	for range 1000 {
		go w.Wake()
		if status := await(t, w); !status.Stopped() {
			t.Fatalf("status %#x, want a stop", status)
		}
		w.Rearm()
	}
	w.Close()
	w.Wake() // of no effect
	if _, _, err := sys.Wait(w.PID, 0); !errors.Is(err, unix.ECHILD) {
		t.Errorf("after Close it is still there: %v", err)
	}
}

// TestKilled kills a waker: its thread hears of that, and Close copes.
func TestKilled(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	w, err := waker.Start()
	if err != nil {
		t.Fatal(err)
	}
	unix.Kill(w.PID, unix.SIGKILL)
	if status := await(t, w); !status.Signaled() {
		t.Errorf("status %#x, want a death by a signal", status)
	}
	w.Wake()
	w.Close()
}
