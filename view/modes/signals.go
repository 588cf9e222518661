package modes

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/guest"
	"penumbra/intercept"
	"penumbra/internal/sys"
	"penumbra/mode"
)

// In a mapped mode the ids of processes are the guest's: a call that names another
// process, or a group without one of the guest's, fails with ESRCH, and a signal to
// several processes reaches those of the guest alone. So none of Penumbra's own can be
// signalled, stopped or looked at, though they share the guest's group.

// reach returns what looks at the process that a call names, or nil if it names none.
func reach(s *abi.Syscall) func(*Policy, *intercept.Call, mode.Mode) intercept.Verdict {
	if s.Axis == abi.AxisOwn {
		return nil
	}
	switch s.Name {
	case "kill":
		return (*Policy).kill
	case "fcntl", "fcntl64":
		return (*Policy).setOwner
	case "ioctl":
		return (*Policy).setOwnerOf
	case "pidfd_send_signal", "pidfd_getfd", "process_madvise", "process_mrelease":
		return (*Policy).byPidfd
	case "getpriority", "setpriority", "ioprio_get", "ioprio_set":
		return (*Policy).ofSeveral
	}
	var ids []int
	for i, a := range s.Args {
		switch {
		case a.Kind == abi.KindPid, a.Kind == abi.KindTid, a.Kind == abi.KindPgid && s.Name == "setpgid":
			ids = append(ids, i)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	return func(p *Policy, c *intercept.Call, m mode.Mode) intercept.Verdict {
		for _, i := range ids {
			id := int(c.Args.Int32(i))
			isGroup := c.Syscall.Args[i].Kind == abi.KindPgid
			switch {
			case !m.Mapped || id <= 0 || isGroup && p.hasGroup(id) || p.isGuests(id) || asksOfParent(c, id):
			case isGroup:
				return intercept.Fail(abi.EPERM) // setpgid(2)
			default:
				return intercept.Fail(abi.ESRCH)
			}
		}
		return intercept.Run
	}
}

// asksOfParent reports whether a call only asks something of the caller's parent, who
// may be Penumbra's: a program may know it by getppid(2).
func asksOfParent(c *intercept.Call, id int) bool {
	switch c.Syscall.Name {
	case "getpgid", "getsid", "getpriority", "ioprio_get",
		"sched_getaffinity", "sched_getattr", "sched_getparam", "sched_getscheduler", "sched_rr_get_interval", "sched_rr_get_interval_time64":
		return id == parentOf(c.Thread.Process().ID)
	}
	return false
}

// isGuests reports whether a process or thread is the guest's, also one that has
// ended and was not waited for.
func (p *Policy) isGuests(id int) bool {
	if p.knows(id) {
		return true
	}
	s, err := guest.ReadStatus(id)
	if err != nil {
		return false
	}
	if s.State == 'Z' || s.State == 'X' {
		return p.knows(s.Parent) || p.knows(s.Group)
	}
	// Its first thread may have ended before others.
	tasks, _ := os.ReadDir(fmt.Sprintf("/proc/%d/task", s.Group))
	for _, t := range tasks {
		if tid, err := strconv.Atoi(t.Name()); err == nil && p.knows(tid) {
			return true
		}
	}
	return false
}

func (p *Policy) knows(tid int) bool {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.threads[tid] != nil
}

// processes returns the ids of the guest's processes.
func (p *Policy) processes() map[int]bool {
	p.mu.RLock()
	threads := make([]*guest.Thread, 0, len(p.threads))
	for _, t := range p.threads {
		threads = append(threads, t.Thread)
	}
	p.mu.RUnlock()
	all := map[int]bool{}
	for _, t := range threads {
		all[t.Process().ID] = true
	}
	return all
}

// inGroup returns the guest's processes of a group.
func (p *Policy) inGroup(group int) (all []int) {
	for pid := range p.processes() {
		if g, err := unix.Getpgid(pid); err == nil && g == group {
			all = append(all, pid)
		}
	}
	return all
}

func (p *Policy) hasGroup(group int) bool { return len(p.inGroup(group)) > 0 }

// kill answers kill(2). What reaches one process is the kernel's; signals to
// several are sent here, one by one, so that they reach no others.
func (p *Policy) kill(c *intercept.Call, m mode.Mode) intercept.Verdict {
	to := int(c.Args.Int32(0))
	self := c.Thread.Process().ID
	var targets []int
	switch {
	case !m.Mapped:
		return intercept.Run
	case to > 0:
		// A process may ask whether its parent lives, who may be Penumbra's.
		if p.isGuests(to) || c.Args.Int32(1) == 0 && to == parentOf(self) {
			return intercept.Run
		}
		return intercept.Fail(abi.ESRCH)
	case to == -1:
		for pid := range p.processes() {
			if pid != self {
				targets = append(targets, pid)
			}
		}
	case to == -1<<31:
		return intercept.Run // which is ESRCH
	default:
		group := -to
		if to == 0 {
			if group, _ = unix.Getpgid(self); group == 0 {
				return intercept.Run // it has died
			}
		}
		if targets = p.inGroup(group); len(targets) > 0 && group != unix.Getpgrp() {
			return intercept.Run // it is the guest's alone, who made it
		}
	}
	if len(targets) == 0 {
		return intercept.Fail(abi.ESRCH)
	}
	return p.signal(c, targets, unix.Signal(c.Args.Int32(1)))
}

func parentOf(pid int) int {
	s, err := guest.ReadStatus(pid)
	if err != nil {
		return 0
	}
	return s.Parent
}

// signal sends a signal to several processes in the name of the caller. It succeeds
// if it may be sent to one of them (kill(2)). The caller's own process is the last:
// the signal may end it.
func (p *Policy) signal(c *intercept.Call, targets []int, s unix.Signal) intercept.Verdict {
	who, err := guest.ReadStatus(c.Thread.ID())
	if err != nil {
		return intercept.Run // it has died
	}
	self, sent, refused := c.Thread.Process().ID, false, false
	deliver := func(pid int) {
		to, err := guest.ReadStatus(pid)
		if err == nil && !who.MaySignal(to) {
			refused = true
			return
		}
		err = sys.QueueSignal(pid, s, self, uint32(who.User))
		sent = sent || err == nil
		refused = refused || errors.Is(err, unix.EPERM)
	}
	own := false
	for _, pid := range targets {
		if pid == self {
			own = true
		} else {
			deliver(pid)
		}
	}
	if own {
		deliver(self)
	}
	switch {
	case sent:
		return intercept.Skip(0)
	case refused:
		return intercept.Fail(abi.EPERM)
	}
	return intercept.Fail(abi.EINVAL) // there is no such signal
}

// setOwner answers F_SETOWN and F_SETOWN_EX: signals of a file go to processes of
// the guest alone.
func (p *Policy) setOwner(c *intercept.Call, m mode.Mode) intercept.Verdict {
	const setOwn, setOwnEx, group = 8, 15, 2 // F_SETOWN, F_SETOWN_EX, F_OWNER_PGRP; asm-generic/fcntl.h
	if !m.Mapped {
		return intercept.Run
	}
	id, isGroup := int(c.Args.Int32(2)), false
	switch c.Args.Int32(1) {
	case setOwn:
		if id < 0 {
			id, isGroup = -id, true
		}
	case setOwnEx:
		var b [8]byte // struct f_owner_ex: type, pid
		if _, err := c.Memory().ReadAt(b[:], c.Args.Addr(2)); err != nil {
			return intercept.Run // which is EFAULT
		}
		id, isGroup = int(int32(binary.LittleEndian.Uint32(b[4:]))), binary.LittleEndian.Uint32(b[:]) == group
	default:
		return intercept.Run
	}
	if id > 0 && !(isGroup && p.hasGroup(id) || !isGroup && p.isGuests(id)) {
		return intercept.Fail(abi.ESRCH)
	}
	return intercept.Run
}

// setOwnerOf does the same for the requests of ioctl(2) that set the owner of a socket.
func (p *Policy) setOwnerOf(c *intercept.Call, m mode.Mode) intercept.Verdict {
	const fileOwner, socketOwner = 0x8901, 0x8902 // FIOSETOWN, SIOCSPGRP; asm-generic/sockios.h
	if request := uint32(c.Args[1]); !m.Mapped || request != fileOwner && request != socketOwner {
		return intercept.Run
	}
	var b [4]byte
	if _, err := c.Memory().ReadAt(b[:], c.Args.Addr(2)); err != nil {
		return intercept.Run // which is EFAULT
	}
	id := int(int32(binary.LittleEndian.Uint32(b[:])))
	if id > 0 && !p.isGuests(id) || id < 0 && !p.hasGroup(-id) {
		return intercept.Fail(abi.ESRCH)
	}
	return intercept.Run
}

// byPidfd answers calls whose first argument is a descriptor of a process, which may
// have been handed to the guest from outside.
func (p *Policy) byPidfd(c *intercept.Call, m mode.Mode) intercept.Verdict {
	if !m.Mapped {
		return intercept.Run
	}
	b, err := sys.ReadProc(c.Thread.ID(), fmt.Sprint("fdinfo/", c.Args.Int32(0)))
	if err != nil {
		return intercept.Run // which is EBADF
	}
	for line := range strings.Lines(string(b)) {
		text, ok := strings.CutPrefix(line, "Pid:")
		if id, err := strconv.Atoi(strings.TrimSpace(text)); ok && err == nil && id > 0 && !p.isGuests(id) {
			return intercept.Fail(abi.ESRCH)
		}
	}
	return intercept.Run
}

// ofSeveral answers calls whose first argument says whether the second is a process,
// a group or a user (getpriority(2) numbers them from 0, ioprio_get(2) from 1).
func (p *Policy) ofSeveral(c *intercept.Call, m mode.Mode) intercept.Verdict {
	which, id := int(c.Args.Int32(0)), int(c.Args.Int32(1))
	if strings.HasPrefix(c.Syscall.Name, "ioprio") {
		which--
	}
	if !m.Mapped || id <= 0 {
		return intercept.Run
	}
	if which == unix.PRIO_PROCESS && !p.isGuests(id) && !asksOfParent(c, id) || which == unix.PRIO_PGRP && !p.hasGroup(id) {
		return intercept.Fail(abi.ESRCH)
	}
	return intercept.Run
}
