// Package intercept runs a program so that every call of every one of its
// threads can be decided upon. It knows the kernel and nothing about views.
//
// A seccomp filter, generated for each run from what the policy is interested
// in, sorts calls by number. Those of Interest Answer wait at the notify door
// (SECCOMP_RET_USER_NOTIF), those of Interest Observe stop at the trace door
// (SECCOMP_RET_TRACE and ptrace); where two policies are layers of one, a call can
// come to both. With a policy ptrace also carries the life of
// threads, and their signals; without one the guest is not traced at all.
//
// Attach makes a guest of processes that run already. They have no filter of
// ours: ptrace stops each of their calls at its begin and at its end, and what
// the policy is interested in is sorted out here.
//
// # Goroutines and locks
//
// One goroutine, locked to its thread since ptrace wants every request from
// the tracing thread, owns everything of the trace door and needs no lock. It
// sleeps in wait4(2); package waker ends that sleep, for it to let threads go
// on that a verdict held, or to let go of an attached guest. Its thread ends
// with it, and the kernel then lets go of what is still traced. The workers of the notify door share the guest's thread table, which has its
// own lock, and nothing else.
package intercept

import (
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/guest"
	"penumbra/internal/launch"
	"penumbra/internal/sys"
	"penumbra/internal/waker"
)

// Guest is a running guest.
type Guest struct {
	config  Config
	threads *guest.Table
	// interests are what the policy answered.
	interests [abi.NumArch]interests
	refined   []Refinement
	affinity  affinity
	inner     *Inner // or nil
	init      *launch.Init
	first     int
	born      atomic.Bool // the first process has become the program

	refusals sync.Map // who was refused ptrace
	passed   sync.Map // *Call by thread id, from the trace door to the notify door
	restarts restarts // calls that were answered so

	attached bool        // by Attach, instead of started
	leaving  atomic.Bool // Detach was called
	// waker ends the tracer's wait; nil as long as nobody needs that.
	waker atomic.Pointer[waker.Waker]

	promises promises

	strict    sync.Map // ids of traced threads in seccomp's strict mode
	anyStrict atomic.Bool

	notify *notifyDoor
	ended  atomic.Bool // the first process has ended

	settling sync.Mutex    // one Settle at a time
	settled  chan struct{} // the init has answered

	done   chan struct{} // closed when tracer and reports have ended
	status unix.WaitStatus
	failed error
}

// ErrNested is returned when another supervisor has what is to be had once: the
// notify door of this process's descendants, or the right to trace them.
var ErrNested = errors.New("Penumbra does not work under another supervisor or tracer")

// Start runs the program. It returns when the program has replaced the
// guest's first process, or with an error when it could not: an *ExecError if
// the kernel refused to run the file.
func Start(config Config) (*Guest, error) {
	g := newGuest(config)
	started := make(chan error)
	go g.supervise(started)
	if err := <-started; err != nil {
		<-g.done
		return nil, err
	}
	if err := g.init.ExecError(); err != nil {
		<-g.done
		if refusal, ok := err.(unix.Errno); ok {
			return nil, &ExecError{Path: config.Path, Err: refusal}
		}
		return nil, fmt.Errorf("intercept: start %q: %w", config.Path, err)
	}
	return g, nil
}

func newGuest(config Config) *Guest {
	if config.Notice == nil {
		config.Notice = func(string) {}
	}
	if config.Event == nil {
		config.Event = func(Event) {}
	}
	g := &Guest{config: config, threads: guest.NewTable(), settled: make(chan struct{}, 1), done: make(chan struct{})}
	if n, ok := config.Policy.(Namer); ok {
		g.threads.Name = n.NameOf
	}
	for _, a := range arches {
		g.interests[a] = interestsOf(config.Policy, a)
	}
	if p, ok := config.Policy.(Insider); ok {
		g.inner = p.Inner()
	}
	if r, ok := config.Policy.(Refiner); ok {
		g.refined = r.Refine()
	}
	return g
}

// ExecError is the kernel's refusal to run a file.
type ExecError struct {
	Path string
	Err  error
}

func (e *ExecError) Error() string { return fmt.Sprintf("intercept: run %q: %v", e.Path, e.Err) }

func (e *ExecError) Unwrap() error { return e.Err }

// PID returns the id of the guest's first process, or of the first that Attach
// was given.
func (g *Guest) PID() int { return g.first }

// Threads returns the guest's living threads, as far as they are known: all of
// them under a policy, none without.
func (g *Guest) Threads() *guest.Table { return g.threads }

// Signal sends a signal to the guest's first process. It is an error when that
// has ended or was let go.
func (g *Guest) Signal(s unix.Signal) error {
	if g.ended.Load() || g.leaving.Load() {
		return fmt.Errorf("intercept: signal the guest: %w", unix.ESRCH)
	}
	return unix.Kill(g.first, s)
}

