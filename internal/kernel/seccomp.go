package kernel

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/internal/sys"
)

const seccompFix = "use a kernel with CONFIG_SECCOMP_FILTER, or relax the container's seccomp profile (docker run --security-opt seccomp=unconfined)"

func trySeccompFilter() finding {
	if err := sys.FilterFlagsKnown(0); err != nil {
		return finding{Missing, "seccomp: " + err.Error(), seccompFix}
	}
	return finding{status: OK}
}

// tryFlags returns a trial of flags of seccomp(SECCOMP_SET_MODE_FILTER).
func tryFlags(flags uintptr) func() finding {
	return func() finding { return judge(sys.FilterFlagsKnown(flags)) }
}

// tryAction returns a trial of what a filter may return.
func tryAction(action uint32) func() finding {
	return func() finding { return judge(sys.ActionAvailable(action)) }
}

// tryListener answers a call of a throw-away child at the notify door.
func tryListener() finding {
	return judge(throughTheDoor(sys.Response{Value: notifyAnswer}, func(int, uint64) error { return nil }))
}

// tryContinue lets the kernel run a call that waits at the notify door.
func tryContinue() finding {
	return judge(throughTheDoor(sys.Response{Flags: sys.RespContinue}, func(int, uint64) error { return nil }))
}

// trySyncWakeUp asks for hand-overs on one processor.
func trySyncWakeUp() finding {
	err := throughTheDoor(sys.Response{Value: notifyAnswer}, func(listener int, _ uint64) error {
		return sys.NotifSyncWakeUp(listener)
	})
	f := judge(err)
	if errors.Is(err, unix.EINVAL) {
		f.fix = "use Linux 6.6 or newer"
	}
	return f
}

// tryAddFD hands a descriptor to a child that waits at the notify door.
func tryAddFD() finding {
	return judge(throughTheDoor(sys.Response{Value: notifyAnswer}, func(listener int, id uint64) error {
		fd, err := sys.NotifAddFD(listener, &sys.AddFD{ID: id, SrcFD: uint32(listener), NewFlags: unix.O_CLOEXEC})
		if err != nil {
			return fmt.Errorf("ioctl(SECCOMP_IOCTL_NOTIF_ADDFD): %w", err)
		}
		// The child shares our descriptors: what it was given is ours to close.
		return unix.Close(fd)
	}))
}

// doorPatience bounds the wait for a child at the notify door: it issues its
// call at once, or never.
const doorPatience = 5 * time.Second

// throughTheDoor has a throw-away child issue one call through the notify
// door, calls at while it waits there, and answers it. The child checks that
// the call returns the answer's value, or with RespContinue the kernel's.
func throughTheDoor(answer sys.Response, at func(listener int, id uint64) error) error {
	report, reportEnd, err := os.Pipe()
	if err != nil {
		return err
	}
	defer report.Close()
	defer reportEnd.Close()
	filter := doorFilter()
	o := &orders{
		errand: errandNotify,
		expect: uintptr(answer.Value),
		share:  unix.CLONE_FILES, // the listener appears among our descriptors
		pipe:   reportEnd.Fd(),
		filter: &unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]},
	}
	if answer.Flags&sys.RespContinue != 0 {
		o.expect = uintptr(os.Getpid())
	}
	if !sys.HasCapability(unix.CAP_SYS_ADMIN) {
		o.confine = 1
	}
	c, err := start(o)
	if err != nil {
		return err
	}
	listener, err := awaitListener(report)
	if err != nil {
		c.kill()
		return err
	}
	defer unix.Close(listener)
	if err := answerOne(listener, answer, at); err != nil {
		c.kill()
		return err
	}
	return c.wait()
}

// awaitListener reads from report the number of the child's listener, or the
// errno for which it has none. The child and we share the pipe's other end, so
// that its death does not end the pipe: a deadline has to.
func awaitListener(report *os.File) (listener int, err error) {
	if err := report.SetReadDeadline(time.Now().Add(doorPatience)); err != nil {
		return -1, err
	}
	var buf [8]byte
	if _, err := report.Read(buf[:]); err != nil {
		return -1, errors.New("the child could not set a filter")
	}
	number := int(int64(binary.NativeEndian.Uint64(buf[:])))
	if number < 0 {
		return -1, fmt.Errorf("seccomp(SECCOMP_FILTER_FLAG_NEW_LISTENER): %w", unix.Errno(-number))
	}
	return number, nil
}

// answerOne takes one call from listener, calls at, and gives it the answer.
func answerOne(listener int, answer sys.Response, at func(int, uint64) error) error {
	ready := []unix.PollFd{{Fd: int32(listener), Events: unix.POLLIN}}
	for {
		n, err := unix.Poll(ready, int(doorPatience/time.Millisecond))
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return err
		}
		if n == 0 || ready[0].Revents&unix.POLLIN == 0 {
			return errors.New("the call did not arrive")
		}
		break
	}
	var n sys.Notification
	if err := sys.NotifRecv(listener, &n); err != nil {
		return fmt.Errorf("ioctl(SECCOMP_IOCTL_NOTIF_RECV): %w", err)
	}
	if err := at(listener, n.ID); err != nil {
		return err
	}
	if !sys.NotifIDValid(listener, n.ID) {
		return errors.New("ioctl(SECCOMP_IOCTL_NOTIF_ID_VALID) denies a call that waits")
	}
	answer.ID = n.ID
	if err := sys.NotifSend(listener, &answer); err != nil {
		return fmt.Errorf("ioctl(SECCOMP_IOCTL_NOTIF_SEND): %w", err)
	}
	return nil
}

// doorFilter sends getppid(notifyArg) through the notify door and lets all
// else pass. See linux/seccomp.h for the offsets.
func doorFilter() []unix.SockFilter {
	const (
		offsetNumber = 0
		offsetArg    = 16
		load         = unix.BPF_LD | unix.BPF_W | unix.BPF_ABS
		unequal      = unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K
		ret          = unix.BPF_RET | unix.BPF_K
	)
	return []unix.SockFilter{
		{Code: load, K: offsetNumber},
		{Code: unequal, Jf: 3, K: unix.SYS_GETPPID},
		{Code: load, K: offsetArg},
		{Code: unequal, Jf: 1, K: notifyArg},
		{Code: ret, K: unix.SECCOMP_RET_USER_NOTIF},
		{Code: ret, K: unix.SECCOMP_RET_ALLOW},
	}
}
