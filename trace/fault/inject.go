package fault

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"penumbra/abi"
	"penumbra/trace"
)

// Injection is a fault for the calls that the user names.
type Injection struct {
	expr  string // as the user wrote it, for the report
	calls abi.Set
	when  When

	faked   bool
	err     abi.Errno
	value   int64
	instead *abi.Syscall // runs in the call's place, or nil
	signal  abi.Signal
	before  time.Duration
	after   time.Duration
	short   *short
}

// ParseInjection reads an injection as strace(1)'s -e inject= has it:
//
//	SET[:error=ERRNO|:retval=VALUE][:signal=SIG][:syscall=NAME]
//	   [:delay_enter=TIME][:delay_exit=TIME][:when=EXPR][:short=N]
//
// SET is a set of calls (abi.ParseSet), ERRNO and SIG a name or a number, TIME
// microseconds or a number with s, ms, us or ns, NAME one of %pure, EXPR as of
// ParseWhen. What strace does not have is short=: the calls of SET that move
// bytes move N of them at most; half stands for half of what was asked for,
// random for any smaller number. At least one of all but syscall and when has
// to be there, each but when once at most.
func ParseInjection(expr string) (*Injection, error) {
	return parse("inject", expr, []string{"error", "retval", "signal", "syscall", "delay_enter", "delay_exit", "when", "short"})
}

// ParseFault reads an injection as strace(1)'s -e fault= has it:
// SET[:error=ERRNO][:when=EXPR], where ERRNO is ENOSYS if not given.
func ParseFault(expr string) (*Injection, error) {
	i, err := parse("fault", expr, []string{"error", "when"})
	if err == nil && !i.faked {
		i.faked, i.err = true, abi.ENOSYS
	}
	return i, err
}

func parse(verb, expr string, options []string) (*Injection, error) {
	fail := func(err error) (*Injection, error) {
		return nil, fmt.Errorf("parse %s=%s: %w", verb, expr, err)
	}
	set, rest, more := strings.Cut(expr, ":")
	calls, err := abi.ParseSet(set)
	if err != nil {
		return fail(err)
	}
	i := &Injection{expr: verb + "=" + expr, calls: calls, when: always}
	given := map[string]bool{}
	for more {
		var word string
		word, rest, more = strings.Cut(rest, ":")
		name, value, _ := strings.Cut(word, "=")
		switch {
		case !slices.Contains(options, name):
			return fail(abi.Unknown("option", name, slices.Values(options)))
		case given[name] && name != "when":
			return fail(fmt.Errorf("%s= is given twice", name))
		case name == "error" && given["retval"], name == "retval" && given["error"]:
			return fail(fmt.Errorf("error= and retval= exclude each other"))
		}
		given[name] = true
		if err := i.set(name, value); err != nil {
			return fail(err)
		}
	}
	if err := i.check(verb, given); err != nil {
		return fail(err)
	}
	return i, nil
}

// set gives one option its value.
func (i *Injection) set(name, value string) (err error) {
	switch name {
	case "error":
		i.faked = true
		i.err, err = abi.ParseErrno(value)
	case "retval":
		i.faked = true
		i.value, err = parseValue(value)
	case "signal":
		i.signal, err = abi.ParseSignal(value)
	case "syscall":
		i.instead, err = parsePure(value)
	case "delay_enter":
		i.before, err = parseDelay(value)
	case "delay_exit":
		i.after, err = parseDelay(value)
	case "when":
		i.when, err = ParseWhen(value)
	case "short":
		i.short, err = parseShort(value)
	}
	return err
}

// check finds what is wrong with an injection as a whole.
func (i *Injection) check(verb string, given map[string]bool) error {
	switch {
	case verb == "fault":
		return nil
	case given["syscall"] && !i.faked:
		return fmt.Errorf("syscall= needs error= or retval=")
	case given["short"] && i.faked:
		return fmt.Errorf("short= lets the call run: it goes with neither error= nor retval=")
	case given["short"] && i.calls.Without(transferCalls().Invert()).Empty():
		return fmt.Errorf("short= is for calls that move bytes, as read and write, and the set has none")
	}
	for _, name := range []string{"error", "retval", "signal", "delay_enter", "delay_exit", "short"} {
		if given[name] {
			return nil
		}
	}
	return fmt.Errorf("nothing is to be done: add error=, retval=, signal=, delay_enter=, delay_exit= or short=")
}

// parseValue reads a result that is no error.
func parseValue(word string) (int64, error) {
	v, err := strconv.ParseInt(word, 0, 64)
	if u, e := strconv.ParseUint(word, 0, 64); err != nil && e == nil {
		v, err = int64(u), nil
	}
	switch {
	case err != nil:
		return 0, fmt.Errorf("retval=%s is no number of 64 bits", word)
	case v < 0 && v >= -4095:
		return 0, fmt.Errorf("retval=%s is an error to the guest: write error=%s", word, abi.Errno(-v).Name())
	}
	return v, nil
}

// parsePure reads the name of a call that does no harm.
func parsePure(name string) (*abi.Syscall, error) {
	pure, err := abi.ParseSet("%pure")
	if err != nil {
		return nil, err
	}
	s := abi.ByName(name)
	if s != nil && !pure.Has(s) {
		return nil, fmt.Errorf("syscall=%s: only a call without effect may stand in, one of %%pure", name)
	}
	if s == nil {
		return nil, abi.Unknown("call of %pure", name, func(yield func(string) bool) {
			for s := range pure.All() {
				if !yield(s.Name) {
					return
				}
			}
		})
	}
	return s, nil
}

// inject applies the injections to a call. The hit is nil if none matched.
func (p *Plan) inject(th *thread, c *trace.Call) (Fault, *hit) {
	var f Fault
	var k cut
	hit := false
	for _, i := range p.injections {
		if c.Hidden || !i.calls.Has(c.Syscall) {
			continue
		}
		n := th.count(i, c.Syscall)
		if i.when.Matches(n) && i.apply(c, &f, &k, mix(th.path, hashOf(c.Syscall.Name), n)) {
			hit = true
			p.report.used[i] = true
		}
	}
	if !hit {
		return Fault{}, nil
	}
	if !f.Faked && k.moves > 0 {
		f.Rewritten, f.Number, f.Args = true, k.number, k.args
	} else {
		k = cut{}
	}
	return f, newHit(c, f, k)
}

// apply adds what i does to c. It reports false if it does nothing, for there
// are no bytes to be moved.
func (i *Injection) apply(c *trace.Call, f *Fault, k *cut, draw uint64) bool {
	if i.short != nil {
		t, ok := transferOf(c)
		if ok {
			*k, ok = t.cutTo(i.short.length(t.size, draw))
		}
		if !ok && i.signal == 0 && i.before == 0 && i.after == 0 {
			return false
		}
	}
	if i.faked {
		f.Faked, f.Value, f.Err = true, i.value, i.err
		f.Rewritten = false
		if i.instead != nil {
			f.Number, f.Rewritten = i.instead.On(c.Arch)
			f.Args = c.Args
		}
	}
	if i.signal != 0 {
		f.Signal = i.signal
	}
	if i.before != 0 {
		f.Before = i.before
	}
	if i.after != 0 {
		f.After = i.after
	}
	return true
}
