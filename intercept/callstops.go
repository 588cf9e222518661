package intercept

import (
	"penumbra/abi"
	"penumbra/internal/sys"
)

// prctl is a call whose begin the engine has to see itself.
var prctl = abi.ByName("prctl")

// callStops handles the two stops of a call by a thread that stops at every
// one. The kernel shows a begin and an end in the same way; but they alternate,
// so that only what may be a begin has to be asked about.
func (t *tracer) callStops(tr *tracee) {
	if tr.inside {
		tr.inside = false
		t.callEnds(tr)
		return
	}
	tid := tr.thread.ID()
	if !t.atCall(tid) {
		return
	}
	if t.info.Op != sys.SyscallEntry {
		t.resume(tid, 0) // its begin was not seen
		return
	}
	tr.inside = true
	if next := tr.isAgain(&t.info); next != nil {
		next()
		return
	}
	arch, ok := abi.ArchOfAudit(t.info.Arch)
	if t.detaching || !ok || t.ignores(arch) {
		sys.ContToExit(tid, 0)
		return
	}
	c := t.callOf(tr, arch)
	if c.Syscall == prctl {
		keepMemory(c)
	}
	v := t.guest.ask(c)
	c.watched = v.kind == observe || c.rewritten
	t.carryOut(tr, c, v)
}

// ignores reports whether nobody wants to hear of the call in t.info.
func (t *tracer) ignores(a abi.Arch) bool {
	number := int(int32(t.info.Number))
	return t.guest.interests[a].of(number) == Ignore && abi.Lookup(a, number) != prctl
}
