package intercept

import (
	"penumbra/abi"
	"penumbra/guest"
)

// A call at the trace door can be passed on to the notify door, where a policy
// may take its time and hand over files (see Lend), before its end is seen at the trace
// door again. When a tracer lets a call go on, the kernel runs the filter once
// more, since the call may be another now. A bit in the instruction pointer that
// none of a program has tells the filter that this is a second time. It has no
// meaning to the call, and is taken away at the call's end.

// passMark is that bit. In addresses of programs it and the one above are clear;
// the page of x86's old vsyscalls has both.
const (
	passMark = 1 << 62
	aboveIt  = 1 << 63
)

// isPassed reports whether a call is made with that instruction pointer.
func isPassed(ip uint64) bool { return ip&(passMark|aboveIt) == passMark }

// passes reports whether the policy can have calls passed on.
func (g *Guest) passes() bool {
	_, ok := g.config.Policy.(*layers)
	return ok || g.wants(Answer) && g.wants(Observe)
}

// passOn prepares c, which a thread is about to make, to come to the notify door.
func (t *tracer) passOn(c *Call) {
	c.rewrite() // the end of a call that was rewritten is seen
	c.passes = true
	copied := *c // the tracer's own is soon the next call
	t.guest.passed.Store(c.Thread.ID(), &copied)
}

// takePassed returns the call with which a thread came from the trace door, or
// nil if it has come, or has died.
func (g *Guest) takePassed(tid int) *Call {
	c, ok := g.passed.LoadAndDelete(tid)
	if !ok {
		return nil
	}
	return c.(*Call)
}

// comeFrom makes c, at the notify door, the call that it was at the trace door.
// Its arguments stay those that the kernel is to see.
func (c *Call) comeFrom(before *Call) {
	if before == nil {
		before = c // nobody will hear what becomes of it
	}
	c.Thread, c.IP, c.SP = before.Thread, before.IP, before.SP
	c.passed = before
}

// unmark takes the mark from a new thread, which has it from its parent if it was
// made by a call that was passed on.
func (g *Guest) unmark(th *guest.Thread) {
	if !g.passes() {
		return
	}
	if regs, err := guest.ReadRegisters(th, arches[0]); err == nil && isPassed(regs.IP()) {
		regs.SetIP(regs.IP() &^ passMark)
		regs.Write(th)
	}
}

// notTaken mends the result of a call that was passed on and interrupted by a
// signal before a worker had it, as repairInterrupted does.
func (t *tracer) notTaken(c *Call) {
	if t.guest.takePassed(c.Thread.ID()) == nil {
		return
	}
	if _, e := c.Result(); e == abi.ERESTARTSYS {
		s, args := c.running()
		c.SetError(mended(c.Thread, s, c.Arch, args))
	}
}
