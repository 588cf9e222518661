package intercept

import (
	"golang.org/x/sys/unix"

	"penumbra/guest"
	"penumbra/internal/sys"
)

// firstStop is the first that is heard of a new thread, unless its parent's
// event came before. It is a group stop if the thread was born into one.
func (t *tracer) firstStop(tid int, status unix.WaitStatus) {
	delete(t.stillborn, tid) // that was another
	by, ok := t.announced[tid]
	if !ok {
		t.parked[tid] = status
		return
	}
	delete(t.announced, tid)
	t.admit(by, tid)
	t.resumeFrom(tid, status)
}

// forked handles the stop of a thread that has created another.
func (t *tracer) forked(tr *tracee, event int) {
	tid := tr.thread.ID()
	if msg, err := sys.EventMessage(tid); err == nil {
		t.announce(birth{tr.thread, event}, int(msg))
	}
	t.resume(tid, 0)
}

// announce brings a new thread together with its parent.
func (t *tracer) announce(by birth, child int) {
	status, parked := t.parked[child]
	switch {
	case parked:
		delete(t.parked, child)
		t.enter(by, child)
		t.resumeFrom(child, status)
	case t.tracees[child] != nil:
		t.tracees[child].early = false
	case t.stillborn[child] && !isTraced(child):
		delete(t.stillborn, child)
	default:
		delete(t.stillborn, child) // that was another
		t.announced[child] = by
		// Now, while the parent is still in its call: it may go on before the
		// child's first stop is heard of.
		t.tellForked(by, child)
	}
}

// isTraced reports whether a thread lives, or has ended, as a tracee of the
// calling thread. One whose end the tracer has heard of is none any more, even
// if its parent has not.
func isTraced(tid int) bool {
	s, err := guest.ReadStatus(tid)
	return err == nil && s.Tracer == unix.Gettid()
}

// enter makes a new thread known.
func (t *tracer) enter(by birth, tid int) {
	t.tellForked(by, tid)
	t.admit(by, tid)
}

// tellForked tells the policy of a new thread.
func (t *tracer) tellForked(by birth, tid int) {
	th := t.guest.threads.Add(tid)
	if t.guest.inner != nil {
		t.guest.inner.forked(by.parent, th)
	}
	if l, ok := t.guest.config.Policy.(Life); ok {
		l.Forked(by.parent, th)
	}
}

// admit begins to trace a new thread.
func (t *tracer) admit(by birth, tid int) {
	th := t.guest.threads.Add(tid)
	tr := &tracee{thread: th, binding: binding{tid: tid}}
	t.tracees[tid] = tr
	t.lendRoom(by.parent, tr, by.event)
	t.guest.unmark(th)
}

// execed handles a successful execve. Whichever thread made it goes on as the
// process's one thread, under the process's id; of the others each has told
// its end, or will.
func (t *tracer) execed(tid int) {
	former := tid
	if msg, err := sys.EventMessage(tid); err == nil {
		former = int(msg)
	}
	tr := t.tracees[former]
	if tr == nil {
		tr = &tracee{}
	}
	if leader := t.tracees[tid]; leader != nil && leader != tr {
		t.affinity.ended(&leader.binding)
	}
	t.affinity.renamed(&tr.binding, tid)
	tr.fresh = false
	tr.room, tr.lender = room{}, nil
	t.replace(tr, former, tid)
	if tr.call != nil {
		tr.call.Thread = tr.thread
		tr.call.rewritten = false // its registers are gone
		t.returnAll(tr, tr.call)
	}
	if tid == t.guest.first {
		t.guest.born.Store(true)
	}
	t.resume(tid, 0)
}

// replace makes tr, whose id was former, the one thread of process pid.
func (t *tracer) replace(tr *tracee, former, pid int) {
	delete(t.tracees, former)
	tr.thread = t.guest.threads.Exec(former, pid)
	t.tracees[pid] = tr
	if t.guest.inner != nil {
		t.guest.inner.execed(tr.thread, former)
	}
	if l, ok := t.guest.config.Policy.(Life); ok {
		l.Execed(tr.thread, former)
	}
}

// exited handles the end of a thread.
func (t *tracer) exited(tid int, status unix.WaitStatus) {
	tr := t.tracees[tid]
	_, announced := t.announced[tid]
	if tr == nil && !announced || tr != nil && tr.early {
		t.stillborn[tid] = true
	}
	th := t.guest.threads.Get(tid)
	if tr != nil {
		t.affinity.ended(&tr.binding)
	}
	delete(t.tracees, tid)
	delete(t.announced, tid)
	delete(t.parked, tid)
	delete(t.held, tr)
	t.guest.threads.Remove(tid)
	t.guest.promises.take(tid)
	t.guest.strict.Delete(tid)
	if t.guest.inner != nil {
		t.guest.inner.exited(tid)
	}
	t.guest.dropLoan(tid)
	if l, ok := t.guest.config.Policy.(Life); ok && (tr != nil || announced) {
		l.Exited(th, uint32(status))
	}
	if t.guest.attached && tid == t.guest.first {
		t.guest.firstEnded(status)
	}
	t.unpark()
}

// unpark starts the threads that wait for their parent's event. Called when a
// thread has ended: it may have been the parent, killed before its event. If
// it was not, the event may find that the thread has ended meanwhile.
func (t *tracer) unpark() {
	for child, status := range t.parked {
		delete(t.parked, child)
		group, parent, _ := guest.Lineage(child)
		if group != child {
			parent = group
		}
		t.enter(birth{parent: t.guest.threads.Get(parent)}, child)
		t.tracees[child].early = true
		t.resumeFrom(child, status)
	}
}
