package main

import (
	"encoding/binary"
	"errors"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/intercept"
	"penumbra/internal/origin"
	"penumbra/internal/sys"
)

// signalRelay hands signals that were sent to penumbra on to the guest, for
// which whoever sent them took it. A signal to the whole process group, as from
// Ctrl-C, the guest has got by itself, and must not get twice: the guest's init
// is in the same group and tells of such a signal.
type signalRelay struct {
	incoming chan os.Signal

	mu    sync.Mutex
	group map[unix.Signal]groupSignal // what the init told of

	restore func() // takes the stop signal again that letStop gave up

	ready chan struct{} // closed when signals arrive
}

const (
	// groupWithin is how far apart the members of a group get a signal: the
	// kernel sends it to one after the other.
	groupWithin = time.Millisecond
	// groupMemory is how long a signal to the group accounts for those that
	// arrive here: several of a kind may have become one.
	groupMemory = 50 * time.Millisecond
	// lateness is how long it accounts for the first of them, which on a busy
	// machine may be long on its way through the runtime.
	lateness = time.Second
)

// groupSignal is a signal to the group: when the init told of it last, and whether
// it has accounted for one that arrived here.
type groupSignal struct {
	at   time.Time
	used bool
}

func newSignalRelay() *signalRelay {
	r := &signalRelay{
		incoming: make(chan os.Signal, 64),
		group:    map[unix.Signal]groupSignal{}, ready: make(chan struct{}),
	}
	// It takes the runtime as long as all else that a guest needs, which is done
	// meanwhile: for each signal one thread wakes another, and that one the first.
	go func() {
		defer close(r.ready)
		signal.Notify(r.incoming, relayed()...)
	}()
	return r
}

// relayed lists the signals that are handed on, beside those of origin.Held.
// Missing are those that cannot be caught, and SIGCHLD, SIGURG and SIGPROF,
// which are this process's own.
func relayed() []os.Signal {
	list := []os.Signal{
		syscall.SIGHUP, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGTERM, syscall.SIGUSR1, syscall.SIGUSR2,
		syscall.SIGALRM, syscall.SIGTSTP, syscall.SIGTTIN, syscall.SIGTTOU, syscall.SIGCONT, syscall.SIGWINCH,
		syscall.SIGSEGV, syscall.SIGBUS, syscall.SIGFPE, syscall.SIGILL, syscall.SIGTRAP, syscall.SIGSYS, syscall.SIGSTKFLT,
	}
	if origin.Get().Known {
		return list
	}
	for s := syscall.Signal(1); s <= 64; s++ {
		if uint64(origin.Held)>>(s-1)&1 != 0 {
			list = append(list, s)
		}
	}
	return list
}

// readHeld takes the signals that the entry point has blocked.
func (r *signalRelay) readHeld() {
	set := unix.Sigset_t{Val: [16]uint64{origin.Held}}
	fd, err := unix.Signalfd(-1, &set, unix.SFD_CLOEXEC)
	if err != nil {
		return
	}
	buf := make([]byte, 128) // struct signalfd_siginfo
	for {
		n, err := unix.Read(fd, buf)
		const signal, sender = 0, 12 // ssi_signo and ssi_pid
		switch {
		case errors.Is(err, unix.EINTR):
		case err != nil || n < len(buf):
			return
		case int(binary.NativeEndian.Uint32(buf[sender:])) == unix.Getpid():
			// The kernel's word to this process about a write of its own.
		default:
			r.incoming <- syscall.Signal(binary.NativeEndian.Uint32(buf[signal:]))
		}
	}
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
	r.group[s] = groupSignal{at: time.Now()}
}

// toGroup reports whether the signal that arrived here at the given time went
// to the whole group.
func (r *signalRelay) toGroup(s unix.Signal, at time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	t, ok := r.group[s]
	age := at.Sub(t.at)
	if !ok || age >= lateness || t.used && age >= groupMemory {
		return false
	}
	r.group[s] = groupSignal{t.at, true}
	return true
}

// letStop makes way for the signal by which this process is to stop.
func (r *signalRelay) letStop(s unix.Signal) {
	if s != unix.SIGSTOP {
		r.restore = sys.DefaultAction(s)
	}
}

// wentOn is called when the guest, and so this process, goes on.
func (r *signalRelay) wentOn() {
	if r.restore != nil {
		r.restore()
		r.restore = nil
	}
}

// isStopped reports whether a process is stopped by a signal. Whoever sends
// SIGCONT to penumbra wants the guest to go on; penumbra gets one too whenever
// the guest has gone on by itself.
func isStopped(pid int) bool {
	state := processState(pid)
	return state == 'T' || state == 't'
}
