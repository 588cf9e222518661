// Package origin tells in what state the kernel started this process, before
// Go's runtime changed it: the runtime replaces signal dispositions, opens
// closed standard descriptors, and raises the limit on open files. A guest has
// to get what it would have got without Penumbra.
//
// The state is taken by an entry point of our own that runs before the
// runtime's: link with -ldflags "-E _penumbra_start". In a binary linked
// without it Known is false, and what the runtime hides stays hidden.
package origin

// State is what the entry point found.
type State struct {
	Known bool
	// Ignored and Blocked are signal sets: bit n-1 stands for signal n.
	Ignored uint64
	Blocked uint64
	// Closed is true for each of the descriptors 0, 1 and 2 that was closed.
	Closed [3]bool
	// NoFile is the limit on open files: soft, hard.
	NoFile [2]uint64
}

// sigaction mirrors the kernel's struct for rt_sigaction(2) on 64-bit machines.
type sigaction struct {
	handler  uintptr
	flags    uint64
	restorer uintptr
	mask     uint64
}

// Held are the signals that the entry point blocks, so that no thread of this
// process ever takes them, to be read from a signalfd by who wants to know of
// them. It leaves out those that the runtime lets in again or needs.
const Held = 1<<(13-1) | // SIGPIPE
	1<<(24-1) | 1<<(25-1) | 1<<(26-1) | 1<<(29-1) | 1<<(30-1) | // SIGXCPU, SIGXFSZ, SIGVTALRM, SIGIO, SIGPWR
	(1<<64 - 1<<(35-1)) // real-time signals but for the C libraries' own

var (
	// held is Held for the entry point.
	held uint64 = Held
	// ignore is the disposition that the entry point gives to the signals 32
	// to 34, which the runtime neither blocks nor handles, since C libraries
	// have a use for them: by default they end the process.
	ignore = sigaction{handler: 1}
)

// Filled in by the entry point. A disposition of SIG_IGN is 1.
var (
	entered  uint64
	actions  [65]sigaction
	blocked  uint64
	fdErrors [3]int64
	nofile   [2]uint64
)

// Get returns the state at the start of this process.
func Get() State {
	s := State{Known: entered != 0, Blocked: blocked, NoFile: nofile}
	if !s.Known {
		return s
	}
	for sig := 1; sig <= 64; sig++ {
		if actions[sig].handler == 1 {
			s.Ignored |= 1 << (sig - 1)
		}
	}
	for fd, e := range fdErrors {
		s.Closed[fd] = e < 0
	}
	return s
}
