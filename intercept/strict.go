package intercept

import (
	"encoding/binary"
	"errors"
	"fmt"
	"runtime"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/guest"
	"penumbra/internal/sys"
)

// The kernel refuses seccomp's strict mode to a thread that has a filter, and
// every guest has ours. A thread that asks for it gets a second filter instead,
// which lets the same four calls run and hands all others to the tracer; that
// kills the thread, as strict mode does.

// strictMark is the data part of that filter's trace verdict.
const strictMark = 0x5046

// isStrict reports whether the thread of c is in strict mode. It makes no
// other threads, and ends before its id is anybody else's.
func (g *Guest) isStrict(c *Call) bool {
	_, ok := g.strict.Load(c.Thread.ID())
	return ok
}

// asksForFilter reports whether c would install a filter of the guest's own.
func asksForFilter(c *Call) bool {
	switch c.Syscall.Name {
	case "prctl":
		return c.Args.Int32(0) == prSetSeccomp && c.Args.Int32(1) == modeFilter
	case "seccomp":
		return c.Args.Int32(0) == setModeFilter
	}
	return false
}

func asksForStrict(c *Call) bool {
	switch c.Syscall.Name {
	case "prctl":
		return c.Args.Int32(0) == prSetSeccomp && c.Args.Int32(1) == modeStrict
	case "seccomp":
		return c.Args.Int32(0) == setModeStrict && c.Args[1]|c.Args[2] == 0
	}
	return false
}

// becomeStrict gives the verdict on a call that asks for strict mode.
func (g *Guest) becomeStrict(c *Call) Verdict {
	v := g.ask(c)
	switch {
	case v.kind == skip:
	case c.door == nil:
		c.watched = v.kind == observe
		if prog, err := placeStrict(c.Thread.Memory(), c.Arch, uint64(c.SP)); err == nil {
			c.rewriteTo(prog.call(c.Arch))
			c.cleanup = func() {
				prog.remove()
				if c.result == 0 {
					g.strict.Store(c.Thread.ID(), nil)
					g.anyStrict.Store(true)
				}
			}
		}
	default:
		// There is no tracer yet: one for this thread alone takes over, and
		// makes it issue another call in the place of this.
		ready := make(chan error)
		go g.traceStrict(c.Thread, c.Arch, ready)
		if <-ready == nil {
			return Fail(abi.ERESTARTNOINTR).After(v.delay)
		}
	}
	return v
}

// strictProgram is the second filter, laid out in the guest's memory below its
// stack, where it stays for the time of one call.
type strictProgram struct {
	memory guest.Memory
	at     abi.Addr
	before []byte
}

// redZone is how far below the stack pointer a program may keep data.
const redZone = 128

func placeStrict(m guest.Memory, a abi.Arch, sp uint64) (*strictProgram, error) {
	code := strictFilter()
	image := make([]byte, 16, 16+8*len(code))
	for _, f := range code {
		image = binary.NativeEndian.AppendUint16(image, f.Code)
		image = append(image, f.Jt, f.Jf)
		image = binary.NativeEndian.AppendUint32(image, f.K)
	}
	at := (sp - redZone - uint64(len(image))) &^ 15
	binary.NativeEndian.PutUint16(image, uint16(len(code)))
	if a.PointerSize() == 4 {
		binary.NativeEndian.PutUint32(image[4:], uint32(at+16))
	} else {
		binary.NativeEndian.PutUint64(image[8:], at+16)
	}
	p := &strictProgram{m, abi.Addr(at), make([]byte, len(image))}
	if _, err := m.ReadAt(p.before, p.at); err != nil {
		return nil, err
	}
	_, err := m.WriteAt(image, p.at)
	return p, err
}

// call returns the call that installs p.
func (p *strictProgram) call(a abi.Arch) (number int, args abi.Args) {
	number, _ = abi.ByName("seccomp").On(a)
	return number, abi.Args{1 /* SECCOMP_SET_MODE_FILTER */, 0, uint64(p.at)}
}

// remove puts back what was in p's place.
func (p *strictProgram) remove() { _, _ = p.memory.WriteAt(p.before, p.at) }

