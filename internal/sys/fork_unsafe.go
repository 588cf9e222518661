package sys

import (
	_ "unsafe" // for go:linkname

	"golang.org/x/sys/unix"
)

// BeforeFork makes the calling thread ready for Fork: it blocks all signals,
// since a handler of Go's must not run in a child whose runtime has but one
// thread, and makes Go's runtime end a child that tries to grow its stack.
//
//go:linkname BeforeFork syscall.runtime_BeforeFork
func BeforeFork()

// AfterFork undoes BeforeFork, in the parent only.
//
//go:linkname AfterFork syscall.runtime_AfterFork
func AfterFork()

// Fork is clone(2) without a new stack and without a library's at-fork
// handlers; flags are clone's, the signal at the child's end among them. It
// returns 0 in the child, which owns a copy of this thread's stack and of
// nothing else of Go's runtime: it must not grow the stack, allocate, lock or
// be instrumented, only issue system calls.
//
//go:nosplit
//go:norace
func Fork(flags uintptr) (pid uintptr, errno unix.Errno) {
	pid, _, errno = unix.RawSyscall6(unix.SYS_CLONE, flags, 0, 0, 0, 0, 0)
	return pid, errno
}
