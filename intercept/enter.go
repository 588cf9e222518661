package intercept

import (
	"fmt"
	"os"
	"strings"

	"penumbra/abi"
)

// prSetDumpable is PR_SET_DUMPABLE of prctl(2).
const prSetDumpable = 4

// interest is the policy's interest and, beside it, the engine's own.
func (g *Guest) interest(a abi.Arch, s *abi.Syscall) Interest {
	i := Ignore
	if g.config.Policy != nil {
		i = g.config.Policy.Interest(a, s)
	}
	switch {
	case i != Ignore || s == nil:
		return i
	case s.Name == "ptrace", s.Name == "prctl" && g.config.Policy != nil:
		return Answer
	}
	return Ignore
}

// enter gives the verdict on a call, whichever door it came to.
func (g *Guest) enter(c *Call) Verdict {
	switch {
	case c.Syscall == nil:
	case c.Syscall.Name == "ptrace":
		return g.refuseTrace(c)
	case c.Syscall.Name == "prctl" && c.Args.Int32(0) == prSetDumpable && c.Args[1] != 1:
		// Best effort: without it the process's memory is out of reach, and
		// whoever needs it is told so then.
		_ = c.Thread.Process().KeepMemory()
	case g.preparing(c):
		return Run
	}
	if g.config.Policy == nil {
		return Run
	}
	return g.config.Policy.Enter(c)
}

// preparing reports whether c is made by the first process on its way to
// becoming the program, other than the execve itself.
func (g *Guest) preparing(c *Call) bool {
	return g.config.Policy != nil && !g.born.Load() && c.Thread.ID() == g.first && c.Syscall.Name != "execve"
}

// refuseTrace answers ptrace(2): a thread has one tracer, and a guest's is
// Penumbra, now or as soon as a call of its is asked for.
func (g *Guest) refuseTrace(c *Call) Verdict {
	v := Run
	if g.config.Policy != nil {
		v = g.config.Policy.Enter(c)
	}
	if v.kind == skip {
		return v
	}
	if pid := c.Thread.Process().ID; g.refused(pid) {
		g.config.Notice(fmt.Sprintf("ptrace by process %d (%s) refused: a program under Penumbra cannot trace others; "+
			"run the tracer or debugger without Penumbra", pid, commandOf(pid)))
	}
	if v.kind == observe {
		c.result = -int64(abi.EPERM)
		g.config.Policy.Exit(c)
	}
	return Fail(abi.EPERM)
}

// refused notes that pid was refused something and reports whether for the
// first time.
func (g *Guest) refused(pid int) bool {
	_, before := g.refusals.LoadOrStore(pid, nil)
	return !before
}

// commandOf returns a process's name (proc_pid_comm(5)).
func commandOf(pid int) string {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
	if err != nil {
		return "?"
	}
	return strings.TrimSpace(string(b))
}
