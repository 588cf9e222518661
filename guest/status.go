package guest

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"penumbra/internal/sys"
)

// Status is what the kernel tells of a thread (proc_pid_status(5)), in numbers
// of the supervisor's process-id namespace.
type Status struct {
	State   byte // as ps(1) shows it: R, S, D, T, t, Z, X
	Group   int  // the process that it belongs to
	Parent  int  // that one's parent
	Tracer  int  // the thread that traces it, or 0
	Threads int  // how many the process has
	// User, Effective and Saved are the ids of its user.
	User, Effective, Saved int
	// EffectiveGroup is that of its group.
	EffectiveGroup int
}

// ReadStatus reads the status of a thread. The error wraps fs.ErrNotExist or
// ESRCH when there is none of that id.
func ReadStatus(tid int) (Status, error) {
	var s Status
	b, err := sys.ReadProc(tid, "status")
	if err != nil {
		return s, fmt.Errorf("guest: status of thread %d: %w", tid, err)
	}
	for line := range strings.Lines(string(b)) {
		name, value, _ := strings.Cut(line, ":")
		value = strings.TrimSpace(value)
		n, _ := strconv.Atoi(value)
		switch name {
		case "State":
			s.State = value[0]
		case "Tgid":
			s.Group = n
		case "PPid":
			s.Parent = n
		case "TracerPid":
			s.Tracer = n
		case "Threads":
			s.Threads = n
		case "Uid":
			_, _ = fmt.Sscan(value, &s.User, &s.Effective, &s.Saved)
		case "Gid":
			_, _ = fmt.Sscan(value, new(int), &s.EffectiveGroup)
		}
	}
	return s, nil
}

// MaySignal reports whether one with status s may send signals to one with status to
// (kill(2)), as far as users say.
func (s Status) MaySignal(to Status) bool {
	for _, id := range []int{s.User, s.Effective} {
		if id == to.User || id == to.Saved {
			return true
		}
	}
	return s.Effective == 0
}

// Lineage reads the process that a thread belongs to, and that process's parent.
func Lineage(tid int) (group, parent int, err error) {
	s, err := ReadStatus(tid)
	return s.Group, s.Parent, err
}

// Signalled reports whether a signal is pending that t neither blocks nor ignores.
func (t *Thread) Signalled() bool {
	pending, blocked := t.PendingSignals()
	return pending&^blocked != 0
}

// PendingSignals returns the sets of signals that are pending and not ignored, and that
// t blocks. (Of those that it ignores the kernel keeps some for a tracer.)
func (t *Thread) PendingSignals() (pending, blocked uint64) {
	b, _ := sys.ReadProc(t.id, "status") // an error: it has died
	sets := map[string]uint64{}
	for line := range strings.Lines(string(b)) {
		name, value, _ := strings.Cut(line, ":")
		switch name {
		case "SigPnd", "ShdPnd", "SigBlk", "SigIgn", "SigCgt":
			sets[name], _ = strconv.ParseUint(strings.TrimSpace(value), 16, 64)
		}
	}
	ignored := sets["SigIgn"] | ignoredByDefault&^sets["SigCgt"]
	return (sets["SigPnd"] | sets["ShdPnd"]) &^ ignored, sets["SigBlk"]
}

// ignoredByDefault are the signals that do nothing to those who do not handle them;
// signal(7).
const ignoredByDefault = 1<<(unix.SIGCHLD-1) | 1<<(unix.SIGURG-1) | 1<<(unix.SIGWINCH-1) | 1<<(unix.SIGCONT-1)

// IsKernelThread reports whether pid is a thread of the kernel's own, by its
// flags (proc_pid_stat(5), linux/sched.h).
func IsKernelThread(pid int) bool {
	const kthread = 0x00200000 // PF_KTHREAD
	b, err := sys.ReadProc(pid, "stat")
	if err != nil {
		return false
	}
	// The name, in parentheses, may itself hold blanks and parentheses.
	fields := bytes.Fields(b[bytes.LastIndexByte(b, ')')+1:])
	const flags = 6 // behind the name
	if len(fields) <= flags {
		return false
	}
	n, err := strconv.ParseUint(string(fields[flags]), 10, 64)
	return err == nil && n&kthread != 0
}

// Umask reads the file mode creation mask of a thread. The error wraps
// fs.ErrNotExist or ESRCH when there is none of that id.
func Umask(tid int) (uint32, error) {
	b, err := sys.ReadProc(tid, "status")
	if err != nil {
		return 0, fmt.Errorf("guest: status of thread %d: %w", tid, err)
	}
	for line := range strings.Lines(string(b)) {
		if value, ok := strings.CutPrefix(line, "Umask:"); ok {
			n, err := strconv.ParseUint(strings.TrimSpace(value), 8, 32)
			return uint32(n), err
		}
	}
	return 0, nil
}
