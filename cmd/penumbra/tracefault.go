package main

import (
	"penumbra/intercept"
	"penumbra/trace/fault"
)

// decide asks the plan, if there is one, what becomes of a call, and notes in
// it what that is.
func (p *traced) decide(t *inCall) {
	t.fault = fault.Fault{}
	if p.plan == nil {
		return
	}
	t.fault = p.plan.Decide(&t.Call)
	t.Injected = t.fault.Faked || t.fault.Rewritten
	t.Signal = t.fault.Signal
	t.Delay = t.fault.Before + t.fault.After
}

// strike gives the verdict on a call that has been decided about and told.
func (p *traced) strike(c *intercept.Call, t *inCall) intercept.Verdict {
	f := &t.fault
	if f.Signal != 0 {
		c.Signal(f.Signal)
	}
	switch {
	case f.Faked && !f.Rewritten:
		p.ended(t, f.Value, f.Err)
		if f.Err != 0 {
			return intercept.Fail(f.Err).After(t.Delay)
		}
		return intercept.Skip(f.Value).After(t.Delay)
	case f.Rewritten:
		c.SetNumber(f.Number)
		for i, v := range f.Args {
			c.SetArg(i, v)
		}
	}
	return intercept.Watch.After(f.Before)
}

// aftermath finishes what strike has begun when the call has ended.
func (t *inCall) aftermath(c *intercept.Call) {
	f := &t.fault
	switch {
	case f.Faked && f.Err != 0:
		c.SetError(f.Err)
	case f.Faked:
		c.SetResult(f.Value)
	}
	c.Hold(f.After)
}

func (x expression) inject(value string, parse func(string) (*fault.Injection, error)) error {
	i, err := parse(value)
	if err != nil {
		return valueError(err.Error())
	}
	x.o.injections = append(x.o.injections, i)
	return nil
}

// A chaosFlag is --chaos, which may stand alone.
type chaosFlag struct{ o *traceOptions }

func (chaosFlag) String() string { return "" }

func (chaosFlag) IsBoolFlag() bool { return true }

func (f chaosFlag) Set(value string) error {
	if value == "true" {
		value = "" // what parseFlags makes of a flag without a value
	}
	chaos, err := fault.ParseChaos(value)
	if err != nil {
		return valueError(err.Error())
	}
	f.o.chaos = chaos
	return nil
}

// plan returns what the options ask to be done to calls, or nil.
func (o *traceOptions) plan() *fault.Plan {
	if len(o.injections) == 0 && o.chaos == nil {
		return nil
	}
	return fault.NewPlan(fault.Options{Injections: o.injections, Chaos: o.chaos, Running: len(o.pids) > 0})
}
