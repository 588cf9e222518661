package sys

import (
	"unsafe"

	"golang.org/x/sys/unix"

	"penumbra/abi"
)

// SyscallInfo is what PTRACE_GET_SYSCALL_INFO tells of a stopped thread
// (struct ptrace_syscall_info, Linux 5.3).
type SyscallInfo struct {
	Op   uint8
	_    [3]uint8
	Arch uint32
	IP   uint64
	SP   uint64
	// Number and Args of a call that begins. For one that ends Number is the
	// result, see Result.
	Number uint64
	Args   [6]uint64
	// RetData is the data part of the seccomp filter's verdict.
	RetData uint32
	_       uint32
}

// The Op of a stop at the begin of a call, and of one that is not at a call.
const (
	SyscallNone  = 0
	SyscallEntry = 1
)

// Result returns what a call of a has ended with, a value or a negative errno,
// sign-extended.
func (i *SyscallInfo) Result(a abi.Arch) int64 {
	if a == abi.I386 {
		return int64(int32(i.Number))
	}
	return int64(i.Number)
}

func ptrace(request, tid int, addr, data uintptr) error {
	_, _, e := unix.RawSyscall6(unix.SYS_PTRACE, uintptr(request), uintptr(tid), addr, data, 0, 0)
	return errnoErr(e)
}

// ptraceData is ptrace for requests with memory of ours. It takes a pointer, for
// an address would not follow a stack that is moved on the way here.
func ptraceData(request, tid int, addr uintptr, data unsafe.Pointer) error {
	_, _, e := unix.RawSyscall6(unix.SYS_PTRACE, uintptr(request), uintptr(tid), addr, uintptr(data), 0, 0)
	return errnoErr(e)
}

// Seize makes the calling thread the tracer of tid. It waits while a thread of
// tid's process executes a program.
func Seize(tid int, options uintptr) error {
	_, _, e := unix.Syscall6(unix.SYS_PTRACE, unix.PTRACE_SEIZE, uintptr(tid), 0, options, 0, 0)
	return errnoErr(e)
}

// Interrupt makes the seized thread tid stop as soon as it can.
func Interrupt(tid int) error { return ptrace(unix.PTRACE_INTERRUPT, tid, 0, 0) }

// Cont lets tid run until its next event, delivering signal if not zero.
func Cont(tid int, signal unix.Signal) error {
	return ptrace(unix.PTRACE_CONT, tid, 0, uintptr(signal))
}

// ContToExit lets tid run until the end of the call it is in, or else the begin
// of its next, or until an event that comes before.
func ContToExit(tid int, signal unix.Signal) error {
	return ptrace(unix.PTRACE_SYSCALL, tid, 0, uintptr(signal))
}

// Listen leaves tid in its group stop and reports what ends it.
func Listen(tid int) error { return ptrace(unix.PTRACE_LISTEN, tid, 0, 0) }

// Detach ends the tracing of the stopped thread tid, delivering signal if not
// zero.
func Detach(tid int, signal unix.Signal) error {
	return ptrace(unix.PTRACE_DETACH, tid, 0, uintptr(signal))
}

// EventMessage returns what the event that stopped tid carries: a new thread's
// id, a former id, or the data part of a seccomp verdict.
func EventMessage(tid int) (msg uint64, err error) {
	err = ptraceData(unix.PTRACE_GETEVENTMSG, tid, 0, unsafe.Pointer(&msg))
	return msg, err
}

// Siginfo is a siginfo_t, in the layout of this machine also for a 32-bit guest.
type Siginfo [128]byte

// GetSiginfo fills i with what is told with the signal that stopped tid.
func GetSiginfo(tid int, i *Siginfo) error {
	return ptraceData(unix.PTRACE_GETSIGINFO, tid, 0, unsafe.Pointer(i))
}

// GetSignalMask fills mask with the signals that the stopped thread tid blocks, bit
// n-1 for signal n.
func GetSignalMask(tid int, mask *uint64) error {
	return ptraceData(unix.PTRACE_GETSIGMASK, tid, unsafe.Sizeof(*mask), unsafe.Pointer(mask))
}

// SetSignalMask makes the stopped thread tid block the signals in mask. SIGKILL and
// SIGSTOP cannot be blocked.
func SetSignalMask(tid int, mask uint64) error {
	return ptraceData(unix.PTRACE_SETSIGMASK, tid, unsafe.Sizeof(mask), unsafe.Pointer(&mask))
}

// GetSyscallInfo fills i with the call that the stopped thread tid is in.
func GetSyscallInfo(tid int, i *SyscallInfo) error {
	*i = SyscallInfo{}
	return ptraceData(unix.PTRACE_GET_SYSCALL_INFO, tid, unsafe.Sizeof(*i), unsafe.Pointer(i))
}

// Wait waits for a tracee of the calling thread or a child whose end sends no
// SIGCHLD, or with pid > 0 for that one, and returns its id and wait(2) status.
// Children that others started from this thread, such as os/exec, are theirs.
func Wait(pid int, options int) (tid int, status unix.WaitStatus, err error) {
	var s int32
	n, _, e := unix.Syscall6(unix.SYS_WAIT4, uintptr(pid), uintptr(unsafe.Pointer(&s)),
		uintptr(options|unix.WCLONE|unix.WNOTHREAD), 0, 0, 0)
	return int(n), unix.WaitStatus(s), errnoErr(e)
}
