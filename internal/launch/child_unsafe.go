package launch

import (
	"fmt"
	"os"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"

	"penumbra/internal/sys"
)

// child is all that the two forked children need, prepared beforehand since
// they may not allocate.
type child struct {
	path *byte
	argv []*byte
	env  []*byte
	dir  *byte

	files            []int
	next             int // a number above all of files
	reset            bool
	ignored, blocked uint64
	nofile           *unix.Rlimit

	prog        unix.SockFprog
	filterFlags uint32
	noNewPrivs  bool

	lifeline, reports, gate, failure int
	// The supervisor's ends of lifeline and gate. Open in a child they would
	// keep its own end from ever breaking.
	lifelineHeld, gateHeld int

	follow     bool
	stopped    uint32 // the signal that stopped the first process, or 0
	supervisor int
	first      int
	children   *byte // path of the init's list of children
	buf        [512]byte
}

var pathChildren = []byte("/proc/thread-self/children\x00")

func newChild(s *Spec, p *pipes) (*child, error) {
	c := &child{
		files: append([]int(nil), s.Files...), reset: s.Reset, ignored: s.Ignored, blocked: s.Blocked,
		filterFlags: s.FilterFlags | sys.FlagNewListener, noNewPrivs: s.NoNewPrivs,
		lifeline: p.lifeline[0], reports: p.reports[1], gate: p.gate[0], failure: p.failure[1],
		lifelineHeld: p.lifeline[1], gateHeld: p.gate[1],
		children: &pathChildren[0], follow: s.Follow, supervisor: os.Getpid(),
	}
	var err error
	if c.path, err = unix.BytePtrFromString(s.Path); err != nil {
		return nil, fmt.Errorf("launch: path %q: %w", s.Path, err)
	}
	if c.argv, err = syscall.SlicePtrFromStrings(s.Argv); err != nil {
		return nil, fmt.Errorf("launch: arguments: %w", err)
	}
	if c.env, err = syscall.SlicePtrFromStrings(s.Env); err != nil {
		return nil, fmt.Errorf("launch: environment: %w", err)
	}
	if s.Dir != "" {
		if c.dir, err = unix.BytePtrFromString(s.Dir); err != nil {
			return nil, fmt.Errorf("launch: directory %q: %w", s.Dir, err)
		}
	}
	if s.NoFile != [2]uint64{} {
		c.nofile = &unix.Rlimit{Cur: s.NoFile[0], Max: s.NoFile[1]}
	}
	for _, fd := range append(c.files, len(c.files), c.gate, c.failure) {
		c.next = max(c.next, fd+1)
	}
	c.prog = unix.SockFprog{Len: uint16(len(s.Filter)), Filter: &s.Filter[0]}
	return c, nil
}

// forkInit forks the init and returns its process id.
//
//go:norace
func forkInit(c *child) (pid int, errno unix.Errno) {
	syscall.ForkLock.Lock()
	sys.BeforeFork()    // blocks all signals, in the child for good
	r, e := sys.Fork(0) // no SIGCHLD: see sys.Wait
	if r == 0 && e == 0 {
		initMain(c)
	}
	sys.AfterFork()
	syscall.ForkLock.Unlock()
	return int(r), e
}

// initMain is the life of the init. It never returns.
//
//go:nosplit
//go:norace
func initMain(c *child) {
	r, e := sys.Fork(uintptr(unix.SIGCHLD))
	if r == 0 && e == 0 {
		firstMain(c)
	}
	// From here on: 0 is the lifeline, 1 takes the reports, 2 gives the
	// signals, 3 lists the children.
	raw(unix.SYS_DUP3, uintptr(c.lifeline), 0, 0, 0)
	raw(unix.SYS_DUP3, uintptr(c.reports), 1, 0, 0)
	need(c, -int(e))
	c.first = int(r)
	need(c, raw(unix.SYS_CLOSE_RANGE, 2, ^uintptr(0)>>32, 0, 0))
	need(c, raw(unix.SYS_PRCTL, unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0))
	all := ^uint64(0)
	need(c, raw(unix.SYS_SIGNALFD4, ^uintptr(0), uintptr(unsafe.Pointer(&all)), 8, unix.SFD_NONBLOCK))
	need(c, open(c.children))
	missed := repeatSignals(c)
	report(ReportBorn, int32(c.first), 0, 0, 0)
	for sig := int32(1); sig <= 64; sig++ {
		if missed>>(sig-1)&1 != 0 {
			report(ReportSignal, 0, 0, sig, 0)
		}
	}
	initLoop(c)
}

