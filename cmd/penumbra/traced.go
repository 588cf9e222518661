package main

import (
	"time"

	"penumbra/abi"
	"penumbra/guest"
	"penumbra/intercept"
	"penumbra/trace"
	"penumbra/trace/fault"
)

// traced is the policy under which a guest's calls become events for sinks.
type traced struct {
	sinks   trace.Sinks
	needed  abi.Set // the calls that some sink has to hear of
	filter  filter
	plan    *fault.Plan     // or nil
	current map[int]*inCall // by thread
}

// inCall is the call that a thread is in, or was.
type inCall struct {
	trace.Call
	begun bool // and has not ended
	fault fault.Fault
}

// filter says which calls the user asked to see.
type filter struct {
	calls   abi.Set
	unknown bool // those too that the table does not know
	// match looks at a call's arguments, keep at how it ended, if at all; nil
	// lets all pass.
	match func(*trace.Call) bool
	keep  func(*trace.Call, ending) bool
}

// ending is what became of a call.
type ending uint8

const (
	endReturned ending = iota
	endNever           // its thread ended in it
	endDetached        // its thread is not traced any more
)

func (f *filter) hides(c *trace.Call) bool {
	if c.Syscall == nil && !f.unknown || c.Syscall != nil && !f.calls.Has(c.Syscall) {
		return true
	}
	return f.match != nil && !f.match(c)
}

func (f *filter) hidesEnd(c *trace.Call, how ending) bool {
	return f.keep != nil && !f.keep(c, how)
}

// newTraced returns a policy that tells sinks of the calls in needed and of
// those that pass f. The plan, if not nil, decides about calls and hears of
// them first.
func newTraced(sinks trace.Sinks, needed abi.Set, f filter, plan *fault.Plan) *traced {
	needed = needed.Union(f.calls)
	if plan != nil {
		sinks = append(trace.Sinks{plan}, sinks...)
		needed = needed.Union(plan.Calls())
	}
	needed = needed.Union(trace.Folding(needed))
	return &traced{sinks: sinks, needed: needed, filter: f, plan: plan, current: map[int]*inCall{}}
}

// Interest implements intercept.Policy.
func (p *traced) Interest(_ abi.Arch, s *abi.Syscall) intercept.Interest {
	if s == nil && p.filter.unknown || p.needed.Has(s) {
		return intercept.Observe
	}
	return intercept.Ignore
}

// Enter implements intercept.Policy.
func (p *traced) Enter(c *intercept.Call) intercept.Verdict {
	t := p.current[c.Thread.ID()]
	if t == nil {
		t = &inCall{}
		p.current[c.Thread.ID()] = t
	}
	t.begun = true
	t.Call = trace.Call{
		Thread: c.Thread, Arch: c.Arch, Number: c.Number, Syscall: c.Syscall, Args: c.Args, IP: c.IP, SP: c.SP,
		Begin: time.Now(),
	}
	t.Unfold()
	t.Hidden = p.filter.hides(&t.Call)
	p.decide(t)
	p.sinks.Enter(&t.Call)
	return p.strike(c, t)
}

// Exit implements intercept.Policy.
func (p *traced) Exit(c *intercept.Call) {
	t := p.current[c.Thread.ID()]
	t.aftermath(c)
	value, err := c.Result()
	p.ended(t, value, err)
}

// ended tells the end of a call.
func (p *traced) ended(t *inCall, value int64, err abi.Errno) {
	t.begun = false
	t.End = time.Now()
	t.Value, t.Err = value, err
	t.Hidden = t.Hidden || p.filter.hidesEnd(&t.Call, endReturned)
	p.sinks.Exit(&t.Call)
}

// Forked implements intercept.Life, as do Execed and Exited.
func (p *traced) Forked(parent, child *guest.Thread) { p.sinks.Forked(parent, child) }

func (p *traced) Execed(t *guest.Thread, former int) {
	if former != t.ID() {
		p.abandon(t.ID())
	}
	if c := p.current[former]; c != nil {
		delete(p.current, former)
		c.Thread = t
		p.current[t.ID()] = c
	}
	p.sinks.Execed(t, former)
}

func (p *traced) Exited(t *guest.Thread, status uint32) {
	p.abandon(t.ID())
	p.sinks.Ended(t, status)
	delete(p.current, t.ID())
}

// abandon notes that the call that a thread is in will never return.
func (p *traced) abandon(tid int) {
	if c := p.current[tid]; c != nil && c.begun {
		c.Hidden = c.Hidden || p.filter.hidesEnd(&c.Call, endNever)
	}
}

// Signalled implements intercept.Signals, as does Halted.
func (p *traced) Signalled(t *guest.Thread, s abi.Signal, info []byte) {
	p.sinks.Signalled(t, trace.Signal{Number: s, Info: info, Arch: abi.Native, Time: time.Now()})
}

func (p *traced) Halted(t *guest.Thread, s abi.Signal) { p.sinks.Halted(t, s) }
