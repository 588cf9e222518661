package kernel

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// memory lies at the same address in this process and in its children.
var memory [8]byte

func addressOfMemory() uint64 { return uint64(uintptr(unsafe.Pointer(&memory))) }

// openIOURing makes an io_uring with one entry and returns its descriptor.
func openIOURing() (fd int, err error) {
	var params [120]byte // struct io_uring_params
	r, _, errno := syscall.Syscall(unix.SYS_IO_URING_SETUP, 1, uintptr(unsafe.Pointer(&params)), 0)
	if errno != 0 {
		return -1, errno
	}
	return int(r), nil
}
