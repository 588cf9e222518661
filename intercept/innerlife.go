package intercept

import (
	"maps"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/guest"
	"penumbra/internal/inner"
)

// forked notes a new thread, which shares its memory with its parent or has a
// copy of it.
func (i *Inner) forked(parent, child *guest.Thread) {
	i.mu.Lock()
	defer i.mu.Unlock()
	born := innerThread{process: child.ID()}
	var from innerThread
	if parent != nil {
		from = i.threads[parent.ID()]
	}
	switch {
	case from.innerMemory == nil:
		born.innerMemory = &innerMemory{}
	case sharesMemory(parent.ID(), child.ID()):
		born.innerMemory = from.innerMemory
		if unix.Tgkill(from.process, child.ID(), 0) == nil {
			born.process = from.process
		}
	default:
		own := *from.innerMemory
		own.threads, own.processes, own.tried = 0, 0, maps.Clone(own.tried)
		born.innerMemory = &own
	}
	born.innerMemory.threads++
	if born.process == child.ID() {
		born.processes++
	}
	i.threads[child.ID()] = born
}

// sharesMemory reports whether two threads do, as far as one can tell.
func sharesMemory(a, b int) bool {
	const kcmpVM = 1
	order, _, e := unix.RawSyscall6(unix.SYS_KCMP, uintptr(a), uintptr(b), kcmpVM, 0, 0, 0)
	return e != 0 || order == 0
}

// exited notes the end of a thread.
func (i *Inner) exited(tid int) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.drop(tid)
}

func (i *Inner) drop(tid int) {
	t, ok := i.threads[tid]
	if !ok {
		return
	}
	delete(i.threads, tid)
	t.innerMemory.threads--
	if t.process == tid {
		t.processes--
	}
}

// execed notes that t has a new program, and puts Boot in front of it. The
// thread stands before its first instruction.
func (i *Inner) execed(t *guest.Thread, former int) {
	i.mu.Lock()
	defer i.mu.Unlock()
	m := &innerMemory{flags: i.flags, threads: 1, processes: 1, tried: map[abi.Addr]bool{}}
	if old := i.threads[former]; old.innerMemory != nil && old.tried != nil { // the guest's first has had none
		m.flags = old.flags
	}
	i.drop(former)
	i.drop(t.ID())
	i.threads[t.ID()] = innerThread{m, t.ID()}
	if m.flags != 0 {
		_ = i.boot(t, m) // if it cannot be, the program does without
	}
}

// low is the end of what a jump from a program at a fixed address reaches.
const low = 1 << 31

func (i *Inner) boot(t *guest.Thread, m *innerMemory) error {
	regs, err := guest.ReadRegisters(t, abi.AMD64)
	if err != nil || !regs.IsNative() {
		return err
	}
	vdso, err := inner.VDSO(t.ID())
	if err != nil || vdso == 0 {
		return err
	}
	entry := regs.InstructionPointer()
	code, ask := inner.Boot(entry, entry >= low)
	at := vdso + i.room
	if err := t.Memory().Force(code, abi.Addr(at)); err != nil {
		return err
	}
	m.ask = abi.Addr(at + uint64(ask))
	regs.SetInstructionPointer(at)
	return regs.Write(t)
}

// asked answers the call by which Boot asks for a descriptor of the table. It
// reports false for all other calls.
func (i *Inner) asked(c *Call) (Verdict, bool) {
	if c.door == nil || c.Number != inner.Ask || c.Args[0] != inner.AskFD || c.Arch != abi.AMD64 {
		return Run, false
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	m := i.threads[c.Thread.ID()].innerMemory
	if m == nil || m.ask != c.IP || m.open {
		return Run, false
	}
	refusal := Fail(abi.EPERM)
	if c.Args[1] != inner.Own || c.Thread.Memory().Force(inner.Word(uint64(m.flags)), inner.Own) != nil {
		return refusal, true
	}
	fd, err := unix.FcntlInt(uintptr(i.table.FD()), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return refusal, true
	}
	m.open = true
	if near := c.Args[3]; near != 0 && near < 1<<47 {
		m.pages[0] = innerPage{near, near + inner.PageSize}
	}
	m.pages[1] = innerPage{inner.Own + inner.OwnSites, inner.Own + inner.PageSize}
	return Give(fd, true), true
}
