package intercept

import (
	"errors"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/internal/sys"
)

// Install gives the thread of a call that waits at the notify door a descriptor of a
// certain number for the open file that is fd here, and which stays the caller's. What
// the number led to in the guest is closed. The call then runs, or is answered, as its
// verdict says. Elsewhere than at the notify door it fails with ENOSYS; with ENOENT the
// thread has died.
func (c *Call) Install(fd int, number int32, closeOnExec bool) error {
	if c.door == nil {
		return abi.ENOSYS
	}
	add := sys.AddFD{ID: c.id, Flags: sys.AddFDSet, SrcFD: uint32(fd), NewFD: uint32(number)}
	if closeOnExec {
		add.NewFlags = unix.O_CLOEXEC
	}
	for {
		if _, err := sys.NotifAddFD(c.door.listener, &add); !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}

// InstallLowest is Install with the lowest number that is free there, which it returns.
// EMFILE says that there is none.
func (c *Call) InstallLowest(fd int, closeOnExec bool) (int, abi.Errno) {
	if c.door == nil {
		return -1, abi.ENOSYS
	}
	return c.door.install(c, fd, closeOnExec)
}
