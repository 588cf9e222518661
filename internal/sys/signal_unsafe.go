package sys

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// DefaultAction gives s its default disposition and lets it in, past Go's
// runtime, for a process that is about to die or stop of it. The function that
// it returns puts back the disposition of before.
func DefaultAction(s unix.Signal) (restore func()) {
	var standard, before [4]uint64
	sigaction(s, &standard, &before)
	set := uint64(1) << (s - 1)
	unix.RawSyscall6(unix.SYS_RT_SIGPROCMASK, unix.SIG_UNBLOCK, uintptr(unsafe.Pointer(&set)), 0, 8, 0, 0)
	return func() { sigaction(s, &before, nil) }
}

// NoSignalOfStops makes the kernel send this process no SIGCHLD any more when
// one of its children or tracees stops or goes on (SA_NOCLDSTOP, sigaction(2)).
// The signal's handler and SIGCHLD for ends stay as they are.
func NoSignalOfStops() {
	const noChildStop = 1
	var action [4]uint64
	sigaction(unix.SIGCHLD, nil, &action)
	action[1] |= noChildStop
	sigaction(unix.SIGCHLD, &action, nil)
}

// sigaction is rt_sigaction(2) with the kernel's struct of 64-bit machines.
func sigaction(s unix.Signal, action, before *[4]uint64) {
	unix.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(s), uintptr(unsafe.Pointer(action)),
		uintptr(unsafe.Pointer(before)), 8, 0, 0)
}

// QueueSignal sends s to a process as if the process from, of that user, had done so
// by sigqueue(3).
func QueueSignal(pid int, s unix.Signal, from int, user uint32) error {
	const queued = -1                                                         // SI_QUEUE
	info := [32]int32{0: int32(s), 2: queued, 4: int32(from), 5: int32(user)} // siginfo_t: signo, errno, code, pid, uid
	if _, _, e := unix.RawSyscall(unix.SYS_RT_SIGQUEUEINFO, uintptr(pid), uintptr(s), uintptr(unsafe.Pointer(&info))); e != 0 {
		return e
	}
	return nil
}
