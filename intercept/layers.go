package intercept

import (
	"slices"

	"penumbra/abi"
	"penumbra/guest"
)

// Layers returns the policy of two: outer decides about a call first, and what
// it lets run is inner's to decide, with the arguments that outer has left it.
// Of a call that outer watches it sees the result that inner gave.
//
// Each is asked at the door of its own interest. A call that both want, at
// different doors, stops at the trace door and goes on to the notify door: two
// stops and one visit. Layers work for Start alone, and neither of the two may
// be made of layers.
func Layers(outer, inner Policy) Policy {
	return &layers{newLayer(outer), newLayer(inner)}
}

type layers struct{ outer, inner layer }

// layer is one of two policies, and what it answered about its interests.
type layer struct {
	Policy
	interests [abi.NumArch]interests
	refined   []Refinement
}

// shares are what layers note in a call.
type shares struct {
	outerWatches, innerWatches bool    // their Exit is to be called
	outerWaits, innerWaits     bool    // their Enter is to be called at the notify door
	inside                     Verdict // what inner said at the trace door
	behind                     bool    // inner is being asked
	seen                       seen    // as inner was shown it
}

// seen is a call as outer has rewritten it.
type seen struct {
	number int
	args   abi.Args
}

func newLayer(p Policy) layer {
	l := layer{Policy: p}
	for _, a := range arches {
		l.interests[a] = interestsOf(p, a)
	}
	if r, ok := p.(Refiner); ok {
		l.refined = r.Refine()
	}
	return l
}

// wants returns the interest in a call with its arguments.
func (l *layer) wants(c *Call) Interest {
	if c.Syscall == nil {
		return l.interests[c.Arch].unknown
	}
	for _, r := range l.refined {
		if r.Call == c.Syscall.Name && r.meets(c.Args) {
			return r.Interest
		}
	}
	return l.interests[c.Arch].of(c.Number)
}

// most returns the greatest interest in calls of a name.
func (l *layer) most(name string) Interest {
	most := Ignore
	for _, a := range arches {
		if number, ok := abi.ByName(name).On(a); ok {
			most = max(most, l.interests[a].of(number))
		}
	}
	return most
}

// ask asks about a call at the notify door, where others than this are not to be
// answered: several come at once.
func (l *layer) ask(c *Call) Verdict {
	if l.wants(c) != Answer {
		return Run
	}
	return l.Enter(c)
}

// Interest implements Policy.
func (l *layers) Interest(a abi.Arch, s *abi.Syscall) Interest {
	if s == nil {
		return max(l.outer.interests[a].unknown, l.inner.interests[a].unknown)
	}
	number, _ := s.On(a)
	return max(l.outer.interests[a].of(number), l.inner.interests[a].of(number))
}

// Refine implements Refiner.
func (l *layers) Refine() []Refinement {
	list := slices.Concat(l.outer.refined, l.inner.refined)
	for i, r := range list {
		list[i].Interest = max(r.Interest, l.outer.most(r.Call), l.inner.most(r.Call))
	}
	return list
}

// Enter implements Policy.
func (l *layers) Enter(c *Call) Verdict {
	switch {
	case c.passed != nil:
		return l.enterPassed(c)
	case c.door == nil:
		return l.enterTraced(c)
	}
	v := l.outer.ask(c)
	if !v.Runs() {
		return v
	}
	w := l.inner.ask(c)
	return w.After(v.delay + w.delay)
}

