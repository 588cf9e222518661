package intercept

import (
	"time"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/guest"
	"penumbra/internal/sys"
)

// Detach lets go of an attached guest, which goes on as if nobody had traced
// it: no signal is lost, a stopped process stays stopped, and a call that a
// thread is in is not disturbed. Its end is not told. A thread that is held
// goes on at once. What was made of a rewritten call ends first, or is
// interrupted and the call made again as it was. Detach returns at once, and
// may be called from a method of the policy; Wait returns when no thread is
// traced any more.
//
// It does nothing to a guest that was started: its filter cannot be taken off,
// and its calls would find nobody to decide upon them.
func (g *Guest) Detach() {
	if !g.attached {
		return
	}
	g.leaving.Store(true)
	if w := g.waker.Load(); w != nil {
		w.Wake()
	}
}

// stopPatience is how long the tracer, to let go of them, waits for threads to
// stop before it looks for those that cannot.
const stopPatience = 100 * time.Millisecond

// detach begins to let go of all threads. The kernel does so for all that are
// left when the tracer's thread ends, and threads in a call or in user code
// then notice nothing. What would be disturbed has to be brought to a stop
// before: see awaits.
func (t *tracer) detach() {
	t.detaching = true
	for tr := range t.held {
		delete(t.held, tr)
		if tid := tr.thread.ID(); t.tracees[tid] == tr {
			t.endHold(tid, tr)
		}
	}
	for tid, tr := range t.tracees {
		if t.awaits(tr) {
			tr.awaited = true
			sys.Interrupt(tid)
		}
	}
	_ = t.wakeAfter(stopPatience) // without a waker some stop will do
}

// leaveStuck ceases to wait for threads that will not stop. One that cannot be
// interrupted, because it waits for a vfork's child or a broken disk, may be let
// go where it is: what it is doing does not fail for an interruption. One that
// merely gets no processor is not given up. And the first thread of a process
// may have gone without a word, when another executed a program that had been
// let go already.
func (t *tracer) leaveStuck() {
	const uninterruptible = 'D'
	for tid, tr := range t.tracees {
		if !tr.awaited {
			continue
		}
		switch s, err := guest.ReadStatus(tid); {
		case err != nil || s.Tracer != unix.Gettid():
			delete(t.tracees, tid)
		case s.State == uninterruptible && !tr.rewriting():
			tr.awaited = false
		}
	}
	_ = t.wakeAfter(stopPatience)
}

// endHold lets a held thread go on before its time.
func (t *tracer) endHold(tid int, tr *tracee) {
	if tr.inside {
		sys.ContToExit(tid, 0)
		return
	}
	t.letGo(tid, 0)
}

// awaits reports whether a thread has to stop before the tracer may end. One in
// a call need not: it stops at the call's end, or is let go before. One outside
// might stop at the begin of its next; released from there by the kernel, that
// call would take itself for interrupted.
func (t *tracer) awaits(tr *tracee) bool {
	return tr.fresh || tr.rewriting() || t.every && !tr.inside
}

// rewriting reports whether the thread runs another call than its own.
func (tr *tracee) rewriting() bool { return tr.call != nil && tr.call.rewritten }

// over reports whether the tracer has nothing more to do for an attached guest.
func (t *tracer) over() bool {
	switch {
	case !t.guest.attached:
		return false
	case !t.detaching:
		return len(t.tracees)+len(t.announced)+len(t.parked) == 0
	}
	for _, tr := range t.tracees {
		if tr.awaited {
			return false
		}
	}
	return true
}

// letGo ends the tracing of a stopped thread.
func (t *tracer) letGo(tid int, signal unix.Signal) {
	if tr := t.tracees[tid]; tr != nil {
		t.mendInterrupted(tr)
	}
	sys.Detach(tid, signal)
	delete(t.tracees, tid)
	t.guest.threads.Remove(tid)
}

// mendInterrupted mends a call that an interruption by the tracer made fail
// with EINTR, as a few do without a signal: epoll_wait, for one. The kernel is
// to make it again, unless a handler runs: then EINTR is what it has to return.
func (t *tracer) mendInterrupted(tr *tracee) {
	regs, arch, ok := t.endedBy(tr, abi.EINTR)
	if !ok {
		return
	}
	if s := abi.Lookup(arch, regs.Number()); s != nil && s.Interruptible {
		regs.SetResult(-int64(abi.ERESTARTNOHAND))
		regs.Write(tr.thread)
	}
}
