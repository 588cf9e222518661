package sys

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// Getsockopt reads an option of a socket into value, and returns how many bytes it
// has; getsockopt(2).
func Getsockopt(fd, level, opt int, value []byte) (int, error) {
	size := uint32(len(value))
	_, _, e := unix.Syscall6(unix.SYS_GETSOCKOPT, uintptr(fd), uintptr(level), uintptr(opt),
		uintptr(unsafe.Pointer(unsafe.SliceData(value))), uintptr(unsafe.Pointer(&size)), 0)
	if e != 0 {
		return 0, e
	}
	return int(size), nil
}

// Disconnect takes a datagram socket's peer from it; connect(2).
func Disconnect(fd int) error {
	none := [16]byte{unix.AF_UNSPEC} // all machines here are little-endian
	_, _, e := unix.Syscall(unix.SYS_CONNECT, uintptr(fd), uintptr(unsafe.Pointer(&none)), unsafe.Sizeof(none))
	if e != 0 {
		return e
	}
	return nil
}
