package intercept

import (
	"penumbra/abi"
	"penumbra/guest"
)

// A call at the trace door can be passed on to the notify door, where a policy
// may take its time and hand over files, before its end is seen at the trace
// door again. When a tracer lets a call go on, the kernel runs the filter once
// more, since the call may be another now. An instruction pointer that no
// program can have tells the filter that this is a second time. It has no
// meaning to the call, and the program gets its own back at the call's end.

// passMark is that instruction pointer: no canonical address of x86-64, and none
// of a user's on arm64.
const passMark = 0x5047_0000_0000_0000

// passes reports whether the policy passes calls on.
func (g *Guest) passes() bool {
	_, ok := g.config.Policy.(*layers)
	return ok
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

// unmark gives a new thread its own instruction pointer, if it was made by a call
// that was passed on: it has a copy of its parent's.
func unmark(th *guest.Thread, by birth) {
	if by.call.ip == 0 {
		return
	}
	if regs, err := guest.ReadRegisters(th, by.call.arch); err == nil {
		regs.SetIP(by.call.ip)
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