// repeatSignals gives the first process the signals that the process group was
// sent, for it missed those from before its birth, and returns them. While it
// waits at its gate, all signals blocked, one that it has got already does not
// count twice; real-time signals would, and are not repeated.
//
//go:nosplit
//go:norace
func repeatSignals(c *child) (sent uint64) {
	const signals, standard = 2, 31
	for raw(unix.SYS_READ, signals, uintptr(unsafe.Pointer(&c.buf)), 128, 0) == 128 {
		info := (*unix.SignalfdSiginfo)(unsafe.Pointer(&c.buf))
		if info.Signo == uint32(unix.SIGCHLD) {
			continue
		}
		sent |= 1 << (info.Signo - 1)
		if info.Signo <= standard {
			raw(unix.SYS_KILL, uintptr(c.first), uintptr(info.Signo), 0, 0)
		}
	}
	return sent
}

// need ends the init, telling the supervisor why, if r is an error, and the
// first process, still at its gate, with it.
//
//go:nosplit
//go:norace
func need(c *child, r int) {
	if r >= 0 {
		return
	}
	if c.first != 0 {
		raw(unix.SYS_KILL, uintptr(c.first), uintptr(unix.SIGKILL), 0, 0)
	}
	report(reportFailed, 0, int32(-r), 0, 0)
	exit(1)
}

// initLoop reaps and reports until no child is left or the lifeline breaks.
//
//go:nosplit
//go:norace
func initLoop(c *child) {
	const lifeline, signals = 0, 2
	fds := [2]unix.PollFd{{Fd: lifeline, Events: unix.POLLIN}, {Fd: signals, Events: unix.POLLIN}}
	for {
		reap(c)
		raw(unix.SYS_PPOLL, uintptr(unsafe.Pointer(&fds)), 2, 0, 0)
		ask := byte(0)
		if fds[0].Revents != 0 {
			if raw(unix.SYS_READ, lifeline, uintptr(unsafe.Pointer(&c.buf)), 1, 0) != 1 {
				killAll(c)
			}
			ask = c.buf[0]
		}
		for {
			n := raw(unix.SYS_READ, signals, uintptr(unsafe.Pointer(&c.buf)), 128, 0)
			if n != 128 {
				break
			}
			info := (*unix.SignalfdSiginfo)(unsafe.Pointer(&c.buf))
			if info.Signo != uint32(unix.SIGCHLD) {
				report(ReportSignal, int32(info.Pid), 0, int32(info.Signo), info.Code)
			}
		}
		switch ask {
		case askSettle:
			report(ReportSettled, 0, 0, 0, 0)
		case askFollow:
			reap(c) // it may have gone on
			if c.stopped != 0 {
				raw(unix.SYS_KILL, uintptr(c.supervisor), uintptr(c.stopped), 0, 0)
			}
		}
	}
}

// reap takes the news of all children and ends the init after the last.
//
//go:nosplit
//go:norace
func reap(c *child) {
	for {
		var status int32
		pid := raw(unix.SYS_WAIT4, ^uintptr(0), uintptr(unsafe.Pointer(&status)),
			unix.WNOHANG|unix.WUNTRACED|unix.WCONTINUED|unix.WALL, 0)
		if pid == -int(unix.ECHILD) {
			exit(0)
		}
		if pid <= 0 {
			return
		}
		if pid == c.first {
			report(ReportChild, int32(pid), status, 0, 0)
			follow(c, unix.WaitStatus(status))
		}
	}
}

