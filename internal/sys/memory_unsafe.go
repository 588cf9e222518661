package sys

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// ReadMemory reads from address at of process pid without stopping it, and
// returns how many bytes came before the first that cannot be read.
func ReadMemory(pid int, p []byte, at uint64) (int, error) {
	return vm(unix.SYS_PROCESS_VM_READV, pid, p, at)
}

// WriteMemory writes to address at of process pid without stopping it. Pages
// the process itself may not write are refused with EFAULT.
func WriteMemory(pid int, p []byte, at uint64) (int, error) {
	return vm(unix.SYS_PROCESS_VM_WRITEV, pid, p, at)
}

// remoteIovec is an iovec whose base is an address of another process, which
// must never be a Go pointer.
type remoteIovec struct {
	base uint64
	len  uint64
}

func vm(trap uintptr, pid int, p []byte, at uint64) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	local := unix.Iovec{Base: &p[0], Len: uint64(len(p))}
	remote := remoteIovec{at, uint64(len(p))}
	n, _, e := unix.Syscall6(trap, uintptr(pid), uintptr(unsafe.Pointer(&local)), 1,
		uintptr(unsafe.Pointer(&remote)), 1, 0)
	if e != 0 {
		return 0, e
	}
	return int(n), nil
}
