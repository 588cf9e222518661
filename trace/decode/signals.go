package decode

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"strings"
	"sync"

	"penumbra/abi"
)

func signalCalls() map[string]special {
	return map[string]special{
		"rt_sigreturn":           {arg: nil, enter: returnedMask},
		"sigreturn":              {enter: returnedMask},
		"rt_sigtimedwait":        {note: signalTaken},
		"rt_sigtimedwait_time64": {note: signalTaken},
		"sigsuspend":             {arg: oldMaskArgument},
		"signal":                 {arg: handlerArgument, result: formerHandler},
		"sgetmask":               {result: hexResult, note: formerMask("mask")},
		"ssetmask":               {arg: oldMaskArgument, result: hexResult, note: formerMask("old mask")},
	}
}

func signalStructures() map[string]structureWriter {
	return map[string]structureWriter{
		"sigset":        func(d *Decoder, _ *abi.Layout, b []byte) { d.signalSet(binary.LittleEndian.Uint64(b)) },
		"old_sigset":    func(d *Decoder, l *abi.Layout, b []byte) { d.signalSet(numberIn(l, b)) },
		"sigaction":     (*Decoder).sigaction,
		"old_sigaction": (*Decoder).sigaction,
		"siginfo":       func(d *Decoder, _ *abi.Layout, b []byte) { d.siginfo(d.call.Arch, b) },
		"sigevent":      (*Decoder).sigevent,
	}
}

// signalSet writes a set of signals, or when most are in it those that are not.
func (d *Decoder) signalSet(set uint64) {
	const most = 64 * 2 / 3
	complement := bits.OnesCount64(set) > most
	if complement {
		set = ^set
	}
	d.Out.Bag(complement)
	for ; set != 0; set &= set - 1 {
		d.Out.Item()
		d.Out.Word(strings.TrimPrefix(abi.Signal(bits.TrailingZeros64(set)+1).Name(), "SIG"))
	}
	d.Out.EndBag()
}

// sigaction writes what becomes of a signal.
func (d *Decoder) sigaction(l *abi.Layout, b []byte) {
	const restorer = 0x04000000 // SA_RESTORER
	a := d.call.Arch
	d.Out.Record()
	d.Out.Field("sa_handler")
	d.handler(l.Field("sa_handler").Get(a, b))
	mask := l.Field("sa_mask")
	d.Out.Field("sa_mask")
	set := b[mask.Offset(a) : mask.Offset(a)+mask.Size(a)]
	if len(set) == 4 {
		d.signalSet(uint64(binary.LittleEndian.Uint32(set)))
	} else {
		d.signalSet(binary.LittleEndian.Uint64(set))
	}
	d.field(l.Field("sa_flags"), b)
	if l.Field("sa_flags").Get(a, b)&restorer != 0 {
		d.field(l.Field("sa_restorer"), b)
	}
	d.Out.EndRecord()
}

// sigevent writes how a timer or queue tells its owner.
func (d *Decoder) sigevent(l *abi.Layout, b []byte) {
	const none, thread, threadID = 1, 2, 4 // SIGEV_*
	a := d.call.Arch
	notify := l.Field("sigev_notify").Get(a, b)
	d.Out.Record()
	if l.Field("sigev_value.sival_ptr").Get(a, b) != 0 {
		d.Out.Field("sigev_value")
		d.Out.Record()
		d.field(renamed(l.Field("sigev_value.sival_int"), "sival_int"), b)
		d.field(renamed(l.Field("sigev_value.sival_ptr"), "sival_ptr"), b)
		d.Out.EndRecord()
	}
	d.Out.Field("sigev_signo")
	if uint32(notify) == none {
		d.Out.Int(int64(int32(l.Field("sigev_signo").Get(a, b))))
	} else {
		d.signal(int32(l.Field("sigev_signo").Get(a, b)))
	}
	d.field(l.Field("sigev_notify"), b)
	switch uint32(notify) {
	case thread:
		d.field(renamed(l.Field("sigev_thread.function"), "sigev_notify_function"), b)
		d.field(renamed(l.Field("sigev_thread.attribute"), "sigev_notify_attributes"), b)
	case threadID:
		d.field(l.Field("sigev_notify_thread_id"), b)
	}
	d.Out.EndRecord()
}

func renamed(f *abi.Field, name string) *abi.Field {
	g := *f
	g.Name = name
	return &g
}

// oldMaskArgument writes the mask that i386's sigsuspend(2) has as its third
// argument, after two that it ignores.
func oldMaskArgument(d *Decoder, s *Saved, i int) bool {
	if i != len(d.args)-1 {
		return true
	}
	d.Out.Arg(d.args[i].Name)
	d.signalSet(uint64(uint32(d.call.Args[i])))
	return true
}

