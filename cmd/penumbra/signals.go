package main

import (
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/intercept"
)

// signalRelay hands signals that were sent to penumbra on to the guest, for
// which whoever sent them took it. A signal to the whole process group, as from
// Ctrl-C, the guest has got by itself, and must not get twice: the guest's init
// is in the same group and tells of such a signal.
type signalRelay struct {
	incoming chan os.Signal
	late     *time.Timer
	ended    chan struct{} // closed when the guest's first process has ended

	mu    sync.Mutex
	group map[unix.Signal]time.Time // when the init told of it last
}

const (
	// lateAfter is when a program no longer counts as short.
	lateAfter = 100 * time.Millisecond
	// groupWithin is how far apart the members of a group get a signal: the
	// kernel sends it to one after the other.
	groupWithin = time.Millisecond
	// groupMemory is how long a signal to the group accounts for one that
	// arrives here: several of a kind may have become one.
	groupMemory = 50 * time.Millisecond
)

func newSignalRelay() *signalRelay {
	r := &signalRelay{
		incoming: make(chan os.Signal, 64), ended: make(chan struct{}),
		group: map[unix.Signal]time.Time{},
	}
	usual, others := relayed()
	signal.Notify(r.incoming, usual...)
	// Each takes the runtime some ten microseconds, which a short program
	// would have to wait for.
	r.late = time.AfterFunc(lateAfter, func() { signal.Notify(r.incoming, others...) })
	// Taken, lest a message to a standard error that nobody reads kill
	// penumbra and so the guest.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	return r
}

// relayed lists the signals that are handed on, those first that people send:
// all that can be, but those that the kernel sends for this process's own
// doings.
func relayed() (usual, others []os.Signal) {
	for s := syscall.Signal(1); s <= 64; s++ {
		switch s {
		case syscall.SIGHUP, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGTERM, syscall.SIGUSR1, syscall.SIGUSR2,
			syscall.SIGALRM, syscall.SIGTSTP, syscall.SIGTTIN, syscall.SIGTTOU, syscall.SIGCONT, syscall.SIGWINCH:
			usual = append(usual, s)
		case syscall.SIGKILL, syscall.SIGSTOP, // cannot be caught
			syscall.SIGCHLD, syscall.SIGURG, syscall.SIGPIPE, // our own
			syscall.SIGSEGV, syscall.SIGBUS, syscall.SIGFPE, syscall.SIGILL, syscall.SIGTRAP, syscall.SIGSYS,
			syscall.SIGPROF, 32, 33: // the runtime's, and the C library's
		default:
			others = append(others, s)
		}
	}
	return usual, others
}

// relay works until the end of this process.
func (r *signalRelay) relay(g *intercept.Guest) {
	for s := range r.incoming {
		s := unix.Signal(s.(syscall.Signal))
		at := time.Now()
		time.Sleep(groupWithin)
		g.Settle()
		if !r.toGroup(s, at) && (s != unix.SIGCONT || isStopped(g.PID())) {
			_ = g.Signal(s) // ESRCH: it has ended, and so do we
		}
	}
}

// groupGot notes that the whole group was sent s.
func (r *signalRelay) groupGot(s unix.Signal) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.group[s] = time.Now()
}

// toGroup reports whether the signal that arrived here at the given time went
// to the whole group.
func (r *signalRelay) toGroup(s unix.Signal, at time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	t, ok := r.group[s]
	return ok && at.Sub(t) < groupMemory
}

// stop ends a relay for a guest that never was.
func (r *signalRelay) stop() {
	r.late.Stop()
	signal.Stop(r.incoming)
}

func (r *signalRelay) guestEnded() { close(r.ended) }

// isStopped reports whether a process is stopped by a signal. Whoever sends
// SIGCONT to penumbra wants the guest to go on; penumbra gets one too whenever
// the guest has gone on by itself.
func isStopped(pid int) bool {
	state := processState(pid)
	return state == 'T' || state == 't'
}
