package intercept

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/internal/sys"
)

// Operations of prctl(2) and seccomp(2), and a flag of clone(2).
const (
	prSetDumpable  = 4
	prSetSeccomp   = 22
	modeStrict     = 1 // of prctl
	modeFilter     = 2
	setModeStrict  = 0 // of seccomp
	setModeFilter  = 1
	cloneUntraced  = 0x00800000
	dumpableByUser = 1
)

// rules are the calls that the engine itself has to hear of.
func (g *Guest) rules() []rule {
	equals := func(arg int, k uint32) test { return test{arg, unix.BPF_JEQ, k} }
	// Where nothing is traced the notify door has to do.
	var strict uint32 = sys.RetUserNotif
	if g.config.Policy != nil {
		strict = sys.RetTrace | traceMark
	}
	list := []rule{
		{"ptrace", nil, action(max(Answer, g.interestOf("ptrace")))},
		{"prctl", []test{equals(0, prSetSeccomp), equals(1, modeStrict)}, strict},
		{"seccomp", []test{equals(0, setModeStrict)}, strict},
	}
	if g.config.Policy != nil {
		list = append(list,
			rule{"prctl", []test{equals(0, prSetDumpable)}, action(max(Answer, g.interestOf("prctl")))},
			rule{"clone", []test{{0, unix.BPF_JSET, cloneUntraced}}, sys.RetTrace | traceMark})
	}
	if g.inner != nil {
		list = append(list,
			rule{"prctl", []test{equals(0, prSetSeccomp), equals(1, modeFilter)}, action(max(Answer, g.interestOf("prctl")))},
			rule{"seccomp", []test{equals(0, setModeFilter)}, action(max(Answer, g.interestOf("seccomp")))})
	}
	for _, r := range g.refined {
		list = append(list, rule{r.Call, []test{r.test()}, action(r.Interest)})
	}
	if g.affinity.possible {
		for s, d := range g.affinity.calls {
			door := Observe
			if d == onOwn && g.interestOf(s.Name) == Answer {
				door = Answer // the policy may take its time
			}
			list = append(list, rule{s.Name, nil, action(door)})
		}
	}
	return list
}

// interestOf returns the policy's greatest interest in a call by name.
func (g *Guest) interestOf(name string) Interest {
	most := Ignore
	for _, a := range arches {
		most = max(most, g.interest(a, abi.ByName(name)))
	}
	return most
}

// wants reports whether the policy has this interest in any call.
func (g *Guest) wants(i Interest) bool {
	for _, all := range g.interests {
		if all.unknown == i || slices.Contains(all.known, i) {
			return true
		}
	}
	return false
}

func (g *Guest) interest(a abi.Arch, s *abi.Syscall) Interest {
	if s == nil {
		return g.interests[a].unknown
	}
	nr, ok := s.On(a)
	if !ok {
		return Ignore
	}
	return g.interests[a].known[nr]
}

// enter gives the verdict on a call, whichever door it came to.
func (g *Guest) enter(c *Call) Verdict {
	switch {
	case c.passed == nil:
	case c.passed.loan != nil && !c.passed.loan.granted():
		return Give(c.passed.loan.fd, true)
	default:
		return g.config.Policy.Enter(c) // the rest was done at the trace door
	}
	if c.Syscall != nil && g.preparing(c) {
		return Run
	}
	if g.anyStrict.Load() && g.isStrict(c) && !strictAllows(c) {
		killStrict(c.Thread)
		return Run
	}
	if g.inner != nil {
		if v, ok := g.inner.asked(c); ok {
			return v
		}
	}
	switch {
	case c.Syscall == nil:
	case c.Syscall.Name == "ptrace":
		return g.refuseTrace(c)
	case asksForStrict(c):
		return g.becomeStrict(c)
	case g.inner != nil && asksForFilter(c):
		// It may not know the calls that the inner door makes instead.
		_ = g.inner.Restrict(c.Thread, 0)
	case c.Syscall.Name == "prctl":
		keepMemory(c)
	}
	v := g.ask(c)
	c.watched = v.kind == observe || v.kind == pass || c.rewritten
	if c.door != nil {
		return v
	}
	if v.gives() {
		unix.Close(int(v.value))
		return Fail(abi.ENOSYS)
	}
	if v.Runs() {
		keepTraced(c)
	}
	return v
}

// keepMemory keeps the memory of a process within reach that is about to
// forbid access to it by a prctl. Best effort: whoever needs the memory is told
// then that it is out of reach.
func keepMemory(c *Call) {
	if c.Args.Int32(0) == prSetDumpable && c.Args[1] != dumpableByUser {
		_ = c.Thread.Process().KeepMemory()
	}
}

// keepTraced takes CLONE_UNTRACED out of a call: a thread that is not traced
// would find nobody at the trace door.
func keepTraced(c *Call) {
	if c.Syscall == nil || c.Syscall.Name != "clone" {
		return
	}
	flags := c.Args[0]
	if c.rewritten {
		flags = c.args[0]
	}
	if flags&cloneUntraced != 0 {
		c.SetArg(0, flags&^cloneUntraced)
	}
}

// ask hands a call to the policy, unless that is not interested in it.
func (g *Guest) ask(c *Call) Verdict {
	if g.interest(c.Arch, c.Syscall) == Ignore && !g.refines(c.Syscall) {
		return Run
	}
	return g.config.Policy.Enter(c)
}

// refines reports whether the policy is interested in some calls of s.
func (g *Guest) refines(s *abi.Syscall) bool {
	return s != nil && slices.ContainsFunc(g.refined, func(r Refinement) bool { return r.Call == s.Name })
}

// preparing reports whether c is made by the first process on its way to
// becoming the program, other than the execve itself.
func (g *Guest) preparing(c *Call) bool {
	return g.config.Policy != nil && !g.born.Load() && c.Thread.ID() == g.first && c.Syscall.Name != "execve"
}

// refuseTrace answers ptrace(2): a thread has one tracer, and a guest's is
// Penumbra, now or as soon as a call of its is asked for.
func (g *Guest) refuseTrace(c *Call) Verdict {
	v := g.ask(c)
	if v.kind == skip {
		return v
	}
	if name := commandOf(c.Thread.ID()); g.refused(c.Thread.ID(), name) {
		g.config.Notice(fmt.Sprintf("ptrace by process %d (%s) refused: a program under Penumbra cannot trace others; "+
			"run the tracer or debugger without Penumbra", c.Thread.Process().ID, name))
	}
	if v.kind == observe {
		c.result = -int64(abi.EPERM)
		g.config.Policy.Exit(c)
	}
	return Fail(abi.EPERM).After(v.delay + c.hold)
}

// refused notes that a program was refused ptrace and reports whether for the
// first time. A tracer's several processes share its name and process group.
func (g *Guest) refused(pid int, name string) bool {
	group, _ := unix.Getpgid(pid)
	_, before := g.refusals.LoadOrStore(refusal{group, name}, nil)
	return !before
}

// refusal is who was refused ptrace.
type refusal struct {
	group   int
	command string
}

// commandOf returns a process's name (proc_pid_comm(5)).
func commandOf(pid int) string {
	b, err := sys.ReadProc(pid, "comm")
	if err != nil {
		return "?"
	}
	return strings.TrimSpace(string(b))
}
