package kernel

import (
	"errors"
	"fmt"
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// An errand is what a throw-away child process does. The child is a copy of
// this process that shares nothing with it (but the descriptors, where the
// trial says so), ends when its errand is done, and reports by its exit status:
// 0 for success, else the errno.
type errand uintptr

const (
	errandWait          errand = iota // wait to be killed
	errandSubreaper                   // become a child subreaper
	errandUserNamespace               // make a user namespace
	errandNotify                      // issue a call through the notify door
	errandI386                        // issue an i386 call by int 0x80
)

// A child is a process on an errand.
type child struct {
	pid int
}

// start sends a child on the errand in o.
func start(o *orders) (*child, error) {
	// PR_SET_PDEATHSIG, which sees to it that no child is left behind, acts
	// on the death of the thread that forked.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	o.parent = uintptr(os.Getpid())
	pid, errno := fork(o)
	if errno != 0 {
		return nil, fmt.Errorf("fork: %w", errno)
	}
	return &child{pid}, nil
}

// wait returns what became of c: nil, the errno that it failed with, or the
// signal that it died of.
func (c *child) wait() error {
	status, err := c.waitChange()
	switch {
	case err != nil:
		return err
	case status.Signaled():
		return killedError(status.Signal())
	case status.ExitStatus() != 0:
		return unix.Errno(status.ExitStatus())
	}
	return nil
}

// waitChange waits for c to end or, if it is traced, to stop.
func (c *child) waitChange() (unix.WaitStatus, error) {
	var status unix.WaitStatus
	for {
		// The child sends no signal at its end, which only WALL waits for.
		_, err := unix.Wait4(c.pid, &status, unix.WALL, nil)
		if err != unix.EINTR {
			return status, err
		}
	}
}

// kill ends c and waits until it is gone.
func (c *child) kill() {
	// Nobody else waits for c, so that its number cannot be another's yet.
	unix.Kill(c.pid, unix.SIGKILL)
	for {
		status, err := c.waitChange()
		if err != nil || status.Exited() || status.Signaled() {
			return
		}
	}
}

// A killedError says of which signal a child died.
type killedError unix.Signal

func (e killedError) Error() string {
	return "the trial died of " + unix.SignalName(unix.Signal(e))
}

// tryErrand returns a trial that succeeds if e does.
func tryErrand(e errand) func() finding {
	return func() finding {
		c, err := start(&orders{errand: e})
		if err != nil {
			return missing(err)
		}
		return judge(c.wait())
	}
}

// judge is the finding for a trial that ended with err.
func judge(err error) finding {
	if err == nil {
		return finding{status: OK}
	}
	return missing(err)
}

// missing is the finding for a trial that failed with err.
func missing(err error) finding {
	f := finding{status: Missing, detail: err.Error()}
	switch {
	case errors.Is(err, unix.EBUSY): // of seccomp(2), for SECCOMP_FILTER_FLAG_NEW_LISTENER
		f.detail = "another supervisor's listener is already in force"
		f.fix = "run outside of the other supervisor: the kernel allows one listener a process"
	case errors.Is(err, unix.EPERM), errors.Is(err, unix.EACCES):
		f.fix = "permit it: in a container, relax its seccomp profile (docker run --security-opt seccomp=unconfined)"
	case errors.Is(err, unix.ENOSYS), errors.Is(err, unix.EINVAL), errors.Is(err, unix.EOPNOTSUPP):
		f.fix = "use Linux " + Oldest + " or newer, or permit the call in the container's seccomp profile"
	}
	return f
}
