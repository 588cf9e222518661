package fault

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/guest"
	"penumbra/trace"
)

// A call is cut short or fails with EINTR when a handler has run, and has come
// back. EINTR it is, unless the call never restarts, only if that handler was
// installed without SA_RESTART. Which signals have handlers the kernel tells;
// which of them restart, only the call that installs them; and whether they come
// back, only that they do: many tidy up and end the program. So these things
// are followed.

// handlers are those of a process, bit n-1 for signal n.
type handlers struct {
	failing  uint64 // have no SA_RESTART
	returned uint64 // have come back
}

var (
	// actionCalls install handlers, returnCalls are how they come back.
	actionCalls = setOfNames("rt_sigaction sigaction signal")
	returnCalls = setOfNames("rt_sigreturn sigreturn")

	// harmless are the signals that do nothing to a program without a handler,
	// so that nobody would have one to end it.
	harmless = signalSet(unix.SIGCHLD, unix.SIGCONT, unix.SIGURG, unix.SIGWINCH)

	// unlikely are signals that a thread brings upon itself, and the two that
	// glibc keeps for its own ends.
	unlikely = signalSet(unix.SIGILL, unix.SIGTRAP, unix.SIGABRT, unix.SIGBUS, unix.SIGFPE, unix.SIGSEGV,
		unix.SIGSYS, unix.SIGPIPE, 32, 33)
)

func signalSet(signals ...unix.Signal) (set uint64) {
	for _, s := range signals {
		set |= 1 << (s - 1)
	}
	return set
}

const saRestart = 0x10000000 // SA_RESTART of linux/signal.h

// handled returns the signals that c's thread would handle now, and go on.
func (p *Plan) handled(c *trace.Call) uint64 {
	blocked, caught, err := signalsOf(c.Thread)
	if err != nil {
		return 0
	}
	return caught &^ blocked &^ unlikely & (harmless | p.handlersOf(c.Thread).returned)
}

// interruptible reports whether a signal could make c fail with EINTR rather
// than restart.
func (p *Plan) interruptible(c *trace.Call) bool {
	signals := p.handled(c)
	if !c.Syscall.NeverRestarts {
		signals &= p.handlersOf(c.Thread).failing
	}
	return signals != 0
}

func (p *Plan) handlersOf(t *guest.Thread) *handlers {
	pid := t.Process().ID
	h := p.handlers[pid]
	if h == nil {
		h = &handlers{}
		p.handlers[pid] = h
	}
	return h
}

// noteHandler takes note of a handler that was installed.
func (p *Plan) noteHandler(c *trace.Call) {
	sig := c.Args.Int32(0)
	if c.Failed() || sig < 1 || sig > int32(abi.SIGRTMAX) {
		return
	}
	restarts := false // as signal(2) has it, which is i386's alone
	if c.Syscall.Name != "signal" {
		layout := abi.LayoutOf("sigaction")
		if c.Syscall.Name == "sigaction" {
			layout = abi.LayoutOf("old_sigaction")
		}
		if c.Args[1] == 0 {
			return
		}
		raw := make([]byte, layout.Size(c.Arch))
		if _, err := c.Memory().ReadAt(raw, c.Args.Addr(1)); err != nil {
			return
		}
		restarts = layout.Field("sa_flags").Get(c.Arch, raw)&saRestart != 0
	}
	h, bit := p.handlersOf(c.Thread), uint64(1)<<(sig-1)
	h.returned &^= bit
	if restarts {
		h.failing &^= bit
	} else {
		h.failing |= bit
	}
}

// Signalled takes note of a handler that is about to run.
func (p *Plan) Signalled(t *guest.Thread, s trace.Signal) {
	if !p.chaos.needsHandlers() {
		return
	}
	if _, caught, err := signalsOf(t); err == nil && caught>>(s.Number-1)&1 != 0 {
		th := p.thread(t)
		th.handling = append(th.handling[max(0, len(th.handling)-int(abi.SIGRTMAX)):], s.Number)
	}
}

// noteReturn takes note of a handler that comes back: the last that began. Those
// before it that jumped out instead stay behind, and Signalled lets them go.
func (p *Plan) noteReturn(th *thread, t *guest.Thread) {
	if last := len(th.handling) - 1; last >= 0 {
		p.handlersOf(t).returned |= 1 << (th.handling[last] - 1)
		th.handling = th.handling[:last]
	}
}

// inherit gives a new process its parent's handlers.
func (p *Plan) inherit(parent, child *guest.Thread) {
	from, to := parent.Process().ID, child.Process().ID
	if h := p.handlers[from]; h != nil && from != to {
		copied := *h
		p.handlers[to] = &copied
	}
}

// signalsOf reads which signals a thread blocks and which its process has
// handlers for (SigBlk and SigCgt of proc_pid_status(5)), bit n-1 for signal n.
func signalsOf(t *guest.Thread) (blocked, caught uint64, err error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", t.ID()))
	if err != nil {
		return 0, 0, err
	}
	for line := range strings.Lines(string(b)) {
		name, value, _ := strings.Cut(line, ":")
		mask := func() (m uint64) {
			m, err = strconv.ParseUint(strings.TrimSpace(value), 16, 64)
			return m
		}
		switch name {
		case "SigBlk":
			blocked = mask()
		case "SigCgt":
			caught = mask()
		}
	}
	return blocked, caught, err
}
