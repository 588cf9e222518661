package kernel

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

const seccompFix = "use a kernel with CONFIG_SECCOMP_FILTER, or relax the container's seccomp profile (docker run --security-opt seccomp=unconfined)"

func trySeccompFilter() finding {
	if err := filterFlagsKnown(0); err != nil {
		return finding{Missing, "seccomp: " + err.Error(), seccompFix}
	}
	return finding{status: OK}
}

// tryFlags returns a trial of flags of seccomp(SECCOMP_SET_MODE_FILTER).
func tryFlags(flags uintptr) func() finding {
	return func() finding { return judge(filterFlagsKnown(flags)) }
}

// tryAction returns a trial of what a filter may return.
func tryAction(action uint32) func() finding {
	return func() finding { return judge(actionAvailable(action)) }
}

// tryListener sends a call of a throw-away child through the notify door.
func tryListener() finding {
	sizes, err := notifSizes()
	if err != nil {
		return missing(err)
	}
	err = throughTheDoor(func(int, seccompNotif) error { return nil })
	f := judge(err)
	if err == nil {
		f.detail = fmt.Sprintf("notification of %d bytes, answer of %d", sizes.notif, sizes.resp)
	}
	return f
}

// tryAddFD hands a descriptor to a child that waits at the notify door.
func tryAddFD() finding {
	return judge(throughTheDoor(func(listener int, n seccompNotif) error {
		fd, err := addFD(listener, seccompAddFD{id: n.id, srcFD: uint32(listener), newFDFlags: unix.O_CLOEXEC})
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
// door, calls at while it waits there, and answers it.
func throughTheDoor(at func(listener int, n seccompNotif) error) (err error) {
	report, reportEnd, err := os.Pipe()
	if err != nil {
		return err
	}
	defer report.Close()
	defer reportEnd.Close()
	filter := doorFilter()
	o := &orders{
		errand: errandNotify,
		share:  unix.CLONE_FILES, // the listener appears among our descriptors
		pipe:   reportEnd.Fd(),
		filter: &unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]},
	}
	if !HasCapability(unix.CAP_SYS_ADMIN) {
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
	if err := answerOne(listener, at); err != nil {
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

// answerOne takes one call from listener, calls at, and answers.
func answerOne(listener int, at func(int, seccompNotif) error) error {
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
	n, err := recv(listener)
	if err != nil {
		return fmt.Errorf("ioctl(SECCOMP_IOCTL_NOTIF_RECV): %w", err)
	}
	if err := at(listener, n); err != nil {
		return err
	}
	if err := valid(listener, n.id); err != nil {
		return fmt.Errorf("ioctl(SECCOMP_IOCTL_NOTIF_ID_VALID): %w", err)
	}
	if err := send(listener, seccompResp{id: n.id, val: notifyAnswer}); err != nil {
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
