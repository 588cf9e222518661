package sys

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// Filter is one instruction of a classic BPF program (struct sock_filter of
// linux/filter.h).
type Filter = unix.SockFilter

// The actions of a seccomp filter and the flags of its installation
// (linux/seccomp.h).
const (
	RetUserNotif = 0x7fc00000
	RetTrace     = 0x7ff00000
	RetAllow     = 0x7fff0000

	FlagSpecAllow        = 1 << 2
	FlagNewListener      = 1 << 3
	FlagWaitKillableRecv = 1 << 5
)

// Notification is a call that waits at the notify door (struct seccomp_notif).
type Notification struct {
	ID     uint64
	TID    uint32
	Flags  uint32
	Number int32
	Arch   uint32
	IP     uint64
	Args   [6]uint64
}

// Response answers a Notification (struct seccomp_notif_resp).
type Response struct {
	ID    uint64
	Value int64
	Error int32
	Flags uint32
}

// RespContinue lets the kernel run the call.
const RespContinue = 1

// AddFD places a descriptor in the guest (struct seccomp_notif_addfd).
type AddFD struct {
	ID       uint64
	Flags    uint32
	SrcFD    uint32
	NewFD    uint32
	NewFlags uint32
}

// Flags of AddFD.
const (
	AddFDSet  = 1 << 0 // use NewFD as the number
	AddFDSend = 1 << 1 // answer the call with the descriptor's number
)

// FilterFlagsKnown asks the kernel whether it knows the flags of
// seccomp(SECCOMP_SET_MODE_FILTER), and fails with EINVAL if not. It passes no
// filter: the kernel checks the flags before it looks for the filter (EFAULT),
// so nothing changes.
func FilterFlagsKnown(flags uintptr) error {
	_, _, e := unix.RawSyscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, flags, 0)
	switch e {
	case unix.EFAULT:
		return nil
	case 0:
		return unix.EBADMSG // a filter that does not exist cannot have been set
	}
	return e
}

// ActionAvailable asks the kernel whether filters may return action, and fails
// with EOPNOTSUPP if not (Linux 4.14).
func ActionAvailable(action uint32) error {
	_, _, e := unix.RawSyscall(unix.SYS_SECCOMP, unix.SECCOMP_GET_ACTION_AVAIL, 0, uintptr(unsafe.Pointer(&action)))
	return errnoErr(e)
}

// NotifRecv waits for the next call at the notify door. It returns EINTR when
// a signal reached the calling thread and ENOENT when the call it was about to
// return died, or no thread with the filter is left (seccomp_unotify(2)).
func NotifRecv(fd int, n *Notification) error {
	*n = Notification{}
	_, _, e := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), unix.SECCOMP_IOCTL_NOTIF_RECV, uintptr(unsafe.Pointer(n)))
	return errnoErr(e)
}

// NotifSend answers a call. ENOENT: the thread that made it is gone.
func NotifSend(fd int, r *Response) error {
	_, _, e := unix.RawSyscall(unix.SYS_IOCTL, uintptr(fd), unix.SECCOMP_IOCTL_NOTIF_SEND, uintptr(unsafe.Pointer(r)))
	return errnoErr(e)
}

// NotifIDValid reports whether the call id still waits for its answer.
func NotifIDValid(fd int, id uint64) bool {
	_, _, e := unix.RawSyscall(unix.SYS_IOCTL, uintptr(fd), unix.SECCOMP_IOCTL_NOTIF_ID_VALID, uintptr(unsafe.Pointer(&id)))
	return e == 0
}

// NotifAddFD places a descriptor in the guest and returns its number there.
func NotifAddFD(fd int, a *AddFD) (int, error) {
	n, _, e := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), unix.SECCOMP_IOCTL_NOTIF_ADDFD, uintptr(unsafe.Pointer(a)))
	return int(n), errnoErr(e)
}

// NotifSyncWakeUp asks for hand-overs between guest and supervisor on one
// processor (Linux 6.6); older kernels answer EINVAL and go on as they were.
func NotifSyncWakeUp(fd int) error {
	_, _, e := unix.RawSyscall(unix.SYS_IOCTL, uintptr(fd), unix.SECCOMP_IOCTL_NOTIF_SET_FLAGS, unix.SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP)
	return errnoErr(e)
}
