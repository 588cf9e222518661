package intercept

import (
	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/guest"
	"penumbra/internal/sys"
)

// callEnters handles a call that stopped at the trace door.
func (t *tracer) callEnters(tr *tracee) {
	tid := tr.thread.ID()
	if !t.atCall(tid) {
		return
	}
	arch, ok := abi.ArchOfAudit(t.info.Arch)
	if t.info.RetData == strictMark {
		killStrict(tr.thread)
		return
	}
	if !ok || t.info.RetData != traceMark {
		// The verdict of a filter that the guest installed: natively nobody
		// traces it, and the call fails.
		skipCall(tr.thread, arch, -int64(unix.ENOSYS))
		t.resume(tid, 0)
		return
	}
	if next := tr.isAgain(&t.info); next != nil {
		next()
		return
	}
	c := t.callOf(tr, arch)
	t.carryOut(tr, c, t.guest.enter(c))
}

// atCall fills t.info and reports true if a thread is still where it stopped, at
// the begin or end of a call. If not it is being killed, or is about to tell
// that another of its process's threads has executed a program.
func (t *tracer) atCall(tid int) bool {
	return sys.GetSyscallInfo(tid, &t.info) == nil && t.info.Op != sys.SyscallNone
}

// callOf returns the call that tr, of which t.info tells, is about to make.
func (t *tracer) callOf(tr *tracee, arch abi.Arch) *Call {
	number := int(int32(t.info.Number))
	c := &tr.buffer
	*c = Call{
		Thread: tr.thread, Arch: arch, Number: number, Syscall: abi.Lookup(arch, number),
		Args: t.info.Args, IP: abi.Addr(t.info.IP), SP: abi.Addr(t.info.SP),
	}
	return c
}

// carryOut lets a thread at the begin of a call go on as the verdict says.
func (t *tracer) carryOut(tr *tracee, c *Call, v Verdict) {
	if v.Runs() && c.loan != nil && !c.loan.granted() {
		t.lend(tr, c, v)
		return
	}
	if v.Runs() {
		t.affinity.prepare(&tr.binding, c)
	}
	if v.kind == pass {
		t.passOn(c)
	}
	if v.kind == runAs {
		c.SetResult(v.value)
	}
	if !v.Runs() && c.loan != nil {
		unix.Close(c.loan.fd)
		c.loan = nil
	}
	switch {
	case !v.Runs():
		skipCall(tr.thread, c.Arch, v.value)
		if t.every {
			// A filter of the guest's own hears of the skipped call, and may
			// have given it another result.
			c.watched, c.rewritten = false, false
			c.SetResult(v.value)
			tr.call = c
		}
	case len(c.placed) > 0:
		t.place(tr, c)
	case c.rewritten:
		// Its end has to be seen, since the guest's registers must look
		// untouched afterwards.
		rewriteCall(c)
		tr.call = c
	case v.kind == observe || v.kind == runAs || tr.binding.asks:
		tr.call = c
	}
	t.goOn(tr, v.delay)
}

// skipCall keeps the call that th is about to make from running.
func skipCall(th *guest.Thread, arch abi.Arch, value int64) {
	if regs, err := guest.ReadRegisters(th, arch); err == nil {
		regs.SetNumber(-1)
		regs.SetResult(value)
		regs.Write(th)
	}
}

// rewriteCall makes the kernel run another call than the guest's.
func rewriteCall(c *Call) {
	if regs, err := guest.ReadRegisters(c.Thread, c.Arch); err == nil {
		regs.SetArgs(c.args)
		regs.SetNumber(c.number)
		if c.passes {
			regs.SetIP(uint64(c.IP) | passMark)
		}
		regs.Write(c.Thread)
	}
}

// callEnds handles the end of a call that is observed or was rewritten.
func (t *tracer) callEnds(tr *tracee) {
	c := tr.call
	tr.call = nil
	t.affinity.answered(&tr.binding)
	if !t.atCall(tr.thread.ID()) {
		return
	}
	switch {
	case c == nil:
		t.resume(tr.thread.ID(), 0)
		return
	case tr.after != nil:
		after := tr.after
		tr.after = nil
		after()
		return
	}
	if !c.changed {
		c.result = t.info.Result(c.Arch)
	}
	if c.passes {
		t.notTaken(c)
	}
	c.renumber()
	if c.watched {
		t.guest.config.Policy.Exit(c)
	}
	t.finish(tr, c)
}

// finish lets a thread go on, the call c of which has ended.
func (t *tracer) finish(tr *tracee, c *Call) {
	if c.loan != nil && c.loan.granted() {
		t.takeBack(tr, c)
		return
	}
	if c.cleanup != nil {
		c.cleanup()
	}
	if c.rewritten || c.changed {
		t.amend(tr.thread, c)
	}
	t.goOn(tr, c.hold)
}

// again has a thread that is stopped at the end of another call, which ran in the
// place of c, make c again: next is called when it has come that far, unless it
// handles a signal before. Then c is a new call.
func (t *tracer) again(tr *tracee, c *Call, next func()) {
	if regs, err := guest.ReadRegisters(tr.thread, c.Arch); err == nil {
		regs.SetIP(uint64(c.IP)) // unmarked
		regs.Issue(c.Number, c.Args)
		regs.Write(tr.thread)
		tr.next = next
	}
	t.resume(tr.thread.ID(), 0)
}

// isAgain returns what the call that a thread has stopped with leads to, if that
// is the one that it was made to make again. It is nil for any other, such as one
// of a signal handler in between.
func (tr *tracee) isAgain(info *sys.SyscallInfo) (next func()) {
	next, tr.next = tr.next, nil
	c := &tr.buffer
	if int(int32(info.Number)) == c.Number && abi.Addr(info.IP) == c.IP && abi.Args(info.Args) == c.Args {
		return next
	}
	return nil
}

// amend gives the guest its own registers and the result that was decided on.
func (t *tracer) amend(th *guest.Thread, c *Call) {
	regs, err := guest.ReadRegisters(th, c.Arch)
	if err != nil {
		return
	}
	if c.rewritten {
		// Also for the kernel: a call that is made again begins anew.
		regs.SetArgs(c.Args)
		regs.SetNumber(c.Number)
		if c.passes {
			regs.SetIP(uint64(c.IP))
		}
	}
	regs.SetResult(c.result)
	regs.Write(th)
}
