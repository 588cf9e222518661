//go:build amd64

package sys

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// Regs are the general registers of a stopped thread, in the 64-bit layout
// also for a 32-bit guest (struct user_regs_struct).
type Regs unix.PtraceRegs

// GetRegs reads the registers of the stopped thread tid.
func GetRegs(tid int, r *Regs) error {
	return ptraceData(unix.PTRACE_GETREGS, tid, 0, unsafe.Pointer(r))
}

// SetRegs writes the registers of the stopped thread tid.
func SetRegs(tid int, r *Regs) error {
	return ptraceData(unix.PTRACE_SETREGS, tid, 0, unsafe.Pointer(r))
}
