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
	RetErrno     = 0x00050000
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

const (
	ioctlNotifRecv    = 0xc0502100
	ioctlNotifSend    = 0xc0182101
	ioctlNotifIDValid = 0x40082102
	ioctlNotifAddFD   = 0x40182103
	ioctlNotifFlags   = 0x40082104

	fdSyncWakeUp = 1 << 0
)

// NotifRecv waits for the next call at the notify door. It returns EINTR when
// a signal reached the calling thread and ENOENT when the call it was about to
// return died, or no thread with the filter is left (seccomp_unotify(2)).
func NotifRecv(fd int, n *Notification) error {
	*n = Notification{}
	_, _, e := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), ioctlNotifRecv, uintptr(unsafe.Pointer(n)))
	return errnoErr(e)
}

// NotifSend answers a call. ENOENT: the thread that made it is gone.
func NotifSend(fd int, r *Response) error {
	_, _, e := unix.RawSyscall(unix.SYS_IOCTL, uintptr(fd), ioctlNotifSend, uintptr(unsafe.Pointer(r)))
	return errnoErr(e)
}

// NotifIDValid reports whether the call id still waits for its answer.
func NotifIDValid(fd int, id uint64) bool {
	_, _, e := unix.RawSyscall(unix.SYS_IOCTL, uintptr(fd), ioctlNotifIDValid, uintptr(unsafe.Pointer(&id)))
	return e == 0
}

// NotifAddFD places a descriptor in the guest and returns its number there.
func NotifAddFD(fd int, a *AddFD) (int, error) {
	n, _, e := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), ioctlNotifAddFD, uintptr(unsafe.Pointer(a)))
	return int(n), errnoErr(e)
}

// NotifSyncWakeUp asks for hand-overs between guest and supervisor on one
// processor (Linux 6.6); older kernels answer EINVAL and go on as they were.
func NotifSyncWakeUp(fd int) error {
	_, _, e := unix.RawSyscall(unix.SYS_IOCTL, uintptr(fd), ioctlNotifFlags, fdSyncWakeUp)
	return errnoErr(e)
}
