package sockdiag

import (
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// within calls f in the network namespace that a link names. Another one than
// this process's is entered by a thread that ends there.
func within(net string, f func() (*Socket, error)) (*Socket, error) {
	theirs, err := os.Readlink(net)
	if err != nil {
		return nil, err
	}
	if ours, err := os.Readlink("/proc/self/ns/net"); err == nil && ours == theirs {
		return f()
	}
	file, err := os.Open(net)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var s *Socket
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
		if err = os.NewSyscallError("setns", unix.Setns(int(file.Fd()), unix.CLONE_NEWNET)); err == nil {
			s, err = f()
		}
	}()
	<-done
	return s, err
}
