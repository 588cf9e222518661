package intercept

import (
	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/internal/inner"
	"penumbra/internal/sys"
)

// Offsets in struct seccomp_data (linux/seccomp.h).
const (
	dataNumber = 0
	dataArch   = 4
	dataIP     = 8
	dataArgs   = 16 // the low words first
)

// traceMark is the data part of our filter's trace verdicts, by which they are
// told from those of a filter that the guest installed.
const traceMark = 0x5045

// rule is the engine's own need for some calls of one system call: those whose
// arguments pass all its tests take its action, whatever the policy wants of
// the rest.
type rule struct {
	call   string
	tests  []test
	action uint32
}

// test looks at the low word of an argument: jump is BPF_JEQ for a value, or
// BPF_JSET for any of the bits.
type test struct {
	arg  int
	jump uint16
	k    uint32
}

// span is what becomes of all numbers from first up to the next span's first.
type span struct {
	first  uint32
	action uint32
	rules  []rule
	inner  bool // the inner door makes such calls
}

// buildFilter returns the seccomp program that sorts calls as interest says.
// But for the few that a rule is about it looks at nothing but architecture
// and number, so that the kernel can tell beforehand which numbers are always
// allowed, and need not run it for those (Linux 5.11).
//
// If calls are passed on from the trace door to the notify door, those that are
// end there. The inner door may make those inside whatever becomes of them
// elsewhere.
func buildFilter(arches []abi.Arch, interest func(abi.Arch, *abi.Syscall) Interest, rules []rule, passes bool, inside map[string]bool) []sys.Filter {
	p := make(program, 0, 256)
	p.add(load(dataArch))
	for _, a := range arches {
		p.add(jump(unix.BPF_JEQ, a.Audit(), 1, 0))
		others := p.far()
		p.add(load(dataNumber))
		p.search(spans(a, interest, rules, inside), ending(passes))
		p.land(others)
	}
	p.add(ret(sys.RetAllow))
	return p
}

// program is a filter that is being written.
type program []sys.Filter

func (p *program) add(code ...sys.Filter) { *p = append(*p, code...) }

// far adds a jump and returns its place, for land to tell where it leads: a
// conditional jump reaches 255 instructions, an unconditional one all.
func (p *program) far() (at int) {
	p.add(always(0))
	return len(*p) - 1
}

// land makes the jump at that place lead to what is added next.
func (p program) land(at int) { p[at].K = uint32(len(p) - 1 - at) }

// spans lists what becomes of all numbers of a, neighbours of the same action
// as one.
func spans(a abi.Arch, interest func(abi.Arch, *abi.Syscall) Interest, rules []rule, inside map[string]bool) []span {
	var list []span
	add := func(next span) {
		if n := len(list); n > 0 && list[n-1].rules == nil && next.rules == nil && list[n-1].action == next.action && list[n-1].inner == next.inner {
			return
		}
		list = append(list, next)
	}
	unknown := action(interest(a, nil))
	for nr := 0; nr <= abi.MaxNumber(a); nr++ {
		next := span{first: uint32(nr), action: unknown}
		if s := abi.Lookup(a, nr); s != nil {
			next.action = action(interest(a, s))
			next.rules = rulesFor(s, rules)
			next.inner = a == abi.AMD64 && inside[s.Name]
		}
		add(next)
	}
	add(span{first: uint32(abi.MaxNumber(a) + 1), action: unknown})
	return list
}

func rulesFor(s *abi.Syscall, rules []rule) []rule {
	var list []rule
	for _, r := range rules {
		if r.call == s.Name {
			list = append(list, r)
		}
	}
	return list
}

func action(i Interest) uint32 {
	switch i {
	case Answer:
		return sys.RetUserNotif
	case Observe:
		return sys.RetTrace | traceMark
	}
	return sys.RetAllow
}

// search adds a binary search over list with the number in the accumulator.
func (p *program) search(list []span, end ending) {
	if len(list) == 1 {
		p.add(list[0].code(end)...)
		return
	}
	middle := len(list) / 2
	p.add(jump(unix.BPF_JGE, list[middle].first, 0, 1))
	above := p.far()
	p.search(list[:middle], end)
	p.land(above)
	p.search(list[middle:], end)
}

// code returns the instructions that a number of the span ends in.
func (s span) code(end ending) []sys.Filter {
	var code []sys.Filter
	if s.inner {
		code = append(code, allowInner()...)
	}
	for _, r := range s.rules {
		last := end.in(r.action)
		for i, t := range r.tests {
			left := len(r.tests) - 1 - i
			code = append(code, load(uint32(dataArgs+8*t.arg)), jump(t.jump, t.k, 0, uint8(2*left+len(last))))
		}
		code = append(code, last...)
	}
	return append(code, end.in(s.action)...)
}

// ending is whether calls are passed on.
type ending bool

// in returns the instructions that end in an action.
func (passes ending) in(action uint32) []sys.Filter {
	if !passes || action != sys.RetTrace|traceMark {
		return []sys.Filter{ret(action)}
	}
	return []sys.Filter{load(dataIP + 4), jump(unix.BPF_JSET, aboveIt>>32, 2, 0), jump(unix.BPF_JSET, passMark>>32, 0, 1),
		ret(sys.RetUserNotif), ret(action)}
}

// allowInner allows a call that the code of the inner door makes.
func allowInner() []sys.Filter {
	return []sys.Filter{
		load(dataIP + 4), jump(unix.BPF_JEQ, 0, 0, 4),
		load(dataIP), jump(unix.BPF_JGE, inner.Base, 0, 2),
		jump(unix.BPF_JGE, inner.Base+inner.CodeSize, 1, 0),
		ret(sys.RetAllow),
	}
}

func load(offset uint32) sys.Filter {
	return sys.Filter{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: offset}
}

func jump(test uint16, k uint32, yes, no uint8) sys.Filter {
	return sys.Filter{Code: unix.BPF_JMP | test | unix.BPF_K, Jt: yes, Jf: no, K: k}
}

func always(skip int) sys.Filter {
	return sys.Filter{Code: unix.BPF_JMP | unix.BPF_JA, K: uint32(skip)}
}

func ret(action uint32) sys.Filter {
	return sys.Filter{Code: unix.BPF_RET | unix.BPF_K, K: action}
}
