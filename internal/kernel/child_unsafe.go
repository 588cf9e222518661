package kernel

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"

	"penumbra/internal/sys"
)

// orders tell a child what to do. The child reads its copy of them.
type orders struct {
	errand  errand
	parent  uintptr // the process that has to outlive the child
	share   uintptr // clone(2) flags
	pipe    uintptr // errandNotify: where to write the listener's number or -errno
	confine uintptr // errandNotify: 1 to set no_new_privs first
	filter  *unix.SockFprog
	expect  uintptr // errandNotify: what the call has to return
	answer  int64   // errandNotify: what goes into the pipe
}

// notifyArg marks the one getppid call that errandNotify's filter sends
// through the notify door, and notifyAnswer is what the supervisor answers.
const (
	notifyArg    = 0x70656e75
	notifyAnswer = 0x6d627261
)

// fork starts a child that carries out o, by the rules of sys.Fork. No signal
// is sent at its end, so that a program's own waits do not notice it.
//
//go:norace
func fork(o *orders) (pid int, errno syscall.Errno) {
	sys.BeforeFork()
	r, errno := sys.Fork(o.share)
	if r == 0 && errno == 0 {
		run(o)
	}
	sys.AfterFork()
	return int(r), errno
}

// run is the life of the child.
//
//go:nosplit
//go:norace
func run(o *orders) {
	syscall.RawSyscall6(unix.SYS_PRCTL, unix.PR_SET_PDEATHSIG, uintptr(unix.SIGKILL), 0, 0, 0, 0)
	var errno syscall.Errno
	if parent, _, _ := syscall.RawSyscall6(unix.SYS_GETPPID, 0, 0, 0, 0, 0, 0); parent == o.parent {
		errno = carryOut(o)
	}
	for {
		syscall.RawSyscall6(unix.SYS_EXIT_GROUP, uintptr(errno), 0, 0, 0, 0, 0)
	}
}

// carryOut does the child's errand.
//
//go:nosplit
//go:norace
//go:noinline
func carryOut(o *orders) (errno syscall.Errno) {
	switch o.errand {
	case errandWait:
		for {
			syscall.RawSyscall6(unix.SYS_PPOLL, 0, 0, 0, 0, 0, 0)
		}
	case errandSubreaper:
		_, _, errno = syscall.RawSyscall6(unix.SYS_PRCTL, unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0, 0)
	case errandUserNamespace:
		_, _, errno = syscall.RawSyscall6(unix.SYS_UNSHARE, unix.CLONE_NEWUSER, 0, 0, 0, 0, 0)
	case errandNotify:
		errno = notify(o)
	case errandI386:
		// Without i386 calls this is a fault: leave no core file.
		syscall.RawSyscall6(unix.SYS_PRCTL, unix.PR_SET_DUMPABLE, 0, 0, 0, 0, 0)
		errno = getpidI386()
	}
	return errno
}

// notify puts the child behind a filter, tells the parent the number of the
// listener, and issues the call that the parent has to answer.
//
//go:nosplit
//go:norace
//go:noinline
func notify(o *orders) (errno syscall.Errno) {
	listener, errno := listen(o)
	o.answer = int64(listener)
	if errno != 0 {
		o.answer = -int64(errno)
	}
	syscall.RawSyscall6(unix.SYS_WRITE, o.pipe, uintptr(unsafe.Pointer(&o.answer)), 8, 0, 0, 0)
	if errno != 0 {
		return errno
	}
	r, _, errno := syscall.RawSyscall6(unix.SYS_GETPPID, notifyArg, 0, 0, 0, 0, 0)
	if errno == 0 && r != o.expect {
		return unix.EBADMSG
	}
	return errno
}

// listen sets o.filter and returns the number of its listener.
//
//go:nosplit
//go:norace
//go:noinline
func listen(o *orders) (listener uintptr, errno syscall.Errno) {
	if o.confine != 0 {
		_, _, errno = syscall.RawSyscall6(unix.SYS_PRCTL, unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0, 0)
		if errno != 0 {
			return 0, errno
		}
	}
	listener, _, errno = syscall.RawSyscall6(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER,
		unix.SECCOMP_FILTER_FLAG_NEW_LISTENER, uintptr(unsafe.Pointer(o.filter)), 0, 0, 0)
	return listener, errno
}
