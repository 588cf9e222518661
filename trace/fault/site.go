package fault

import (
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/trace"
)

// A site is a call that weather may strike, with what has to be known of it to
// say which kinds of weather may.
type site struct {
	plan *Plan
	call *trace.Call
	draw uint64 // chooses among lengths and times
	fds  []descriptor
	cut  cut // what a short transfer would be
}

// descriptor is an argument of a call.
type descriptor struct {
	fd int32
	file
	written bool // the call writes to it
}

func (p *Plan) survey(c *trace.Call, draw uint64) *site {
	s := &site{plan: p, call: c, draw: draw}
	writes := false
	for i, a := range c.Syscall.ArgsOn(c.Arch) {
		switch {
		case a.Kind == abi.KindFD:
			fd := c.Args.Int32(i)
			s.fds = append(s.fds, descriptor{fd, inspect(c.Thread, fd), strings.Contains(a.Name, "out")})
		case a.Dir == abi.In && (a.Kind == abi.KindBuffer || a.Kind == abi.KindIovec):
			writes = true
		}
	}
	if writes || c.Syscall.Name == "sendmsg" {
		s.fds[0].written = true
	}
	return s
}

// allows reports whether a kind of weather may strike.
func (s *site) allows(k kind) bool {
	switch k {
	case kindShort:
		return s.mayBeShort() && !s.loads()
	case kindEINTR:
		if s.plan.chaos.regardless {
			return !s.loads()
		}
		return s.waits() && s.plan.interruptible(s.call)
	case kindEAGAIN:
		return s.mayBeAgain()
	case kindENOSPC:
		return s.has(func(d descriptor) bool { return d.kind == regular && d.written })
	case kindEIO:
		return s.has(func(d descriptor) bool { return d.kind == regular }) && !s.loads()
	}
	return true
}

// strike brings the weather of a kind that is allowed.
func (s *site) strike(k kind) (Fault, *hit) {
	var f Fault
	var short cut
	switch k {
	case kindShort:
		short = s.cut
		f = Fault{Rewritten: true, Number: short.number, Args: short.args}
	case kindEINTR:
		f = Fault{Faked: true, Err: abi.EINTR}
	case kindEAGAIN:
		f = Fault{Faked: true, Err: abi.EAGAIN}
	case kindENOSPC:
		f = Fault{Faked: true, Err: abi.ENOSPC}
	case kindEIO:
		f = Fault{Faked: true, Err: abi.EIO}
	case kindDelay:
		d := minPause + time.Duration(lengthFrom(s.draw, delaySteps))*time.Microsecond
		if s.draw&1 == 0 {
			f.Before = d
		} else {
			f.After = d
		}
	}
	return f, newHit(s.call, f, short)
}

func (s *site) has(property func(descriptor) bool) bool {
	for _, d := range s.fds {
		if property(d) {
			return true
		}
	}
	return false
}

// loads reports whether the call belongs to the loading of a program.
func (s *site) loads() bool {
	if openCalls().Has(s.call.Syscall) {
		return loading(s.call)
	}
	var read []int32
	for _, d := range s.fds {
		if d.kind == regular && !d.written {
			read = append(read, d.fd)
		}
	}
	return loadsProgram(s.call, read)
}

// mayBeShort reports whether the call may move fewer bytes than it asks for,
// and prepares for that.
func (s *site) mayBeShort() bool {
	const harmless = unix.MSG_DONTWAIT | unix.MSG_NOSIGNAL | unix.MSG_CMSG_CLOEXEC | unix.MSG_MORE
	t, ok := transferOf(s.call)
	if !ok || t.size < 2 || s.messageFlags()&^harmless != 0 {
		return false
	}
	if s.has(func(d descriptor) bool { return s.keepsWhole(d, t.size) }) {
		return false
	}
	s.cut, ok = t.cutTo(lengthFrom(s.draw, t.size))
	return ok
}

// keepsWhole reports whether d moves size bytes at once, if it has them.
func (s *site) keepsWhole(d descriptor, size uint64) bool {
	switch {
	case d.kind == other || d.kind == datagram || d.flags&unix.O_DIRECT != 0:
		return true
	case d.kind == pipe && (d.written && size <= pipeBuf || !d.written && size <= posixPipeBuf):
		return true
	case d.nonblocking() && edgeTriggered(s.call.Thread, d.fd):
		return true
	case s.plan.chaos.regardless || len(s.fds) > 1:
		return false // sendfile(2) and its like promise nothing
	case d.kind == regular:
		// No signal interrupts it, but its file system may run full at any time.
		return !d.written
	}
	return d.written && !d.nonblocking() && !s.dontWait() && s.plan.handled(s.call) == 0
}

// mayBeAgain reports whether the call may say that it would have to wait.
func (s *site) mayBeAgain() bool {
	here := s.has(descriptor.nonblocking) || s.dontWait()
	return here && !s.has(func(d descriptor) bool { return edgeTriggered(s.call.Thread, d.fd) })
}

// waits reports whether the call could wait until a signal comes.
func (s *site) waits() bool {
	switch c := s.call; {
	case s.dontWait():
		return false
	case strings.HasPrefix(c.Syscall.Name, "fcntl"):
		const setlkw64 = 14 // i386's
		command := c.Args.Int32(1)
		return command == unix.F_SETLKW || command == unix.F_OFD_SETLKW || command == setlkw64
	case waitCalls().Has(c.Syscall):
		return true
	}
	return s.has(descriptor.slow)
}

// dontWaits are the flags by which a call is told not to wait.
var dontWaits = map[string]struct {
	arg  int
	flag uint64
}{
	"wait4": {2, unix.WNOHANG}, "waitpid": {2, unix.WNOHANG}, "waitid": {3, unix.WNOHANG},
	"flock":  {1, unix.LOCK_NB},
	"msgsnd": {3, ipcNoWait}, "msgrcv": {4, ipcNoWait},
	"splice": {5, unix.SPLICE_F_NONBLOCK}, "tee": {3, unix.SPLICE_F_NONBLOCK},
	"preadv2": {5, unix.RWF_NOWAIT}, "pwritev2": {5, unix.RWF_NOWAIT},
	"recvfrom": {3, unix.MSG_DONTWAIT}, "sendto": {3, unix.MSG_DONTWAIT},
	"recvmsg": {2, unix.MSG_DONTWAIT}, "sendmsg": {2, unix.MSG_DONTWAIT},
	"recvmmsg": {3, unix.MSG_DONTWAIT}, "recvmmsg_time64": {3, unix.MSG_DONTWAIT}, "sendmmsg": {3, unix.MSG_DONTWAIT},
}

const ipcNoWait = 04000 // IPC_NOWAIT of msgop(2)

func (s *site) dontWait() bool {
	d, ok := dontWaits[s.call.Syscall.Name]
	return ok && s.call.Args[d.arg]&d.flag != 0
}

// messageFlags returns the MSG_ flags of a call on sockets, and 0 of others.
func (s *site) messageFlags() uint64 {
	for i, a := range s.call.Syscall.ArgsOn(s.call.Arch) {
		if a.Of == "msg" {
			return uint64(uint32(s.call.Args[i]))
		}
	}
	return 0
}
