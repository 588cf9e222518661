package sys

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// DefaultAction gives s its default disposition and lets it in, past Go's
// runtime, for a process that is about to die of it.
func DefaultAction(s unix.Signal) {
	var action [4]uint64
	unix.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(s), uintptr(unsafe.Pointer(&action)), 0, 8, 0, 0)
	set := uint64(1) << (s - 1)
	unix.RawSyscall6(unix.SYS_RT_SIGPROCMASK, unix.SIG_UNBLOCK, uintptr(unsafe.Pointer(&set)), 0, 8, 0, 0)
}
