package launch

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// firstMain is the first process up to its exec. It never returns.
//
//go:nosplit
//go:norace
//go:nocheckptr
func firstMain(c *child) {
	raw(unix.SYS_CLOSE, uintptr(c.lifelineHeld), 0, 0, 0)
	raw(unix.SYS_CLOSE, uintptr(c.gateHeld), 0, 0, 0)
	var open byte
	if raw(unix.SYS_READ, uintptr(c.gate), uintptr(unsafe.Pointer(&open)), 1, 0) != 1 {
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
	for i := range c.limits {
		l := &c.limits[i]
		raw(unix.SYS_PRLIMIT64, 0, uintptr(l.Resource), uintptr(unsafe.Pointer(&l.Rlimit)), 0)
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
//go:nocheckptr
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
//go:nocheckptr
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
//go:nocheckptr
func disposition(sig int, ignored uint64) {
	var act [4]uint64
	act[0] = ignored >> (sig - 1) & 1
	raw(unix.SYS_RT_SIGACTION, uintptr(sig), uintptr(unsafe.Pointer(&act)), 0, 8)
}

//go:nosplit
//go:norace
//go:nocheckptr
func setMask(set uint64) {
	raw(unix.SYS_RT_SIGPROCMASK, unix.SIG_SETMASK, uintptr(unsafe.Pointer(&set)), 0, 8)
}

// check ends the first process, telling the supervisor why, if r is an error.
//
//go:nosplit
//go:norace
//go:nocheckptr
func check(c *child, at stage, r int) {
	if r >= 0 {
		return
	}
	failure := [failureSize / 4]int32{int32(at), int32(-r)}
	raw(unix.SYS_WRITE, uintptr(c.failure), uintptr(unsafe.Pointer(&failure)), failureSize, 0)
	exit(127)
}

// installFilter installs the seccomp program and then traps, so that the
// tracer finds the listener's number, or a negative errno, in the register of
// the call's result. It returns that too.
//
//go:noescape
func installFilter(flags, prog uintptr) int