// enterTraced gives the verdict on a call at the trace door: those whose
// interest that is decide, for others it is passed on.
func (l *layers) enterTraced(c *Call) Verdict {
	v := Run
	switch l.outer.wants(c) {
	case Observe:
		v = l.outer.Enter(c)
		if !v.Runs() {
			return v
		}
		c.outerWatches = v.kind == observe || c.rewritten
		c.outerWaits = v.kind == pass
	case Answer:
		c.outerWaits = true
	}
	c.seen = seen{c.Number, c.Args}
	if c.rewritten {
		c.seen = seen{c.number, c.args}
	}
	c.behind = true
	c.show(func() {
		switch l.inner.wants(c) {
		case Observe:
			c.inside = l.inner.Enter(c)
			c.innerWatches = c.inside.kind == observe || c.rewritten
			c.innerWaits = c.inside.kind == pass
		case Answer:
			c.innerWaits = true
		}
	})
	c.behind = false
	delay := v.delay + c.inside.delay
	switch {
	case c.outerWaits || c.innerWaits:
		return Verdict{kind: pass, delay: delay}
	case !c.inside.Runs():
		return l.skipped(c).After(delay + c.hold)
	case c.inside.kind == runAs && c.outerWatches:
		c.SetResult(c.inside.value)
		return Watch.After(delay)
	case c.inside.kind == runAs:
		return c.inside.After(delay)
	case c.outerWatches || c.innerWatches:
		return Watch.After(delay)
	}
	return Run.After(delay)
}

// skipped returns the verdict on a call that inner keeps from running, after
// outer has seen the result.
func (l *layers) skipped(c *Call) Verdict {
	if c.outerWatches && !c.inside.gives() {
		c.result = c.inside.value
		l.outer.Exit(c)
		return Skip(c.result)
	}
	return c.inside
}

// enterPassed gives the verdict on a call that has come on to the notify door.
func (l *layers) enterPassed(c *Call) Verdict {
	before := c.passed
	v := Run
	if before.outerWaits {
		guests := *c
		guests.Number, guests.Syscall, guests.Args = before.Number, before.Syscall, before.Args
		if v = l.outer.Enter(&guests); !v.Runs() {
			return v
		}
	}
	w := before.inside
	w.delay = 0 // it has passed
	if before.innerWaits {
		w = l.inner.Enter(c)
	}
	return w.After(v.delay + w.delay)
}

// Exit implements Policy.
func (l *layers) Exit(c *Call) {
	if c.innerWatches {
		c.show(func() { l.inner.Exit(c) })
	}
	if c.outerWatches {
		l.outer.Exit(c)
	}
}

// show calls f with c as inner sees it.
func (c *Call) show(f func()) {
	number, s, args := c.Number, c.Syscall, c.Args
	c.Number, c.Syscall, c.Args = c.seen.number, abi.Lookup(c.Arch, c.seen.number), c.seen.args
	f()
	c.Number, c.Syscall, c.Args = number, s, args
}

// Forked implements Life, as do Execed and Exited.
func (l *layers) Forked(parent, child *guest.Thread) {
	l.lives(func(p Life) { p.Forked(parent, child) })
}

func (l *layers) Execed(t *guest.Thread, former int) { l.lives(func(p Life) { p.Execed(t, former) }) }

func (l *layers) Exited(t *guest.Thread, status uint32) {
	l.lives(func(p Life) { p.Exited(t, status) })
}

// lives tells the layers that listen, the inner one first: the outer one may
// ask it about what has happened.
func (l *layers) lives(tell func(Life)) {
	for _, p := range []Policy{l.inner.Policy, l.outer.Policy} {
		if life, ok := p.(Life); ok {
			tell(life)
		}
	}
}

// Signalled implements Signals, as does Halted.
func (l *layers) Signalled(t *guest.Thread, s abi.Signal, info []byte) {
	l.signals(func(p Signals) { p.Signalled(t, s, info) })
}

func (l *layers) Halted(t *guest.Thread, s abi.Signal) {
	l.signals(func(p Signals) { p.Halted(t, s) })
}

func (l *layers) signals(tell func(Signals)) {
	for _, p := range []Policy{l.inner.Policy, l.outer.Policy} {
		if signals, ok := p.(Signals); ok {
			tell(signals)
		}
	}
}

// NameOf implements Namer: names are inner's to give, as calls are to answer.
func (l *layers) NameOf(t *guest.Thread, link, path string) string {
	if n, ok := l.inner.Policy.(Namer); ok {
		path = n.NameOf(t, link, path)
	}
	if n, ok := l.outer.Policy.(Namer); ok {
		path = n.NameOf(t, link, path)
	}
	return path
}