// strictFilter allows what strict mode does: read, write, _exit and the return
// from a signal handler (kernel/seccomp.c, mode1_syscalls).
func strictFilter() []sys.Filter {
	code := []sys.Filter{load(dataArch)}
	for _, a := range arches {
		handler := "rt_sigreturn"
		if a == abi.I386 {
			handler = "sigreturn"
		}
		body := []sys.Filter{load(dataNumber)}
		for _, name := range []string{"read", "write", "exit", handler} {
			nr, _ := abi.ByName(name).On(a)
			body = append(body, jump(unix.BPF_JEQ, uint32(nr), 0, 1), ret(sys.RetAllow))
		}
		body = append(body, ret(sys.RetTrace|strictMark))
		code = append(code, jump(unix.BPF_JEQ, a.Audit(), 1, 0), always(len(body)))
		code = append(code, body...)
	}
	return append(code, ret(sys.RetTrace|strictMark))
}

// strictAllows reports whether c may be made in strict mode. It matters at the
// notify door, which a call comes to in spite of the second filter: of two
// filters' verdicts the kernel takes that one.
func strictAllows(c *Call) bool {
	if c.Syscall == nil {
		return false
	}
	switch c.Syscall.Name {
	case "read", "write", "exit":
		return true
	case "rt_sigreturn":
		return c.Arch != abi.I386
	case "sigreturn":
		return c.Arch == abi.I386
	}
	return false
}

// killStrict ends a thread for a call that strict mode forbids.
func killStrict(th *guest.Thread) { _ = unix.Kill(th.Process().ID, unix.SIGKILL) }

// traceStrict becomes the tracer of a thread of an untraced guest that waits
// at the notify door, and tells ready when that may answer. It then gives the
// thread its second filter and stays until its end.
func (g *Guest) traceStrict(th *guest.Thread, a abi.Arch, ready chan<- error) {
	runtime.LockOSThread() // and let it end with this goroutine
	err := sys.Seize(th.ID(), unix.PTRACE_O_EXITKILL|unix.PTRACE_O_TRACESYSGOOD|unix.PTRACE_O_TRACESECCOMP)
	if err == nil {
		err = sys.Interrupt(th.ID())
	}
	ready <- err
	if err != nil {
		return
	}
	status, alive := awaitStop(th.ID())
	for alive && status>>16 != unix.PTRACE_EVENT_STOP {
		sys.Cont(th.ID(), unix.Signal(status>>8&0xff))
		status, alive = awaitStop(th.ID())
	}
	if !alive {
		return
	}
	if err := injectStrict(th, a); err != nil {
		g.config.Notice(fmt.Sprintf("process %d asked for seccomp's strict mode, which cannot be set up (%v): it is killed", th.ID(), err))
		killStrict(th)
	}
	for sys.Cont(th.ID(), deliver(status)); ; sys.Cont(th.ID(), deliver(status)) {
		if status, alive = awaitStop(th.ID()); !alive {
			return
		}
		if status>>16 == unix.PTRACE_EVENT_SECCOMP {
			killStrict(th)
		}
	}
}

// deliver returns the signal that a stop was about, or 0.
func deliver(status unix.WaitStatus) unix.Signal {
	if status>>16 != 0 || status.StopSignal() == syscallStop {
		return 0
	}
	return status.StopSignal()
}

// awaitStop waits for a thread's next stop, or reports that it has ended.
func awaitStop(tid int) (status unix.WaitStatus, alive bool) {
	for {
		_, status, err := sys.Wait(tid, 0)
		if !errors.Is(err, unix.EINTR) {
			return status, err == nil && status.Stopped()
		}
	}
}

// injectStrict makes a thread, stopped behind the instruction of a call that
// the kernel is to make again, issue the call that installs the second filter.
// To the thread that looks as if its own call had returned.
func injectStrict(th *guest.Thread, a abi.Arch) error {
	regs, err := guest.ReadRegisters(th, a)
	if err != nil {
		return err
	}
	prog, err := placeStrict(th.Memory(), a, regs.StackPointer())
	if err != nil {
		return err
	}
	own := *regs
	regs.Issue(prog.call(a))
	if err := regs.Write(th); err != nil {
		return err
	}
	for range 2 { // to the call's begin, and to its end
		sys.ContToExit(th.ID(), 0)
		if _, alive := awaitStop(th.ID()); !alive {
			return nil
		}
	}
	if regs, err = guest.ReadRegisters(th, a); err != nil {
		return err
	}
	prog.remove()
	own.SetNumber(-1)
	own.SetResult(regs.Result())
	return own.Write(th)
}
