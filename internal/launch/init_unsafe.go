package launch

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"

	"penumbra/internal/sys"
)

// startInit clones the init and returns its process id.
//
//go:norace
//go:nocheckptr
func startInit(c *child) (pid int, errno unix.Errno) {
	syscall.ForkLock.Lock()
	sys.BeforeFork()                                             // blocks all signals, in the child for good
	r := clone(unix.CLONE_VM, c.initStack.top(), c, c.initEntry) // no SIGCHLD: see sys.Wait
	sys.AfterFork()
	syscall.ForkLock.Unlock()
	if r < 0 {
		return 0, unix.Errno(-r)
	}
	return r, 0
}

// initMain is the life of the init. It never returns.
//
//go:nosplit
//go:norace
//go:nocheckptr
func initMain(c *child) {
	first := clone(unix.CLONE_VM|uintptr(unix.SIGCHLD), c.firstStack.top(), c, c.firstEntry)
	// From here on: 0 is the lifeline, 1 takes the reports, 2 gives the
	// signals, 3 lists the children.
	raw(unix.SYS_DUP3, uintptr(c.lifeline), 0, 0, 0)
	raw(unix.SYS_DUP3, uintptr(c.reports), 1, 0, 0)
	need(c, first)
	c.first = first
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
//go:nocheckptr
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
//go:nocheckptr
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
//go:nocheckptr
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
//go:nocheckptr
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
// go on when it no longer is. The supervisor could not do that itself: once
// stopped it would not learn that the guest goes on.
//
//go:nosplit
//go:norace
//go:nocheckptr
func follow(c *child, status unix.WaitStatus) {
	const stopped, mask = 0x7f, 0xff
	if status&mask == stopped {
		c.stopped = uint32(status >> 8 & mask)
		return
	}
	was := c.stopped
	c.stopped = 0
	if was != 0 && c.follow {
		raw(unix.SYS_KILL, uintptr(c.supervisor), uintptr(unix.SIGCONT), 0, 0)
	}
}

// killAll kills every child until none is left; the children of the dead
// become the init's own, so that each round reaches one generation more.
//
//go:nosplit
//go:norace
//go:nocheckptr
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

//go:nosplit
//go:norace
//go:nocheckptr
func report(kind ReportKind, pid, status, signal, code int32) {
	r := [reportSize / 4]int32{int32(kind), pid, status, signal, code, 0}
	raw(unix.SYS_WRITE, 1, uintptr(unsafe.Pointer(&r)), reportSize, 0)
}

//go:nosplit
//go:norace
//go:nocheckptr
func open(path *byte) int {
	const atFDCWD = -100
	cwd := atFDCWD
	return raw(unix.SYS_OPENAT, uintptr(cwd), uintptr(unsafe.Pointer(path)), unix.O_RDONLY, 0)
}