// handler writes what becomes of a signal: an action or a function's address.
func (d *Decoder) handler(v uint64) {
	switch v {
	case 0:
		d.Out.Word("SIG_DFL")
	case 1:
		d.Out.Word("SIG_IGN")
	default:
		d.Out.Hex(v)
	}
}

func handlerArgument(d *Decoder, _ *Saved, i int) bool {
	if i != 1 {
		return false
	}
	d.Out.Arg(d.args[i].Name)
	d.handler(d.call.Args[i])
	return true
}

// formerHandler writes the handler that signal(2) returns.
func formerHandler(d *Decoder) bool {
	v := uint64(uint32(d.call.Value))
	d.Out.Hex(v)
	if v <= 1 {
		d.Out.Note()
		d.Out.Part("")
		d.handler(v)
		d.Out.EndNote()
	}
	return true
}

func hexResult(d *Decoder) bool {
	d.Out.Hex(uint64(d.call.Value))
	return true
}

// formerMask writes beside a result the mask that it is.
func formerMask(label string) func(*Decoder, *Saved) {
	return func(d *Decoder, _ *Saved) {
		d.Out.Part(label)
		d.signalSet(uint64(uint32(d.call.Value)))
	}
}

// signalTaken names the signal that a call returned the number of.
func signalTaken(d *Decoder, _ *Saved) {
	if d.call.Value > 0 {
		d.Out.Part("")
		d.signal(int32(d.call.Value))
	}
}

// Where the mask lies above the stack pointer that a handler returns with:
// struct rt_sigframe and sigframe_ia32 of arch/x86/include/asm/sigframe.h.
const (
	maskAMD64    = 8 + 8 + 24 + 256           // in a ucontext
	maskI386     = 12 + 128 + 4 + 4 + 12 + 88 // behind three words and a siginfo
	oldMaskI386  = 80                         // in a sigcontext
	moreMaskI386 = 88 + 624                   // behind the state of the FPU
	maskARM64    = 128 + 8 + 8 + 24           // behind a siginfo
)

// returnedMask writes the mask of signals that a handler's return puts back.
func returnedMask(d *Decoder, _ *Saved) {
	set, ok := d.frameMask()
	if !ok {
		return
	}
	d.Out.Arg("frame")
	d.Out.Record()
	d.Out.Field("mask")
	d.signalSet(set)
	d.Out.EndRecord()
}

func (d *Decoder) frameMask() (set uint64, ok bool) {
	sp := d.call.SP
	switch {
	case d.call.Name() == "sigreturn":
		low, ok := d.word(sp+oldMaskI386, 4)
		high, ok2 := d.word(sp+moreMaskI386, 4)
		return high<<32 | low, ok && ok2
	case d.call.Arch == abi.I386:
		return d.word(sp+maskI386, 8)
	case d.call.Arch == abi.ARM64:
		return d.word(sp+maskARM64, 8)
	}
	return d.word(sp+maskAMD64, 8)
}

// SignalInfo writes a siginfo_t (sigaction(2)) in the layout of the
// architecture given.
func (d *Decoder) SignalInfo(a abi.Arch, info []byte) { d.siginfo(a, info) }

var (
	siginfoLayout = abi.LayoutOf("siginfo")
	codeFlags     = abi.FlagSetOf("si_code")
)

// causes are the sets of codes that say why the kernel sent a signal, by
// signal.
var causes = sync.OnceValue(func() map[abi.Signal]*abi.FlagSet {
	all := map[abi.Signal]*abi.FlagSet{}
	for _, s := range []abi.Signal{abi.SIGCHLD, abi.SIGSEGV, abi.SIGBUS, abi.SIGFPE, abi.SIGILL, abi.SIGTRAP, abi.SIGIO, abi.SIGSYS} {
		all[s] = abi.FlagSetOf("si_code_" + strings.ToLower(strings.TrimPrefix(s.Name(), "SIG")))
	}
	return all
})

func (d *Decoder) siginfo(a abi.Arch, b []byte) {
	get := func(field string) uint64 { return siginfoLayout.Field(field).Get(a, b) }
	number, code := abi.Signal(int32(get("si_signo"))), int32(get("si_code"))
	d.Out.Record()
	d.Out.Field("si_signo")
	d.signal(int32(number))
	d.Out.Field("si_code")
	set := codeFlags
	if cause := causes()[number]; cause != nil && code > 0 && code != kernelCode {
		set = cause
	}
	if set.Format(uint64(uint32(code)), a) == fmt.Sprintf("%#x", uint32(code)) {
		d.Out.Hex(uint64(uint32(code)))
	} else {
		d.Out.Flags(set, uint64(uint32(code)), a)
	}
	if e := int32(get("si_errno")); e != 0 {
		d.Out.Field("si_errno")
		d.Out.Word(abi.Errno(e).Name())
	}
	d.signalCause(number, code, get)
	d.Out.EndRecord()
}

