package kernel

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The structures of linux/seccomp.h.
type (
	seccompData struct {
		nr   int32
		arch uint32
		ip   uint64
		args [6]uint64
	}
	seccompNotif struct {
		id    uint64
		pid   uint32
		flags uint32
		data  seccompData
	}
	seccompResp struct {
		id    uint64
		val   int64
		errno int32
		flags uint32
	}
	seccompAddFD struct {
		id         uint64
		flags      uint32
		srcFD      uint32
		newFD      uint32
		newFDFlags uint32
	}
	seccompSizes struct {
		notif, resp, data uint16
	}
)

// filterFlagsKnown asks the kernel whether it knows the flags of
// seccomp(SECCOMP_SET_MODE_FILTER). It passes no filter: the kernel checks the
// flags (EINVAL) before it looks for the filter (EFAULT), so nothing changes.
func filterFlagsKnown(flags uintptr) error {
	_, _, errno := syscall.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, flags, 0)
	switch errno {
	case unix.EFAULT:
		return nil
	case 0:
		return unix.EBADMSG // a filter that does not exist cannot have been set
	}
	return errno
}

// actionAvailable asks the kernel whether filters may return action.
func actionAvailable(action uint32) error {
	_, _, errno := syscall.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_GET_ACTION_AVAIL, 0, uintptr(unsafe.Pointer(&action)))
	if errno != 0 {
		return errno
	}
	return nil
}

// notifSizes returns the sizes of the kernel's notification structures.
func notifSizes() (s seccompSizes, err error) {
	_, _, errno := syscall.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_GET_NOTIF_SIZES, 0, uintptr(unsafe.Pointer(&s)))
	if errno != 0 {
		return s, errno
	}
	return s, nil
}

// recv takes the next call from listener. A later kernel may write more than
// seccompNotif, hence the room.
func recv(listener int) (n seccompNotif, err error) {
	var room struct {
		n    seccompNotif
		rest [512]byte
	}
	err = ioctl(listener, unix.SECCOMP_IOCTL_NOTIF_RECV, unsafe.Pointer(&room))
	return room.n, err
}

// valid reports whether the call id still waits for its answer.
func valid(listener int, id uint64) error {
	return ioctl(listener, unix.SECCOMP_IOCTL_NOTIF_ID_VALID, unsafe.Pointer(&id))
}

// send answers the call r.id.
func send(listener int, r seccompResp) error {
	return ioctl(listener, unix.SECCOMP_IOCTL_NOTIF_SEND, unsafe.Pointer(&r))
}

// addFD gives the caller of a waiting call a descriptor, and returns its
// number there.
func addFD(listener int, a seccompAddFD) (fd int, err error) {
	r, _, errno := syscall.Syscall(unix.SYS_IOCTL, uintptr(listener), unix.SECCOMP_IOCTL_NOTIF_ADDFD, uintptr(unsafe.Pointer(&a)))
	if errno != 0 {
		return -1, errno
	}
	return int(r), nil
}

func ioctl(fd int, request uintptr, arg unsafe.Pointer) error {
	_, _, errno := syscall.Syscall(unix.SYS_IOCTL, uintptr(fd), request, uintptr(arg))
	if errno != 0 {
		return errno
	}
	return nil
}