// follow notes whether the first process is stopped, and makes the supervisor
// go on when it is not. The supervisor could not do that itself: once stopped
// it would not learn that the guest goes on.
//
//go:nosplit
//go:norace
func follow(c *child, status unix.WaitStatus) {
	const stopped, mask = 0x7f, 0xff
	if status&mask == stopped {
		c.stopped = uint32(status >> 8 & mask)
		return
	}
	c.stopped = 0
	if c.follow {
		raw(unix.SYS_KILL, uintptr(c.supervisor), uintptr(unix.SIGCONT), 0, 0)
	}
}

// killAll kills every child until none is left; the children of the dead
// become the init's own, so that each round reaches one generation more.
//
//go:nosplit
//go:norace
func killAll(c *child) {
	const children = 3
	for {
		n := raw(unix.SYS_PREAD64, children, uintptr(unsafe.Pointer(&c.buf)), uintptr(len(c.buf)), 0)
		pid := 0
		for i := 0; i < n; i++ {
			if d := c.buf[i]; d >= '0' && d <= '9' {
				pid = pid*10 + int(d-'0')
				continue
			}
			raw(unix.SYS_KILL, uintptr(pid), uintptr(unix.SIGKILL), 0, 0)
			pid = 0
		}
		var status int32
		r := raw(unix.SYS_WAIT4, ^uintptr(0), uintptr(unsafe.Pointer(&status)), unix.WALL, 0)
		if r == -int(unix.ECHILD) {
			exit(0)
		}
		if r == c.first {
			report(ReportChild, int32(r), status, 0, 0)
		}
	}
}

// firstMain is the first process up to its exec. It never returns.
//
//go:nosplit
//go:norace
func firstMain(c *child) {
	raw(unix.SYS_CLOSE, uintptr(c.lifelineHeld), 0, 0, 0)
	raw(unix.SYS_CLOSE, uintptr(c.gateHeld), 0, 0, 0)
	if raw(unix.SYS_READ, uintptr(c.gate), uintptr(unsafe.Pointer(&c.buf)), 1, 0) != 1 {
		exit(127) // nobody is left to open the gate
	}
	if c.dir != nil {
		check(c, stageDir, raw(unix.SYS_CHDIR, uintptr(unsafe.Pointer(c.dir)), 0, 0, 0))
	}
	placeFiles(c)
	if c.noNewPrivs {
		check(c, stageFilter, raw(unix.SYS_PRCTL, unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0))
	}
	resetSignals(c)
	check(c, stageFilter, installFilter(uintptr(c.filterFlags), uintptr(unsafe.Pointer(&c.prog))))
	// Not before: the listener may have needed a number above the limit.
	if c.nofile != nil {
		raw(unix.SYS_PRLIMIT64, 0, unix.RLIMIT_NOFILE, uintptr(unsafe.Pointer(c.nofile)), 0)
	}
	// The trap at the end of installFilter needs SIGTRAP as it is by default.
	if c.reset && (c.ignored|c.blocked)&trapBit != 0 {
		disposition(int(unix.SIGTRAP), c.ignored)
		setMask(c.blocked)
	}
	check(c, stageExec, raw(unix.SYS_EXECVE, uintptr(unsafe.Pointer(c.path)),
		uintptr(unsafe.Pointer(&c.argv[0])), uintptr(unsafe.Pointer(&c.env[0])), 0))
}

