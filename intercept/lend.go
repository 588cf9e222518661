package intercept

import (
	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/guest"
	"penumbra/internal/sys"
)

// Lend makes argument i of a call a descriptor for the open file that is fd here,
// under the rules of SetArg; there is one at most. The engine closes fd. The guest
// has its descriptor, close-on-exec, while the call runs. If it has no number
// left for that, the call fails with EMFILE. It is for a policy that has an
// interest of either kind, Answer and Observe, and not for an attached guest.
func (c *Call) Lend(i, fd int) {
	c.rewrite()
	c.loan = &loan{arg: i, fd: fd, number: -1}
}

// loan is an open file that a guest has for one call. Only the notify door can
// hand over files; so the call is made three times by its instruction. The first
// time it is passed on to that door, where it ends as if it had opened the file;
// the second time it runs, and the third time it is a close. The thread blocks all
// signals meanwhile, so that no handler runs in between.
type loan struct {
	arg    int
	fd     int // ours, until it is handed over
	number int // the guest's, or -1
}

// granted reports whether the guest has the file.
func (l *loan) granted() bool { return l.number >= 0 }

// lend has the thread that is about to make c come to the notify door for the
// file that it is lent. The verdict on c is v.
func (t *tracer) lend(tr *tracee, c *Call, v Verdict) {
	t.blockSignals(tr)
	t.askLoan(tr, c, v)
}

func (t *tracer) askLoan(tr *tracee, c *Call, v Verdict) {
	copied, lent := *c, *c.loan
	copied.loan = &lent // the worker's own
	t.guest.passed.Store(c.Thread.ID(), &copied)
	if regs, err := guest.ReadRegisters(tr.thread, c.Arch); err == nil {
		regs.SetIP(uint64(c.IP) | passMark)
		regs.Write(tr.thread)
	}
	tr.call, tr.after = c, func() { t.lent(tr, c, v) }
	t.resume(tr.thread.ID(), 0)
}

// lent handles the thread's coming back from the notify door.
func (t *tracer) lent(tr *tracee, c *Call, v Verdict) {
	if t.guest.takePassed(tr.thread.ID()) != nil {
		// It was stopped before a worker had it.
		t.again(tr, c, func() { t.askLoan(tr, c, v) })
		return
	}
	result := t.info.Result(c.Arch)
	if result < 0 {
		c.passes = true // the mark is to be taken away
		c.SetResult(result)
		t.unblockSignals(tr)
		t.finish(tr, c)
		return
	}
	c.loan.number = int(result)
	c.SetArg(c.loan.arg, uint64(result))
	t.again(tr, c, func() { t.carryOut(tr, c, v) })
}

// takeBack has a thread close what it was lent for c, which has ended.
func (t *tracer) takeBack(tr *tracee, c *Call) {
	number := c.loan.number
	c.loan = nil
	restarts := c.Restarts()
	c.changed = true
	t.again(tr, c, func() {
		if regs, err := guest.ReadRegisters(tr.thread, c.Arch); err == nil {
			closing, _ := abi.ByName("close").On(c.Arch)
			regs.SetNumber(closing)
			regs.SetArgs(abi.Args{uint64(number)})
			regs.Write(tr.thread)
		}
		tr.call, tr.after = c, func() {
			t.unblockSignals(tr)
			if restarts {
				t.again(tr, c, nil)
				return
			}
			t.finish(tr, c)
		}
		t.resume(tr.thread.ID(), 0)
	})
}

// returnAll ends the loan of a call whose thread has executed a program, which
// closed the file.
func (t *tracer) returnAll(tr *tracee, c *Call) {
	if c.loan != nil {
		c.loan = nil
		t.unblockSignals(tr)
	}
}

// blockSignals keeps all signals but SIGKILL and SIGSTOP from a stopped thread.
func (t *tracer) blockSignals(tr *tracee) {
	if sys.GetSignalMask(tr.thread.ID(), &tr.blocked) == nil {
		sys.SetSignalMask(tr.thread.ID(), ^uint64(0))
	}
}

func (t *tracer) unblockSignals(tr *tracee) { sys.SetSignalMask(tr.thread.ID(), tr.blocked) }

// dropLoan closes what a thread was to be lent that has died.
func (g *Guest) dropLoan(tid int) {
	if c := g.takePassed(tid); c != nil && c.loan != nil && !c.loan.granted() {
		unix.Close(c.loan.fd)
	}
}
