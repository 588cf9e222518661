package intercept

import (
	"encoding/binary"
	"sync"
	"sync/atomic"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/guest"
	"penumbra/internal/sys"
)

// promises are results that calls shall have which the kernel runs. At the
// notify door nothing can be changed once the kernel has run a call; so the
// thread is sent a signal that stops it, on its way back, for the tracer. It
// cannot stop before, since it waits for the verdict in a sleep that only SIGKILL
// ends (WAIT_KILLABLE_RECV). SIGSTOP is the signal that nobody can block; the
// guest does not hear of it.
type promises struct {
	open atomic.Int32
	made sync.Map // promise by thread id
}

type promise struct {
	arch  abi.Arch
	value int64
}

// make has the call c, at the notify door, end with value.
func (p *promises) make(c *Call, value int64) {
	p.open.Add(1)
	p.made.Store(c.Thread.ID(), promise{c.Arch, value})
	if unix.Tgkill(c.Thread.Process().ID, c.Thread.ID(), unix.SIGSTOP) != nil {
		p.take(c.Thread.ID()) // it has died, or is another user's
	}
}

// take returns what thread tid was promised.
func (p *promises) take(tid int) (promise, bool) {
	if p.open.Load() == 0 {
		return promise{}, false
	}
	made, ok := p.made.LoadAndDelete(tid)
	if !ok {
		return promise{}, false
	}
	p.open.Add(-1)
	return made.(promise), true
}

// keepPromise gives a thread that has stopped, which is at the end of its call,
// the result that it was promised.
func (t *tracer) keepPromise(tr *tracee) {
	p, ok := t.guest.promises.take(tr.thread.ID())
	if !ok {
		return
	}
	tr.called = true
	if regs, err := guest.ReadRegisters(tr.thread, p.arch); err == nil {
		regs.SetResult(p.value)
		regs.Write(tr.thread)
	}
}

// isOurs reports whether the signal for which a thread has stopped is the one
// that a promise had sent to it.
func (t *tracer) isOurs(tr *tracee, s unix.Signal) bool {
	const tkill = -6 // SI_TKILL, asm-generic/siginfo.h
	if !tr.called || s != unix.SIGSTOP || sys.GetSiginfo(tr.thread.ID(), &t.siginfo) != nil {
		return false
	}
	code, sender := int32(binary.NativeEndian.Uint32(t.siginfo[8:])), int(binary.NativeEndian.Uint32(t.siginfo[16:]))
	if code != tkill || sender != unix.Getpid() {
		return false
	}
	tr.called = false
	return true
}
