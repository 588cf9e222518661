package intercept

import (
	"fmt"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/guest"
)

// Call is one invocation of a system call by a thread of the guest. It is
// valid while the policy's Enter or Exit runs; the same Call is handed to both.
type Call struct {
	Thread *guest.Thread
	Arch   abi.Arch
	// Number is the number of the call on Arch, and Syscall its entry in the
	// table, nil if there is none.
	Number  int
	Syscall *abi.Syscall
	Args    abi.Args
	// IP is the address behind the instruction that made the call.
	IP abi.Addr
	// SP is the top of the thread's stack, at the trace door alone.
	SP abi.Addr

	door *notifyDoor // nil at the trace door
	id   uint64      // of the notification

	watched   bool // the policy's Exit is to be called
	rewritten bool
	number    int
	args      abi.Args
	placed    []placement
	loan      *loan  // what the guest is lent for it, or nil
	cleanup   func() // called at the end of a rewritten call
	passes    bool   // is on its way to the notify door
	passed    *Call  // at the notify door, what it was at the trace door
	shares           // what the layers of the policy have in it

	result  int64 // of a call that has ended
	changed bool
	hold    time.Duration // before the thread goes on
}

// Name returns the call's name, or its number if the table has none.
func (c *Call) Name() string {
	if c.Syscall == nil {
		return fmt.Sprintf("syscall_%d", c.Number)
	}
	return c.Syscall.Name
}

// Memory returns the memory in which the call's pointers point.
func (c *Call) Memory() guest.Memory { return c.Thread.Memory() }

// Alive reports whether the thread still waits for the verdict. What was read
// from its memory before Alive said so was the thread's own; once it has died,
// its id may name a stranger.
func (c *Call) Alive() bool { return c.door == nil || c.door.alive(c.id) }

// Passed reports whether the call has come from the trace door to the notify door.
func (c *Call) Passed() bool { return c.passed != nil }

// Observed reports whether the call is at the trace door, or of an attached guest,
// where Enter must not wait for anything.
func (c *Call) Observed() bool { return c.door == nil }

// Leave lets another take the next call from the notify door. Enter should call
// it before it waits for anything: without it all other calls at the door wait
// up to two milliseconds for somebody to step in.
func (c *Call) Leave() {
	if c.door != nil {
		c.door.relieve()
	}
}

// SetArg makes the kernel see v as argument i of a call of Interest Observe
// that has not run yet. The guest's own registers look unchanged to it.
func (c *Call) SetArg(i int, v uint64) {
	c.rewrite()
	c.args[i] = v
}

// SetNumber makes the kernel run the system call number n instead, of the same
// architecture, under the rules of SetArg.
func (c *Call) SetNumber(n int) {
	c.rewrite()
	c.number = n
}

func (c *Call) rewriteTo(number int, args abi.Args) {
	c.rewritten, c.number, c.args = true, number, args
}

func (c *Call) rewrite() {
	if !c.rewritten {
		c.rewriteTo(c.Number, c.Args)
	}
}

// running returns the call that the kernel is to run, rewritten or not.
func (c *Call) running() (*abi.Syscall, abi.Args) {
	if c.rewritten {
		return abi.Lookup(c.Arch, c.number), c.args
	}
	return c.Syscall, c.Args
}

// Result returns the value of a call that has ended, or its error.
func (c *Call) Result() (int64, abi.Errno) {
	if e := abi.Errno(-c.result); c.result < 0 && e <= maxErrno {
		return -1, e
	}
	return c.result, 0
}

// Restarts reports whether a call that has ended was interrupted by a signal
// and is going to be made again, or to fail with EINTR, as the signal's handler
// decides.
func (c *Call) Restarts() bool {
	return c.result <= -int64(abi.ERESTARTSYS) && c.result >= -int64(abi.ERESTART_RESTARTBLOCK)
}

// SetResult changes the value of a call that has ended.
func (c *Call) SetResult(v int64) { c.result, c.changed = v, true }

// SetError changes the result of a call that has ended to an error.
func (c *Call) SetError(e abi.Errno) { c.SetResult(-int64(e)) }

// Hold makes the thread of a call that has ended go on only when d has passed.
// It is for Exit; before a call it is the verdict's After that does so, under
// the same rules.
func (c *Call) Hold(d time.Duration) { c.hold = d }

// Signal sends s to the thread that makes the call, as tgkill(2) by the
// supervisor. Sent by Enter, it is pending when the call begins: one that waits
// is interrupted at once. Sent by Exit, it arrives before the program's next
// instruction. Nothing happens if the thread has died, or is one that the
// supervisor may not send signals to.
func (c *Call) Signal(s abi.Signal) {
	_ = unix.Tgkill(c.Thread.Process().ID, c.Thread.ID(), unix.Signal(s))
}

// maxErrno bounds the results that are errors (linux/err.h).
const maxErrno = 4095
