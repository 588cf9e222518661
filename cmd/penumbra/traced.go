package main

import (
	"time"

	"penumbra/abi"
	"penumbra/guest"
	"penumbra/intercept"
	"penumbra/trace"
)

// traced is the policy under which a guest's calls become events for sinks.
type traced struct {
	sinks   trace.Sinks
	calls   abi.Set
	unknown bool                // hear also of calls without a name
	current map[int]*trace.Call // by thread: the call that it is in, or was
}

func newTraced(sinks trace.Sinks, calls abi.Set, unknown bool) *traced {
	return &traced{sinks: sinks, calls: calls, unknown: unknown, current: map[int]*trace.Call{}}
}

// Interest implements intercept.Policy.
func (p *traced) Interest(_ abi.Arch, s *abi.Syscall) intercept.Interest {
	if s == nil && p.unknown || p.calls.Has(s) {
		return intercept.Observe
	}
	return intercept.Ignore
}

// Enter implements intercept.Policy.
func (p *traced) Enter(c *intercept.Call) intercept.Verdict {
	t := p.current[c.Thread.ID()]
	if t == nil {
		t = &trace.Call{}
		p.current[c.Thread.ID()] = t
	}
	*t = trace.Call{
		Thread: c.Thread, Arch: c.Arch, Number: c.Number, Syscall: c.Syscall, Args: c.Args, IP: c.IP,
		Begin: time.Now(),
	}
	p.sinks.Enter(t)
	return intercept.Watch
}

// Exit implements intercept.Policy.
func (p *traced) Exit(c *intercept.Call) {
	t := p.current[c.Thread.ID()]
	t.Thread, t.End = c.Thread, time.Now()
	t.Value, t.Err = c.Result()
	p.sinks.Exit(t)
}

// Forked implements intercept.Life, as do Execed and Exited.
func (p *traced) Forked(parent, child *guest.Thread) { p.sinks.Forked(parent, child) }

func (p *traced) Execed(t *guest.Thread, former int) {
	if c := p.current[former]; c != nil {
		delete(p.current, former)
		c.Thread = t
		p.current[t.ID()] = c
	}
	p.sinks.Execed(t, former)
}

func (p *traced) Exited(t *guest.Thread, status uint32) {
	p.sinks.Ended(t, status)
	delete(p.current, t.ID())
}