// kernelCode is SI_KERNEL: the kernel sent it, and says no more.
const kernelCode = 0x80

// signalCause writes what comes with a signal, as its number and code have it.
func (d *Decoder) signalCause(s abi.Signal, code int32, get func(string) uint64) {
	const user, timer, tkill = 0, -2, -6
	switch {
	case code == timer:
		d.int("si_timerid", get("timer.tid"))
		d.int("si_overrun", get("timer.overrun"))
		d.signalValue("timer", get)
	case code == user || code == tkill:
		d.signalSource("kill", get)
	case code < 0:
		d.signalSource("rt", get)
		if get("rt.sigval.sival_ptr") != 0 {
			d.signalValue("rt", get)
		}
	case s == abi.SIGCHLD:
		d.childEnd(code, get)
	case s == abi.SIGSEGV || s == abi.SIGBUS || s == abi.SIGILL || s == abi.SIGFPE || s == abi.SIGTRAP:
		d.fault(s, code, get)
	case s == abi.SIGIO && code != kernelCode:
		d.Out.Field("si_band")
		d.Out.Flags(abi.FlagSetOf("poll"), get("sigpoll.band"), abi.AMD64)
		d.int("si_fd", get("sigpoll.fd"))
	case s == abi.SIGSYS:
		d.forbidden(get)
	default:
		if get("kill.pid") != 0 || get("kill.uid") != 0 {
			d.signalSource("kill", get)
		}
		if get("rt.sigval.sival_ptr") != 0 {
			d.signalValue("rt", get)
		}
	}
}

func (d *Decoder) int(name string, v uint64) {
	d.Out.Field(name)
	d.Out.Int(int64(int32(v)))
}

func (d *Decoder) signalSource(part string, get func(string) uint64) {
	d.int("si_pid", get(part+".pid"))
	d.Out.Field("si_uid")
	d.id(uint32(get(part + ".uid")))
}

func (d *Decoder) signalValue(part string, get func(string) uint64) {
	d.int("si_int", get(part+".sigval.sival_int"))
	d.Out.Field("si_ptr")
	d.address(get(part + ".sigval.sival_ptr"))
}

func (d *Decoder) childEnd(code int32, get func(string) uint64) {
	const exited = 1 // CLD_EXITED
	d.signalSource("sigchld", get)
	if code == exited {
		d.int("si_status", get("sigchld.status"))
	} else {
		d.Out.Field("si_status")
		d.signal(int32(get("sigchld.status")))
	}
	d.ticks("si_utime", get("sigchld.utime"))
	d.ticks("si_stime", get("sigchld.stime"))
}

// ticks writes a time in clock ticks, of which every Linux here has a hundred
// in a second.
func (d *Decoder) ticks(name string, v uint64) {
	d.Out.Field(name)
	d.Out.Int(int64(v))
	if v != 0 {
		d.Out.Comment(fmt.Sprintf("%d.%02d s", v/100, v%100))
	}
}

func (d *Decoder) fault(s abi.Signal, code int32, get func(string) uint64) {
	const outOfBounds, forbiddenKey = 3, 4 // SEGV_BNDERR, SEGV_PKUERR
	d.Out.Field("si_addr")
	d.address(get("sigfault.addr"))
	switch {
	case s == abi.SIGSEGV && code == outOfBounds:
		d.Out.Field("si_lower")
		d.address(get("sigfault.bounds.lower"))
		d.Out.Field("si_upper")
		d.address(get("sigfault.bounds.upper"))
	case s == abi.SIGSEGV && code == forbiddenKey:
		d.Out.Field("si_pkey")
		d.Out.Uint(get("sigfault.pkey.pkey"))
	}
}

// forbidden writes which call a filter did not let pass.
func (d *Decoder) forbidden(get func(string) uint64) {
	d.Out.Field("si_call_addr")
	d.address(get("sigsys.call_addr"))
	d.Out.Field("si_syscall")
	number, audit := int(int32(get("sigsys.syscall"))), uint32(get("sigsys.arch"))
	a, known := abi.ArchOfAudit(audit)
	if s := abi.Lookup(a, number); known && s != nil {
		d.Out.Word("__NR_" + s.Name)
	} else {
		d.Out.Int(int64(number))
	}
	d.Out.Field("si_arch")
	d.Out.Flags(abi.FlagSetOf("audit_arch"), uint64(audit), a)
}
