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
	if err := sys.GetSyscallInfo(tid, &t.info); err != nil {
		return // it is being killed
	}
	arch, ok := abi.ArchOfAudit(t.info.Arch)
	if t.info.RetData == strictMark {
		killStrict(tr.thread)
		return
	}
	if !ok || t.info.RetData != traceMark {
		// The verdict of a filter that the guest installed: natively nobody
		// traces it, and the call fails.
		t.skip(tr, arch, -int64(unix.ENOSYS))
		return
	}
	number := int(int32(t.info.Number))
	c := &tr.buffer
	if tr.isAgain(&t.info) {
		t.place(tr, c)
		return
	}
	*c = Call{
		Thread: tr.thread, Arch: arch, Number: number, Syscall: abi.Lookup(arch, number),
		Args: t.info.Args, IP: abi.Addr(t.info.IP), sp: t.info.SP,
	}
	v := t.guest.enter(c)
	switch {
	case v.kind == skip:
		t.skip(tr, arch, v.value)
	case len(c.placed) > 0:
		t.place(tr, c)
	case c.rewritten:
		t.rewrite(tr, c)
	case v.kind == observe:
		tr.call = c
		sys.ContToExit(tid, 0)
	default:
		sys.Cont(tid, 0)
	}
}

// skip keeps a call from running and lets the thread go on with its result.
func (t *tracer) skip(tr *tracee, arch abi.Arch, value int64) {
	if regs, err := guest.ReadRegisters(tr.thread, arch); err == nil {
		regs.SetNumber(-1)
		regs.SetResult(value)
		regs.Write(tr.thread)
	}
	sys.Cont(tr.thread.ID(), 0)
}

// rewrite makes the kernel run another call than the guest's. Its end has to
// be seen, since the guest's registers must look untouched afterwards.
func (t *tracer) rewrite(tr *tracee, c *Call) {
	if regs, err := guest.ReadRegisters(tr.thread, c.Arch); err == nil {
		regs.SetArgs(c.args)
		regs.SetNumber(c.number)
		regs.Write(tr.thread)
	}
	tr.call = c
	sys.ContToExit(tr.thread.ID(), 0)
}

// callEnds handles the end of a call that is observed or was rewritten.
func (t *tracer) callEnds(tr *tracee) {
	c := tr.call
	tr.call = nil
	if c == nil {
		sys.Cont(tr.thread.ID(), 0)
		return
	}
	if tr.mapping != 0 {
		t.roomMade(tr, c)
		return
	}
	regs, err := guest.ReadRegisters(tr.thread, c.Arch)
	if err != nil {
		return
	}
	c.result = regs.Result()
	if c.watched {
		t.guest.config.Policy.Exit(c)
	}
	if c.cleanup != nil {
		c.cleanup()
	}
	if c.rewritten || c.changed {
		if c.rewritten {
			// Also for the kernel: a call that is made again begins anew.
			regs.SetArgs(c.Args)
			regs.SetNumber(c.Number)
		}
		regs.SetResult(c.result)
		regs.Write(tr.thread)
	}
	sys.Cont(tr.thread.ID(), 0)
}
