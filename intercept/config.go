package intercept

import (
	"golang.org/x/sys/unix"

	"penumbra/internal/launch"
)

// Config says what to run and who decides about its calls.
type Config struct {
	Program // of no meaning for Attach
	// Policy decides about the guest's calls. With nil every call is the
	// kernel's, and the guest is not traced.
	Policy Policy
	// Notice takes one-line messages for the user, such as a refusal that the
	// guest cannot explain itself. It may be called by several goroutines at
	// once.
	Notice func(string)
	// Event takes the news of the guest's first process, in order. Of an
	// attached guest it is told Ended alone.
	Event func(Event)
}

// Program is a program and the state it starts in.
type Program struct {
	Path string
	Argv []string
	Env  []string
	// Dir is the working directory; empty means the supervisor's.
	Dir string
	// Files are the guest's descriptors 0 to len(Files)-1, -1 for a closed one.
	// Those from len(Files) on are inherited unless close-on-exec.
	Files []int
	// Signals, if not nil, says which signals start ignored and blocked (bit
	// n-1 for signal n). With nil the guest inherits those that this process
	// ignores.
	Signals *SignalState
	// Limits are those on resources that are not this process's own, such as
	// that on open files, which Go's runtime raises.
	Limits []Limit
	// Follow makes this whole process stop when the guest's first process
	// stops, by the same signal, and go on when it does: for a command that
	// stands in for another in a shell's job. Event is told of the stop before,
	// and has to see to it that the signal does stop this process.
	Follow bool
}

// Limit is a limit on a resource (RLIMIT_NOFILE and the like), soft and hard.
type Limit = launch.Limit

// SignalState is the sets of signals that a program starts with ignored and
// blocked.
type SignalState struct{ Ignored, Blocked uint64 }

// Event is news of the guest's first process.
type Event struct {
	Kind   EventKind
	Signal unix.Signal // Stopped: which one. GroupSignal: which one.
}

// EventKind says what an Event is about.
type EventKind uint8

const (
	// Stopped: the first process stopped, as by Ctrl-Z.
	Stopped EventKind = iota
	// Continued: it goes on.
	Continued
	// Ended: it ended; others may still run.
	Ended
	// GroupSignal: a signal was sent to the process group, guest and
	// supervisor alike.
	GroupSignal
)
