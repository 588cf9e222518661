package intercept

import (
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/guest"
)

// Interest says what may become of the calls of one system call. It decides
// how the kernel hands them over, and so what each of them costs.
type Interest uint8

const (
	// Ignore: the kernel runs them and nobody hears of it. Tens of
	// nanoseconds.
	Ignore Interest = iota
	// Answer: each is run, or skipped with a result. A few microseconds, and
	// the threads of the guest are answered in parallel.
	Answer
	// Observe: each is run, skipped, rewritten before it runs, or seen and
	// changed when it ends. Two stops of the thread, ten microseconds and more;
	// the policy hears of one call at a time.
	Observe
)

// Verdict is what becomes of a call. The zero value is Run.
type Verdict struct {
	kind  verdictKind
	value int64
	delay time.Duration
}

type verdictKind uint8

const (
	run verdictKind = iota
	observe
	skip
	runAs
	give
	giveCloseOnExec
	pass // on to the notify door
)

var (
	// Run lets the kernel run the call; nobody is told how it ends.
	Run = Verdict{kind: run}
	// Watch lets the kernel run the call and then calls the policy's Exit. It
	// is for calls of Interest Observe; elsewhere it is the same as Run.
	Watch = Verdict{kind: observe}
	// Pass sends a call from the trace door on to the notify door, where Enter is
	// asked about it again, as about one of Interest Answer. It is for calls of
	// Interest Observe, of a policy that has the other, too.
	Pass = Verdict{kind: pass}
)

// Skip keeps the call from running; the guest gets value as its result.
func Skip(value int64) Verdict { return Verdict{kind: skip, value: value} }

// Fail keeps the call from running; the guest gets the error e.
func Fail(e abi.Errno) Verdict { return Skip(-int64(e)) }

// RunAs lets the kernel run the call; the guest gets value as its result,
// whatever the kernel's is. It is for calls that end without creating a thread
// or executing a program, and costs one stop of the thread.
func RunAs(value int64) Verdict { return Verdict{kind: runAs, value: value} }

// After returns the verdict v that takes effect only when d has passed. Until
// then the thread is held where it is: it takes no signal but SIGKILL, and a
// stop of its process is complete only afterwards. Other threads go on.
func (v Verdict) After(d time.Duration) Verdict {
	v.delay = d
	return v
}

// Give keeps the call from running; the guest gets a descriptor for the open
// file that is fd here, the lowest number that is free there, as its result.
// The engine closes fd. If the guest has no number left, the call fails with
// EMFILE. Give is for calls of Interest Answer; elsewhere the call fails with
// ENOSYS.
func Give(fd int, closeOnExec bool) Verdict {
	if closeOnExec {
		return Verdict{kind: giveCloseOnExec, value: int64(fd)}
	}
	return Verdict{kind: give, value: int64(fd)}
}

func (v Verdict) gives() bool { return v.kind == give || v.kind == giveCloseOnExec }

// Runs reports whether the kernel is to run the call, as far as this verdict is
// concerned.
func (v Verdict) Runs() bool {
	return v.kind == run || v.kind == observe || v.kind == runAs || v.kind == pass
}

// Policy decides about the calls of a guest.
type Policy interface {
	// Interest says what may become of the calls of s by the interface a; s is
	// nil for all numbers that the table does not know. It is asked once for
	// each system call, before the guest starts.
	Interest(a abi.Arch, s *abi.Syscall) Interest
	// Enter gives the verdict on a call that is about to run. For calls of
	// Interest Answer it may block, and runs in parallel with itself, on
	// threads that share their working directory and umask with no other; for
	// those of Interest Observe, and for all of an attached guest, it must not
	// block.
	Enter(*Call) Verdict
	// Exit is told of the end of a call whose verdict was Watch, or which Enter
	// rewrote, and may change its result. It must not block.
	Exit(*Call)
}

// Refiner is implemented by a Policy whose interest in some calls depends on
// their arguments.
type Refiner interface {
	// Refine is asked once, after Interest was.
	Refine() []Refinement
}

// Refinement is the interest in those calls of a system call that have any of
// some bits in the low word of an argument or, if Bits is 0, a value there.
type Refinement struct {
	Call     string
	Arg      int
	Bits     uint32
	Value    uint32
	Interest Interest
}

// meets reports whether a call with such arguments is one of them.
func (r *Refinement) meets(args abi.Args) bool {
	word := uint32(args[r.Arg])
	if r.Bits == 0 {
		return word == r.Value
	}
	return word&r.Bits != 0
}

// test returns the filter's test for them.
func (r *Refinement) test() test {
	if r.Bits == 0 {
		return test{r.Arg, unix.BPF_JEQ, r.Value}
	}
	return test{r.Arg, unix.BPF_JSET, r.Bits}
}

// interests are a policy's in all calls of one architecture, by number.
type interests struct {
	known   []Interest
	unknown Interest
}

func (all *interests) of(number int) Interest {
	if uint(number) < uint(len(all.known)) {
		return all.known[number]
	}
	return all.unknown
}

// any reports whether there is a call that the policy wants to hear of.
func (all *interests) any() bool {
	return all.unknown != Ignore || slices.ContainsFunc(all.known, func(i Interest) bool { return i != Ignore })
}

func interestsOf(p Policy, a abi.Arch) interests {
	all := interests{known: make([]Interest, abi.MaxNumber(a)+1)}
	if p == nil {
		return all
	}
	all.unknown = p.Interest(a, nil)
	for nr := range all.known {
		all.known[nr] = all.unknown
		if s := abi.Lookup(a, nr); s != nil {
			all.known[nr] = p.Interest(a, s)
		}
	}
	return all
}

// Life is implemented by a Policy that wants to hear of the life of the
// guest's threads. Its methods must not block. Each thread is forked before
// it makes a call, and makes none after it has exited.
type Life interface {
	// Forked: a thread, of a new process or not, was created by parent, which
	// is nil for the first of all, for those that Attach found, and if it died
	// meanwhile.
	Forked(parent, child *guest.Thread)
	// Execed: the program of a process was replaced, and t, whose id had been
	// former, is its one thread now.
	Execed(t *guest.Thread, former int)
	// Exited: a thread ended. The last one of a process tells its exit status,
	// in the form of wait(2).
	Exited(t *guest.Thread, status uint32)
}

// Namer is implemented by a Policy whose guest knows files by other names than
// the host. NameOf must not block, and may be called by several goroutines at
// once.
type Namer interface {
	// NameOf is the Name of [guest.Table].
	NameOf(t *guest.Thread, link, path string) string
}

// Signals is implemented by a Policy that wants to hear of signals. Its methods
// must not block.
type Signals interface {
	// Signalled: s is about to be delivered to t, which will handle it, die or
	// stop of it, or ignore it. One that t blocks is told of when t lets it in,
	// and SIGKILL never. info is the siginfo_t of sigaction(2) in the layout of the
	// supervisor's own architecture, 128 bytes, and valid during the call.
	Signalled(t *guest.Thread, s abi.Signal, info []byte)
	// Halted: t was stopped together with its process by s, one of SIGSTOP,
	// SIGTSTP, SIGTTIN and SIGTTOU. It is told of each thread of the process.
	Halted(t *guest.Thread, s abi.Signal)
}
