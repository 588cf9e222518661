package sys

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// Sendmsg sends b with control messages to a connected socket; sendmsg(2). Unlike
// that of Go's libraries it sends an empty message as one.
func Sendmsg(fd int, b, control []byte, flags int) error {
	iov, msg := message(b, control)
	msg.Iov = &iov
	_, _, e := unix.Syscall(unix.SYS_SENDMSG, uintptr(fd), uintptr(unsafe.Pointer(&msg)), uintptr(flags))
	if e != 0 {
		return e
	}
	return nil
}

// Recvmsg receives into b and control, and returns how many bytes these have then,
// and the message's flags; recvmsg(2). Into an empty b it receives nothing.
func Recvmsg(fd int, b, control []byte, flags int) (n, controlSize, got int, err error) {
	iov, msg := message(b, control)
	msg.Iov = &iov
	r, _, e := unix.Syscall(unix.SYS_RECVMSG, uintptr(fd), uintptr(unsafe.Pointer(&msg)), uintptr(flags))
	if e != 0 {
		return 0, 0, 0, e
	}
	return int(r), int(msg.Controllen), int(msg.Flags), nil
}

func message(b, control []byte) (iov unix.Iovec, msg unix.Msghdr) {
	iov.Base = unsafe.SliceData(b)
	iov.SetLen(len(b))
	msg.Control = unsafe.SliceData(control)
	msg.SetControllen(len(control))
	msg.SetIovlen(1)
	return iov, msg
}
