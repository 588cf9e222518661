// Package fault decides which calls of a guest meet with a fault, and with
// which: those that the user names, in the words of strace(1)'s -e inject=, and
// those that a seed picks out, as bad weather would. It carries nothing out and
// knows no door: whoever does is told a Fault.
package fault

import (
	"time"

	"penumbra/abi"
	"penumbra/guest"
	"penumbra/trace"
)

// Fault is what becomes of a call. The zero value leaves it as it is.
type Fault struct {
	Before time.Duration // how long the call is held before it runs
	After  time.Duration // how long its result is held back
	Signal abi.Signal    // sent to the thread before the call runs, or 0

	// Rewritten: the kernel sees Number and Args in place of the guest's.
	Rewritten bool
	Number    int
	Args      abi.Args

	// Faked: the guest gets the result Value, or Err if that is not 0. The call
	// does not run; if it is Rewritten too, what stands in for it does.
	Faked bool
	Value int64
	Err   abi.Errno
}

// Options say what a Plan is to do.
type Options struct {
	// Injections are applied to the calls that they match, but to none that is
	// Hidden: as in strace(1) it is those shown that are counted and hit. Where
	// several set the same thing of one call, the last does.
	Injections []*Injection
	// Chaos, if not nil, is for calls that no injection has hit.
	Chaos *Chaos
	// Running says that the guest runs already. Otherwise its first execve is
	// what starts it, which is neither counted nor hit, as in strace(1).
	Running bool
}

// Plan decides about the calls of one run. Like a trace.Sink, which it is too,
// its methods have to be called one at a time. It must come before the sinks
// that look at a call's memory or at Injected, since it finishes, in Exit, what
// it began in Decide.
type Plan struct {
	trace.Quiet
	injections []*Injection
	chaos      *Chaos
	starting   bool // the guest's program has not begun

	threads  map[int]*thread
	roots    uint64            // threads without a parent
	handlers map[int]*handlers // by process
	report   report
}

// thread is what the plan remembers of a thread of the guest.
type thread struct {
	// path stands for the thread in the guest's family tree: it is made from
	// the parent's and from how many children that had before.
	path     uint64
	children uint64
	seen     map[seenKey]uint64   // calls counted
	barren   map[*abi.Syscall]int // faked failures in a row
	pending  *hit                 // what was done to the call that runs
	handling []abi.Signal         // those whose handlers have begun
}

// seenKey is what calls are counted by: the injection, nil for chaos, and the
// call.
type seenKey struct {
	by   *Injection
	call *abi.Syscall
}

// NewPlan returns a plan for a run.
func NewPlan(o Options) *Plan {
	return &Plan{
		injections: o.Injections, chaos: o.Chaos, starting: !o.Running,
		threads: map[int]*thread{}, handlers: map[int]*handlers{},
		report: newReport(o),
	}
}

// Calls returns the calls that Decide and Exit have to be asked about. It is a
// small part of all.
func (p *Plan) Calls() abi.Set {
	var set abi.Set
	for _, i := range p.injections {
		set = set.Union(i.calls)
	}
	if p.chaos != nil {
		set = set.Union(p.chaos.needs())
	}
	return set
}

// Decide tells what becomes of a call that is about to run. It may be asked
// about any call, once.
func (p *Plan) Decide(c *trace.Call) Fault {
	if c.Syscall == nil || p.starting && c.Syscall.Name == "execve" {
		return Fault{}
	}
	th := p.thread(c.Thread)
	if returnCalls().Has(c.Syscall) {
		p.noteReturn(th, c.Thread)
	}
	f, h := p.inject(th, c)
	if h == nil && p.chaos != nil {
		f, h = p.weather(th, c)
	}
	if h == nil {
		return Fault{}
	}
	th.pending = h
	if f.Faked && c.Arch == abi.I386 {
		f.Value = int64(int32(f.Value))
	}
	return f
}

// Exit finishes what Decide has begun. It takes Injected from a call that was
// to be cut short and had no more to move.
func (p *Plan) Exit(c *trace.Call) {
	if p.chaos.needsHandlers() && actionCalls().Has(c.Syscall) {
		p.noteHandler(c)
	}
	th := p.thread(c.Thread)
	h := th.pending
	th.pending = nil
	if h == nil {
		return
	}
	if h.finish != nil {
		h.finish(c)
	}
	if h.moves > 0 && (c.Failed() || c.Value != int64(h.moves)) {
		c.Injected = false
		if h.onlyShort {
			return
		}
	}
	p.report.add(h)
}

// Forked makes a new thread known.
func (p *Plan) Forked(parent, child *guest.Thread) {
	if parent == nil {
		p.thread(child)
		return
	}
	th := p.thread(parent)
	p.threads[child.ID()] = newThread(mix(th.path, th.children))
	th.children++
	if p.chaos.needsHandlers() {
		p.inherit(parent, child)
	}
}

// Execed gives the thread that is left of a process the memory of the one that
// called execve.
func (p *Plan) Execed(t *guest.Thread, former int) {
	p.starting = false
	delete(p.handlers, t.ID())
	if th := p.threads[former]; th != nil {
		delete(p.threads, former)
		p.threads[t.ID()] = th
		th.handling = nil
	}
}

// Ended forgets a thread, and notes how its process ended.
func (p *Plan) Ended(t *guest.Thread, status uint32) {
	if th := p.threads[t.ID()]; th != nil && th.pending != nil {
		p.report.add(th.pending) // what the call met with may have been the end
	}
	delete(p.threads, t.ID())
	delete(p.handlers, t.ID())
	p.report.ended(t.ID(), status)
}

// Detached forgets a thread.
func (p *Plan) Detached(t *guest.Thread) {
	delete(p.threads, t.ID())
	delete(p.handlers, t.ID())
}

func (p *Plan) thread(t *guest.Thread) *thread {
	th := p.threads[t.ID()]
	if th == nil {
		th = newThread(mix(0, p.roots))
		p.roots++
		p.threads[t.ID()] = th
	}
	return th
}

func newThread(path uint64) *thread {
	return &thread{path: path, seen: map[seenKey]uint64{}, barren: map[*abi.Syscall]int{}}
}

// count returns the ordinal, from 1, of this call among its like.
func (th *thread) count(by *Injection, s *abi.Syscall) uint64 {
	key := seenKey{by, s}
	th.seen[key]++
	return th.seen[key]
}

// mix returns a number that looks random and depends on all of its arguments,
// by the finalizer of SplitMix64 (Steele, Lea and Flood, 2014).
func mix(numbers ...uint64) uint64 {
	var z uint64
	for _, n := range numbers {
		z += n + 0x9e3779b97f4a7c15
		z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
		z = (z ^ z>>27) * 0x94d049bb133111eb
		z ^= z >> 31
	}
	return z
}
