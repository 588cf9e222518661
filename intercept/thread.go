package intercept

import (
	"errors"
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

// onMortalThread runs f on a thread that ends with it. Go never ends the main
// thread of a process.
func onMortalThread(f func()) {
	go func() {
		runtime.LockOSThread()
		if unix.Gettid() != unix.Getpid() {
			f()
			return
		}
		// While this goroutine has the main thread, another has not.
		elsewhere := make(chan struct{})
		onMortalThread(func() {
			close(elsewhere)
			f()
		})
		<-elsewhere
		runtime.UnlockOSThread()
	}()
}

// awaitThreadEnd returns when a thread of this process has ended, and let go of
// its tracees.
func awaitThreadEnd(tid int) {
	for !errors.Is(unix.Tgkill(unix.Getpid(), tid, 0), unix.ESRCH) {
		time.Sleep(100 * time.Microsecond)
	}
}
