package intercept

import (
	"errors"
	"fmt"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/guest"
	"penumbra/internal/sys"
)

// tracer owns the trace door and the life of threads. All of it happens on one
// thread of the supervisor.
type tracer struct {
	guest    *Guest
	affinity *affinity
	tracees  map[int]*tracee
	// announced holds threads whose parent's event came before their own first
	// stop, with the parent; parked those whose first stop, of the status that
	// it keeps, came first, and which wait for it.
	announced map[int]birth
	parked    map[int]unix.WaitStatus
	// stillborn holds threads that ended before their parent's event.
	stillborn map[int]bool
	// held says when threads go on whose stop at a call was prolonged.
	held map[*tracee]time.Time

	// every: all calls stop, at their begin and at their end.
	every     bool
	detaching bool

	news    []news  // to be handled, the oldest first
	signals Signals // the policy, if it wants to hear of them
	info    sys.SyscallInfo
	siginfo sys.Siginfo
}

// tracee is a thread under ptrace.
type tracee struct {
	thread  *guest.Thread
	binding binding
	call    *Call // the call whose end is awaited, or nil
	buffer  Call  // what call points to
	early   bool  // entered before its parent's event
	called  bool  // a promise has it sent SIGSTOP

	room   room
	lender *tracee // the parent in vfork
	// after, if not nil, is what the end of another call leads to that runs in
	// the place of the one in buffer; next is what that one leads to, which is
	// about to be made again.
	after, next func()
	blocked     uint64 // the signals that the guest blocks, while a loan has all blocked

	// Of an attached guest alone:
	fresh   bool // seized, and not stopped since
	inside  bool // in a call whose begin was seen
	awaited bool // has to stop before the tracer may end
}

// birth is how a thread came to be: by whom, and by which ptrace event.
type birth struct {
	parent *guest.Thread
	event  int
}

const (
	optionsLife = unix.PTRACE_O_EXITKILL | unix.PTRACE_O_TRACESYSGOOD | unix.PTRACE_O_TRACESECCOMP |
		unix.PTRACE_O_TRACEFORK | unix.PTRACE_O_TRACEVFORK | unix.PTRACE_O_TRACECLONE | unix.PTRACE_O_TRACEEXEC
	optionsStart = unix.PTRACE_O_EXITKILL

	// syscallStop is the signal of a stop at the end of a call.
	syscallStop = unix.SIGTRAP | 0x80
)

func newTracer(g *Guest) *tracer {
	signals, _ := g.config.Policy.(Signals)
	return &tracer{
		guest: g, affinity: &g.affinity, tracees: map[int]*tracee{},
		announced: map[int]birth{}, parked: map[int]unix.WaitStatus{},
		stillborn: map[int]bool{}, held: map[*tracee]time.Time{}, signals: signals,
	}
}

func (t *tracer) traces() bool { return t.guest.config.Policy != nil }

// adopt makes this thread the tracer of the guest's first process.
func (t *tracer) adopt(first int) error {
	options := uintptr(optionsStart)
	if t.traces() {
		options = optionsLife
		// Each stop would wake another thread, to handle the signal.
		sys.NoSignalOfStops()
	}
	err := sys.Seize(first, options)
	if err == nil {
		return nil
	}
	if s, _ := guest.ReadStatus(first); s.Tracer != 0 {
		return fmt.Errorf("process %d (%s) traces it already: %w", s.Tracer, commandOf(s.Tracer), ErrNested)
	}
	return fmt.Errorf("trace process %d: %w", first, err)
}

// takeListener waits for the trap by which the first process says that its
// filter is in force, and takes the listener out of it. It returns -1 if a
// signal ended the process before.
func (t *tracer) takeListener(first int) (int, error) {
	for {
		_, status, err := sys.Wait(first, 0)
		switch {
		case errors.Is(err, unix.EINTR):
		case err != nil:
			return -1, fmt.Errorf("wait for process %d: %w", first, err)
		case !status.Stopped():
			return -1, nil
		case status.StopSignal() == unix.SIGTRAP && status>>16 == 0:
			return stealListener(first)
		default:
			t.resumeFrom(first, status)
		}
	}
}

// stealListener copies the descriptor whose number the trapped process shows in
// its result register.
func stealListener(first int) (int, error) {
	regs, err := guest.ReadRegisters(guest.NewTable().Find(first), arches[0])
	if err != nil {
		return -1, fmt.Errorf("read registers of process %d: %w", first, err)
	}
	switch n := regs.Result(); {
	case n == -int64(unix.EBUSY):
		return -1, ErrNested
	case n < 0:
		return -1, fmt.Errorf("install seccomp filter: %w", unix.Errno(-n))
	default:
		return copyFD(first, int(n))
	}
}