// placeFiles gives each descriptor of c.files its number: first all go above
// the highest number in use, then down to their places.
//
//go:nosplit
//go:norace
func placeFiles(c *child) {
	for i, fd := range c.files {
		if fd >= 0 && fd != i {
			n := raw(unix.SYS_FCNTL, uintptr(fd), unix.F_DUPFD_CLOEXEC, uintptr(c.next), 0)
			check(c, stageFiles, n)
			c.files[i] = n
		}
	}
	// The children's own pipe must not stand where a guest's file goes.
	if c.failure < len(c.files) {
		c.failure = raw(unix.SYS_FCNTL, uintptr(c.failure), unix.F_DUPFD_CLOEXEC, uintptr(c.next), 0)
	}
	for i, fd := range c.files {
		switch {
		case fd < 0:
			raw(unix.SYS_CLOSE, uintptr(i), 0, 0, 0)
		case fd == i:
			raw(unix.SYS_FCNTL, uintptr(i), unix.F_SETFD, 0, 0)
		default:
			check(c, stageFiles, raw(unix.SYS_DUP3, uintptr(fd), uintptr(i), 0, 0))
		}
	}
}

const trapBit = 1 << (unix.SIGTRAP - 1)

// resetSignals gives each signal its disposition and sets the mask, SIGTRAP
// apart. The supervisor's handlers must be gone before signals are let in.
//
//go:nosplit
//go:norace
func resetSignals(c *child) {
	for sig := 1; sig <= 64; sig++ {
		ignored := c.ignored
		if !c.reset {
			var old [4]uint64
			raw(unix.SYS_RT_SIGACTION, uintptr(sig), 0, uintptr(unsafe.Pointer(&old)), 8)
			ignored = 0
			if old[0] == 1 {
				ignored = 1 << (sig - 1)
			}
		}
		disposition(sig, ignored&^trapBit)
	}
	setMask(c.blocked &^ trapBit)
}

// disposition makes sig ignored if it is in the set, and default if not.
//
//go:nosplit
//go:norace
func disposition(sig int, ignored uint64) {
	var act [4]uint64
	act[0] = ignored >> (sig - 1) & 1
	raw(unix.SYS_RT_SIGACTION, uintptr(sig), uintptr(unsafe.Pointer(&act)), 0, 8)
}

//go:nosplit
//go:norace
func setMask(set uint64) {
	raw(unix.SYS_RT_SIGPROCMASK, unix.SIG_SETMASK, uintptr(unsafe.Pointer(&set)), 0, 8)
}

// check ends the first process, telling the supervisor why, if r is an error.
//
//go:nosplit
//go:norace
func check(c *child, at stage, r int) {
	if r >= 0 {
		return
	}
	failure := [failureSize / 4]int32{int32(at), int32(-r)}
	raw(unix.SYS_WRITE, uintptr(c.failure), uintptr(unsafe.Pointer(&failure)), failureSize, 0)
	exit(127)
}

//go:nosplit
//go:norace
func report(kind ReportKind, pid, status, signal, code int32) {
	r := [reportSize / 4]int32{int32(kind), pid, status, signal, code, 0}
	raw(unix.SYS_WRITE, 1, uintptr(unsafe.Pointer(&r)), reportSize, 0)
}

//go:nosplit
//go:norace
func open(path *byte) int {
	const atFDCWD = -100
	cwd := atFDCWD
	return raw(unix.SYS_OPENAT, uintptr(cwd), uintptr(unsafe.Pointer(path)), unix.O_RDONLY, 0)
}

//go:nosplit
//go:norace
func exit(code int) {
	for {
		raw(unix.SYS_EXIT_GROUP, uintptr(code), 0, 0, 0)
	}
}

// raw is a system call that returns its value or a negative errno.
//
//go:nosplit
//go:norace
func raw(trap, a, b, c, d uintptr) int {
	r, _, e := unix.RawSyscall6(trap, a, b, c, d, 0, 0)
	if e != 0 {
		return -int(e)
	}
	return int(r)
}

// installFilter installs the seccomp program and then traps, so that the
// tracer finds the listener's number, or a negative errno, in the register of
// the call's result. It returns that too.
//
//go:noescape
func installFilter(flags, prog uintptr) int
