package waker

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"

	"penumbra/internal/sys"
)

// fork starts the child, by the rules of sys.Fork. All signals are blocked in
// it, so that nothing but SIGSTOP and SIGKILL reaches it.
//
//go:norace
func fork() (pid int, errno syscall.Errno) {
	parent := uintptr(os.Getpid())
	syscall.ForkLock.Lock()
	sys.BeforeFork()
	r, e := sys.Fork(0) // no SIGCHLD: see sys.Wait
	if r == 0 && e == 0 {
		sleep(parent)
	}
	sys.AfterFork()
	syscall.ForkLock.Unlock()
	return int(r), e
}

// sleep is the life of the child. It holds no descriptor: a pipe whose ends it
// had inherited would never break.
//
//go:nosplit
//go:norace
func sleep(parent uintptr) {
	syscall.RawSyscall6(unix.SYS_CLOSE_RANGE, 0, ^uintptr(0)>>32, 0, 0, 0, 0)
	syscall.RawSyscall6(unix.SYS_PRCTL, unix.PR_SET_PDEATHSIG, uintptr(unix.SIGKILL), 0, 0, 0, 0)
	for {
		if now, _, _ := syscall.RawSyscall6(unix.SYS_GETPPID, 0, 0, 0, 0, 0, 0); now != parent {
			syscall.RawSyscall6(unix.SYS_EXIT_GROUP, 0, 0, 0, 0, 0, 0)
		}
		syscall.RawSyscall6(unix.SYS_PPOLL, 0, 0, 0, 0, 0, 0)
	}
}