func copyFD(pid, fd int) (int, error) {
	pidfd, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		return -1, fmt.Errorf("pidfd_open: %w", err)
	}
	defer unix.Close(pidfd)
	own, err := unix.PidfdGetfd(pidfd, fd, 0)
	if err != nil {
		return -1, fmt.Errorf("pidfd_getfd: %w", err)
	}
	return own, nil
}

// release lets the trapped first process go on, traced or not.
func (t *tracer) release(first int) error {
	regs, err := guest.ReadRegisters(t.guest.threads.Find(first), arches[0])
	if err != nil {
		return err
	}
	regs.SkipTrap()
	if err := regs.Write(t.guest.threads.Find(first)); err != nil {
		return err
	}
	if !t.traces() {
		return sys.Detach(first, 0)
	}
	t.affinity.begin()
	t.enter(birth{}, first)
	return sys.Cont(first, 0)
}

// serve handles what is heard of all tracees until the init ends, after the
// last of them.
func (t *tracer) serve() {
	defer t.closeWaker()
	for !t.over() {
		if err := t.gather(); err != nil { // ECHILD: the init was taken from us
			t.guest.failed = fmt.Errorf("intercept: wait for the guest: %w", err)
			return
		}
		// All of them, even if that is over: a signal that was taken note of,
		// and is not handed on, is lost.
		for _, n := range t.news {
			if !t.handle(n) {
				return
			}
		}
	}
}

// handle reports false when the init has ended.
func (t *tracer) handle(n news) bool {
	switch {
	case t.guest.init != nil && n.tid == t.guest.init.PID:
		if n.status.Signaled() {
			t.guest.failed = fmt.Errorf("intercept: the guest's init was killed by %s", unix.SignalName(n.status.Signal()))
		}
		return n.status.Stopped()
	case t.isWaker(n.tid):
		t.woken(n.status)
	case n.status.Stopped():
		t.stopped(n.tid, n.status)
	default:
		t.exited(n.tid, n.status)
	}
	return true
}

func (t *tracer) stopped(tid int, status unix.WaitStatus) {
	tr, event := t.tracees[tid], int(status>>16)
	if tr != nil {
		t.keepPromise(tr)
	}
	switch {
	case event == unix.PTRACE_EVENT_EXEC:
		t.execed(tid)
	case tr == nil:
		t.firstStop(tid, status)
	case tr.fresh:
		tr.fresh = false
		t.mendInterrupted(tr)
		t.stopped(tid, status)
	case event == unix.PTRACE_EVENT_SECCOMP:
		t.affinity.stopped(&tr.binding)
		t.callEnters(tr)
	case event == 0 && status.StopSignal() == syscallStop && t.every:
		t.callStops(tr)
	case event == 0 && status.StopSignal() == syscallStop:
		t.affinity.stopped(&tr.binding)
		t.callEnds(tr)
	case event == unix.PTRACE_EVENT_FORK || event == unix.PTRACE_EVENT_VFORK || event == unix.PTRACE_EVENT_CLONE:
		t.forked(tr, event)
	case event == 0 && t.guest.inner != nil && t.guest.inner.mended(tr.thread, status.StopSignal()):
		t.resume(tid, 0)
	case event == 0 && t.isOurs(tr, status.StopSignal()):
		t.resume(tid, 0)
	case event == 0:
		t.repairInterrupted(tr)
		t.tellSignal(tr, status.StopSignal())
		t.resumeFrom(tid, status)
	default:
		t.resumeFrom(tid, status)
	}
}

// resumeFrom ends a stop that is the guest's own affair: a signal is handed
// on, and a group stop stays one.
func (t *tracer) resumeFrom(tid int, status unix.WaitStatus) {
	signal := unix.Signal(status >> 8 & 0xff)
	if status>>16 != unix.PTRACE_EVENT_STOP {
		t.resume(tid, signal)
		return
	}
	switch signal {
	case unix.SIGSTOP, unix.SIGTSTP, unix.SIGTTIN, unix.SIGTTOU:
		if t.detaching {
			t.letGo(tid, 0)
			return
		}
		t.tellHalt(tid, signal)
		sys.Listen(tid)
	default:
		t.resume(tid, 0)
	}
}

// resume lets a tracee run to its next event. An error means that it is being
// killed, which the next wait tells.
func (t *tracer) resume(tid int, signal unix.Signal) {
	if t.detaching {
		t.letGo(tid, signal)
		return
	}
	if tr := t.tracees[tid]; t.every || tr != nil && tr.call != nil {
		sys.ContToExit(tid, signal)
		return
	}
	sys.Cont(tid, signal)
}
