package intercept

import (
	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/internal/sys"
)

// tellSignal tells a policy that wants to hear of it that tr, in the stop
// before a signal's delivery, is about to get it.
func (t *tracer) tellSignal(tr *tracee, s unix.Signal) {
	if t.signals != nil && sys.GetSiginfo(tr.thread.ID(), &t.siginfo) == nil {
		t.signals.Signalled(tr.thread, abi.Signal(s), t.siginfo[:])
	}
}

// tellHalt tells such a policy of a thread's part in a group stop.
func (t *tracer) tellHalt(tid int, s unix.Signal) {
	if tr := t.tracees[tid]; tr != nil && t.signals != nil {
		t.signals.Halted(tr.thread, abi.Signal(s))
	}
}
