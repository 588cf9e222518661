// Package trace holds what happens to a guest as a stream of events, and who
// consumes them: the packages below print calls in strace(1)'s words or as
// JSON, count them, say where the I/O goes, or decide which calls meet with a
// fault. None of them knows by which door a call came.
package trace

import (
	"fmt"
	"time"

	"penumbra/abi"
	"penumbra/guest"
)

// Call is one invocation of a system call. The same Call is handed to a sink's
// Enter and Exit, and is valid until Exit returns or its thread has ended.
type Call struct {
	Thread  *guest.Thread
	Arch    abi.Arch
	Number  int
	Syscall *abi.Syscall // nil if the table does not know the number
	Args    abi.Args     // as the guest gave them, whatever the kernel saw
	IP      abi.Addr     // behind the instruction that made the call
	SP      abi.Addr     // the top of the thread's stack

	// Pages is where the call's pointers point, if not nil; otherwise that is the
	// thread's memory. It is for calls that no thread is in.
	Pages Memory

	Begin, End time.Time // End is set at Exit

	// The result, set at Exit. With Err 0 it is Value. An Err of 512 or more is
	// the kernel's own: a signal has interrupted the call, which is going to be
	// made again or to fail with EINTR as the signal's handler decides.
	Value int64
	Err   abi.Errno

	// Hidden: the user did not ask to see it. What it does to descriptors and
	// files counts all the same.
	Hidden bool

	// What a fault did to the call, set at Enter or Exit before the sinks see it.
	Injected bool          // the result was made up, or the call cut short
	Signal   abi.Signal    // a signal was sent along, or 0
	Delay    time.Duration // how long it was held before and after

	// What Unfold has found: a name without a number, and parameters other than
	// those of the architecture.
	name   string
	params []abi.Arg
	byIPC  bool
}

// Memory is memory of a guest, as guest.Memory is. ReadAt fills p from address
// at, and returns an error with the number of bytes that it could fill if those
// are not all.
type Memory interface {
	ReadAt(p []byte, at abi.Addr) (n int, err error)
}

// Space returns where the call's pointers point.
func (c *Call) Space() Memory {
	if c.Pages != nil {
		return c.Pages
	}
	return c.Memory()
}

// Memory returns the memory in which the call's pointers point.
func (c *Call) Memory() guest.Memory { return c.Thread.Memory() }

// Name returns the call's name, or its number if the table has none.
func (c *Call) Name() string {
	if c.name != "" {
		return c.name
	}
	if c.Syscall == nil {
		return fmt.Sprintf("syscall_%#x", uint64(c.Number))
	}
	return c.Syscall.Name
}

// Params describes the arguments: nil if the table does not know the call.
func (c *Call) Params() []abi.Arg {
	if c.Syscall == nil || c.params != nil {
		return c.params
	}
	return c.Syscall.ArgsOn(c.Arch)
}

// Folded reports whether the arguments are not those in the registers: Unfold
// has found them elsewhere.
func (c *Call) Folded() bool { return c.params != nil }

// ByIPC reports whether the call was made by way of i386's ipc: then semctl
// has the address of its argument, and shmat leaves its result where the
// argument behind its last one points.
func (c *Call) ByIPC() bool { return c.byIPC }

// Failed reports whether the call ended with an error that the guest sees.
func (c *Call) Failed() bool { return c.Err != 0 }

// Restarts reports whether a signal has interrupted the call and its handler
// decides what becomes of it.
func (c *Call) Restarts() bool { return c.Err >= abi.ERESTARTSYS }

// Returns reports whether what the call leaves in the result register is a
// result: that of rt_sigreturn is not.
func (c *Call) Returns() bool { return c.Syscall == nil || !c.Syscall.NoReturn }

// Duration returns how long the call took, as the supervisor saw it.
func (c *Call) Duration() time.Duration { return c.End.Sub(c.Begin) }

// Signal is a signal that is about to be delivered.
type Signal struct {
	Number abi.Signal
	// Info is its siginfo_t as Arch lays it out, or nil. It is valid while the
	// sink's method runs.
	Info []byte
	Arch abi.Arch
	Time time.Time
}

// Sink consumes the events of a run. Its methods are called one at a time, in
// the order in which things happened; the guest's thread waits meanwhile.
type Sink interface {
	// Enter is called before a call runs, Exit when it has ended. A call that
	// never returns, as exit does, has no Exit but the end of its thread.
	Enter(*Call)
	Exit(*Call)
	// Forked: parent made child, a thread of a new process or of its own.
	// Parent is nil for the first of all, and if it ended meanwhile.
	Forked(parent, child *guest.Thread)
	// Execed: the program of a process was replaced, and t, which had the id
	// former, is its one thread now. Comes before the Exit of the execve.
	Execed(t *guest.Thread, former int)
	Signalled(*guest.Thread, Signal)
	// Halted: t was stopped by a signal, as by Ctrl-Z.
	Halted(t *guest.Thread, s abi.Signal)
	// Ended: t ended with a status in the form of wait(2).
	Ended(t *guest.Thread, status uint32)
	// Detached: t goes on, but no more events of it will come.
	Detached(t *guest.Thread)
}

// Quiet is a Sink that ignores every event: a base for those that care for a
// few.
type Quiet struct{}

func (Quiet) Enter(*Call)                      {}
func (Quiet) Exit(*Call)                       {}
func (Quiet) Forked(_, _ *guest.Thread)        {}
func (Quiet) Execed(*guest.Thread, int)        {}
func (Quiet) Signalled(*guest.Thread, Signal)  {}
func (Quiet) Halted(*guest.Thread, abi.Signal) {}
func (Quiet) Ended(*guest.Thread, uint32)      {}
func (Quiet) Detached(*guest.Thread)           {}

// Sinks hands every event to each of its elements, in order.
type Sinks []Sink

func (s Sinks) Enter(c *Call) {
	for _, sink := range s {
		sink.Enter(c)
	}
}

func (s Sinks) Exit(c *Call) {
	for _, sink := range s {
		sink.Exit(c)
	}
}

func (s Sinks) Forked(parent, child *guest.Thread) {
	for _, sink := range s {
		sink.Forked(parent, child)
	}
}

func (s Sinks) Execed(t *guest.Thread, former int) {
	for _, sink := range s {
		sink.Execed(t, former)
	}
}

func (s Sinks) Signalled(t *guest.Thread, sig Signal) {
	for _, sink := range s {
		sink.Signalled(t, sig)
	}
}

func (s Sinks) Halted(t *guest.Thread, sig abi.Signal) {
	for _, sink := range s {
		sink.Halted(t, sig)
	}
}

func (s Sinks) Ended(t *guest.Thread, status uint32) {
	for _, sink := range s {
		sink.Ended(t, status)
	}
}

func (s Sinks) Detached(t *guest.Thread) {
	for _, sink := range s {
		sink.Detached(t)
	}
}
