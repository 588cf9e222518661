package main

import (
	"encoding/binary"
	"errors"
	"fmt"
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

	held, caught int // descriptors to read signals from
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

// newSignalRelay returns one that has begun to collect signals.
func newSignalRelay() (*signalRelay, error) {
	r := &signalRelay{incoming: make(chan os.Signal, 64), group: map[unix.Signal]groupSignal{}}
	signal.Notify(r.incoming, faults()...)
	set := unix.Sigset_t{Val: [16]uint64{origin.Held}}
	var err error
	if r.held, err = unix.Signalfd(-1, &set, unix.SFD_CLOEXEC); err != nil {
		return nil, fmt.Errorf("signalfd: %w", err)
	}
	pipe := make([]int, 2)
	if err := unix.Pipe2(pipe, unix.O_CLOEXEC|unix.O_NONBLOCK); err != nil {
		return nil, fmt.Errorf("pipe: %w", err)
	}
	r.caught = pipe[0]
	sys.Catch(pipe[1], caught()...)
	return r, nil
}

// faults lists the signals that a thread may also bring upon itself, which are the
// runtime's then.
func faults() []os.Signal {
	return []os.Signal{
		syscall.SIGSEGV, syscall.SIGBUS, syscall.SIGFPE, syscall.SIGILL, syscall.SIGTRAP, syscall.SIGSYS, syscall.SIGSTKFLT,
	}
}

// caught lists the other signals that are handed on, beside those of origin.Held.
// Missing are those that cannot be caught, and SIGCHLD, SIGURG and SIGPROF, which
// are this process's own.
func caught() []unix.Signal {
	list := []unix.Signal{
		unix.SIGHUP, unix.SIGINT, unix.SIGQUIT, unix.SIGTERM, unix.SIGUSR1, unix.SIGUSR2,
		unix.SIGALRM, unix.SIGTSTP, unix.SIGTTIN, unix.SIGTTOU, unix.SIGCONT, unix.SIGWINCH,
	}
	if origin.Get().Known {
		return list
	}
	for s := unix.Signal(1); s <= 64; s++ {
		if uint64(origin.Held)>>(s-1)&1 != 0 {
			list = append(list, s)
		}
	}
	return list
}

// read takes signals from both descriptors, until the end of this process.
func (r *signalRelay) read() {
	fds := []unix.PollFd{{Fd: int32(r.held), Events: unix.POLLIN}, {Fd: int32(r.caught), Events: unix.POLLIN}}
	for {
		switch _, err := unix.Poll(fds, -1); {
		case errors.Is(err, unix.EINTR):
			continue
		case err != nil:
			return
		}
		if fds[0].Revents != 0 {
			r.readHeld()
		}
		if fds[1].Revents != 0 {
			r.readCaught()
		}
	}
}

// readHeld takes one of the signals that the entry point has blocked.
func (r *signalRelay) readHeld() {
	buf := make([]byte, 128)     // struct signalfd_siginfo
	const signal, sender = 0, 12 // ssi_signo and ssi_pid
	n, _ := unix.Read(r.held, buf)
	if n < len(buf) || int(binary.NativeEndian.Uint32(buf[sender:])) == unix.Getpid() {
		return // the kernel's word to this process about a write of its own
	}
	r.incoming <- syscall.Signal(binary.NativeEndian.Uint32(buf[signal:]))
}

// readCaught takes one of the others.
func (r *signalRelay) readCaught() {
	buf := make([]byte, 4)
	if n, _ := unix.Read(r.caught, buf); n == len(buf) {
		r.incoming <- syscall.Signal(binary.NativeEndian.Uint32(buf))
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