// Settle returns when every signal that the process group was sent before has
// been told as an Event, or the guest has ended. An attached guest has no such
// events.
func (g *Guest) Settle() {
	if g.attached {
		return
	}
	g.settling.Lock()
	defer g.settling.Unlock()
	if g.init.Settle() != nil {
		return
	}
	select {
	case <-g.settled:
	case <-g.done:
	}
}

// Kill ends every process of a guest that Start started. Those of an attached
// one are their parents' to end, and go on.
func (g *Guest) Kill() {
	if !g.attached {
		g.init.Kill()
	}
}

// Wait waits for the end of the last guest process, or until Detach has let go
// of them, and returns the status of the first, in the form of wait(2): zero
// if that still runs.
func (g *Guest) Wait() (unix.WaitStatus, error) {
	<-g.done
	return g.status, g.failed
}

// supervise starts the guest and serves it until its end. Its thread is the
// tracer and the init's parent, and ends with it.
func (g *Guest) supervise(started chan<- error) {
	defer close(g.done)
	runtime.LockOSThread()
	if g.wants(Observe) {
		g.affinity.allow()
	}
	t := newTracer(g)
	if err := g.launch(t); err != nil {
		started <- err
		return
	}
	var reports sync.WaitGroup
	reports.Go(g.readReports)
	started <- nil
	t.serve()
	g.affinity.end()
	if g.notify != nil {
		g.notify.close()
	}
	reports.Wait()
	if g.failed != nil && !g.ended.Load() {
		// Nobody else is left to do so. Its descendants, if not traced, are the
		// subreaper's.
		_ = unix.Kill(g.first, unix.SIGKILL)
	}
	g.init.Close()
}

// launch brings the first process to the point where its filter is in force,
// and takes the listener of the notify door from it.
func (g *Guest) launch(t *tracer) error {
	spec := g.spec()
	var err error
	if g.init, err = launch.Start(spec); err != nil {
		return err
	}
	g.first = g.init.First
	if err = t.adopt(g.first); err == nil {
		err = g.init.Open()
	}
	listener := -1
	if err == nil {
		listener, err = t.takeListener(g.first)
	}
	if err == nil && listener < 0 {
		return nil // it ended before its filter; ExecError tells why
	}
	if err == nil {
		g.notify, err = newNotifyDoor(g, listener)
	}
	if err == nil {
		err = t.release(g.first)
	}
	switch {
	case errors.Is(err, unix.ESRCH):
		return nil // SIGKILL ended it, which the init will report
	case err != nil:
		g.init.Kill()
		t.serve()
		if g.notify != nil {
			g.notify.close()
		}
		g.init.Close()
		_ = g.init.ExecError()
		return fmt.Errorf("intercept: start %q: %w", g.config.Path, err)
	}
	return nil
}

// readReports passes on what the init has to say.
func (g *Guest) readReports() {
	for {
		r, err := g.init.NextReport()
		if err != nil {
			return
		}
		switch {
		case r.Kind == launch.ReportSignal:
			g.config.Event(Event{GroupSignal, r.Signal})
		case r.Kind == launch.ReportSettled:
			g.settled <- struct{}{}
		case r.Status.Stopped():
			g.config.Event(Event{Stopped, r.Status.StopSignal()})
			if g.config.Follow {
				_ = g.init.FollowStop() // an error: it has ended meanwhile
			}
		case r.Status.Continued():
			g.config.Event(Event{Continued, 0})
		default:
			g.firstEnded(r.Status)
		}
	}
}

// firstEnded notes the end of the first process.
func (g *Guest) firstEnded(status unix.WaitStatus) {
	g.status = status
	g.ended.Store(true)
	g.config.Event(Event{Kind: Ended})
}

func (g *Guest) spec() *launch.Spec {
	p := &g.config.Program
	s := &launch.Spec{
		Path: p.Path, Argv: p.Argv, Env: p.Env, Dir: p.Dir, Files: p.Files, Limits: p.Limits, Follow: p.Follow,
		Filter:      buildFilter(arches, g.interest, g.rules(), g.passes(), g.inner.calls()),
		FilterFlags: sys.FlagWaitKillableRecv | sys.FlagSpecAllow,
		// With CAP_SYS_ADMIN the kernel accepts a filter without
		// no_new_privs, so that set-id programs keep their meaning (seccomp(2)).
		NoNewPrivs: !sys.HasCapability(unix.CAP_SYS_ADMIN),
	}
	if p.Signals != nil {
		s.Reset, s.Ignored, s.Blocked = true, p.Signals.Ignored, p.Signals.Blocked
	}
	return s
}
