package intercept

import (
	"strings"
	"sync"
	"sync/atomic"

	"penumbra/abi"
	"penumbra/guest"
	"penumbra/internal/sys"
)

// repairInterrupted mends a call that a signal took from the notify door before
// a worker had it. The kernel would let it fail with EINTR if the signal's
// handler so wants. That is right for a call that may wait: so it would have
// been, had the signal come a moment later. Any other is made again, as if the
// signal had come first.
func (t *tracer) repairInterrupted(tr *tracee) {
	if t.guest.notify == nil || !t.guest.notify.wanted {
		return
	}
	regs, arch, ok := t.endedBy(tr, abi.ERESTARTSYS)
	if !ok || t.guest.restarts.take(tr.thread.ID()) {
		return
	}
	if result := mended(tr.thread, abi.Lookup(arch, regs.Number()), arch, regs.Args()); result != abi.ERESTARTSYS {
		regs.SetResult(-int64(result))
		regs.Write(tr.thread)
	}
}

// mended returns how a call that was interrupted before a worker had it has to
// end.
func mended(th *guest.Thread, s *abi.Syscall, a abi.Arch, args abi.Args) abi.Errno {
	switch {
	case s == nil || !mayWait(th, s, a, args):
		return abi.ERESTARTNOINTR
	case s.NeverRestarts:
		returnRest(th, s, a, args)
		return abi.ERESTARTNOHAND
	}
	return abi.ERESTARTSYS
}

// returnRest does what an interrupted sleep does beside failing: it says how
// much of its time is left, here all of it. A sleep that the kernel has begun
// does not come by here, for it ends with another error.
func returnRest(th *guest.Thread, s *abi.Syscall, a abi.Arch, args abi.Args) {
	const absolute = 1 // TIMER_ABSTIME
	var from, to abi.Addr
	switch {
	case s.Name == "nanosleep":
		from, to = args.Addr(0), args.Addr(1)
	case strings.HasPrefix(s.Name, "clock_nanosleep") && args[1]&absolute == 0:
		from, to = args.Addr(2), args.Addr(3)
	}
	if to == 0 || to == from {
		return
	}
	rest := make([]byte, 2*a.PointerSize())
	if strings.HasSuffix(s.Name, "_time64") {
		rest = make([]byte, 16)
	}
	// A bad address is none for the kernel either, until it has slept.
	if _, err := th.Memory().ReadAt(rest, from); err == nil {
		_, _ = th.Memory().WriteAt(rest, to)
	}
}

// endedBy returns the registers of a thread that is stopped at the end of a
// call whose result is the error e.
func (t *tracer) endedBy(tr *tracee, e abi.Errno) (regs *guest.Registers, arch abi.Arch, ok bool) {
	regs, err := guest.ReadRegisters(tr.thread, arches[0])
	if err != nil || regs.Number() < 0 || int32(regs.Result()) != -int32(e) {
		return nil, 0, false
	}
	if sys.GetSyscallInfo(tr.thread.ID(), &t.info) != nil {
		return nil, 0, false
	}
	if arch, ok = abi.ArchOfAudit(t.info.Arch); !ok {
		return nil, 0, false
	}
	regs, err = guest.ReadRegisters(tr.thread, arch)
	return regs, arch, err == nil
}

// restarts are the threads whose last call was answered with ERESTARTSYS: it waited,
// whatever its descriptors look like to the kernel, and its end is as it should be.
type restarts struct {
	threads sync.Map // by id
	some    atomic.Int32
}

// add is called before the answer.
func (r *restarts) add(tid int) {
	if _, there := r.threads.LoadOrStore(tid, true); !there {
		r.some.Add(1)
	}
}

// take reports whether a thread is among them, and takes it out.
func (r *restarts) take(tid int) bool {
	if r.some.Load() == 0 {
		return false
	}
	_, there := r.threads.LoadAndDelete(tid)
	if there {
		r.some.Add(-1)
	}
	return there
}
