package intercept

import (
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/guest"
	"penumbra/internal/sys"
)

// Lend makes argument i of a call a descriptor for the open file that is fd here,
// under the rules of SetArg; there is one at most. The engine closes fd. The guest
// has its descriptor, close-on-exec, while the call runs; one that the call returns
// gets its number, which was the lowest that was free. If none is, the call fails
// with EMFILE. It is for a policy that has an
// interest of either kind, Answer and Observe, and not for an attached guest.
func (c *Call) Lend(i, fd int) {
	c.rewrite()
	c.loan = &loan{arg: i, fd: fd, number: -1}
}

// loan is an open file that a guest has for one call. Only the notify door can
// hand over files; so the call is made three times by its instruction. The first
// time it is passed on to that door, where it ends as if it had opened the file;
// the second time it runs, and then it is a close. The thread blocks all signals
// meanwhile, so that no handler runs in between.
type loan struct {
	arg    int
	fd     int // ours, until it is handed over
	number int // the guest's, or -1
	result int // the descriptor that the call returned, or 0
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

// renumber makes the result of a call that has ended the number that was lent for it,
// if it is a new descriptor.
func (c *Call) renumber() {
	if s, _ := c.running(); c.loan != nil && c.result > 0 && s != nil && s.Returns == abi.KindFD {
		c.loan.result = int(c.result)
		c.SetResult(int64(c.loan.number))
	}
}

// takeBack has a thread close what it was lent for c, which has ended.
func (t *tracer) takeBack(tr *tracee, c *Call) {
	lent := c.loan
	c.loan, c.changed = nil, true
	end := func() {
		t.unblockSignals(tr)
		if c.Restarts() {
			t.again(tr, c, nil)
			return
		}
		t.finish(tr, c)
	}
	if lent.result == 0 {
		t.instead(tr, c, "close", abi.Args{uint64(lent.number)}, end)
		return
	}
	from, to := uint64(lent.result), uint64(lent.number)
	t.instead(tr, c, "dup3", abi.Args{from, to, closeOnExec(tr.thread, lent.result)}, func() {
		t.instead(tr, c, "close", abi.Args{from}, end)
	})
}

// instead has a thread that is stopped at the end of a call make another by the
// instruction of c; then is called at its end.
func (t *tracer) instead(tr *tracee, c *Call, name string, args abi.Args, then func()) {
	t.again(tr, c, func() {
		if regs, err := guest.ReadRegisters(tr.thread, c.Arch); err == nil {
			number, _ := abi.ByName(name).On(c.Arch)
			regs.SetNumber(number)
			regs.SetArgs(args)
			regs.Write(tr.thread)
		}
		tr.call, tr.after = c, then
		t.resume(tr.thread.ID(), 0)
	})
}

// closeOnExec returns O_CLOEXEC if a descriptor of a thread has that flag, else 0.
func closeOnExec(th *guest.Thread, fd int) uint64 {
	b, _ := sys.ReadProc(th.ID(), fmt.Sprint("fdinfo/", fd)) // an error: it has died
	_, after, _ := strings.Cut(string(b), "flags:")
	line, _, _ := strings.Cut(after, "\n")
	flags, _ := strconv.ParseUint(strings.TrimSpace(line), 8, 64)
	return flags & unix.O_CLOEXEC
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
