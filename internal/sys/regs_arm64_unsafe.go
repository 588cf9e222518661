//go:build arm64

package sys

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// Regs are the general registers of a stopped thread and the number of the
// call it is in, which arm64 keeps apart (NT_PRSTATUS, NT_ARM_SYSTEM_CALL).
type Regs struct {
	User    unix.PtraceRegs
	Syscall int32
}

const (
	noteStatus     = 1
	noteSystemCall = 0x404
)

// GetRegs reads the registers of the stopped thread tid.
func GetRegs(tid int, r *Regs) error {
	if err := regset(unix.PTRACE_GETREGSET, tid, noteStatus, unsafe.Pointer(&r.User), unsafe.Sizeof(r.User)); err != nil {
		return err
	}
	return regset(unix.PTRACE_GETREGSET, tid, noteSystemCall, unsafe.Pointer(&r.Syscall), unsafe.Sizeof(r.Syscall))
}

// SetRegs writes the registers of the stopped thread tid.
func SetRegs(tid int, r *Regs) error {
	if err := regset(unix.PTRACE_SETREGSET, tid, noteStatus, unsafe.Pointer(&r.User), unsafe.Sizeof(r.User)); err != nil {
		return err
	}
	return regset(unix.PTRACE_SETREGSET, tid, noteSystemCall, unsafe.Pointer(&r.Syscall), unsafe.Sizeof(r.Syscall))
}

func regset(request, tid int, note uintptr, p unsafe.Pointer, size uintptr) error {
	v := unix.Iovec{Base: (*byte)(p), Len: uint64(size)}
	return ptraceData(request, tid, note, unsafe.Pointer(&v))
}
