package intercept

import (
	"fmt"
	"strings"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/guest"
	"penumbra/internal/sys"
)

// repairInterrupted mends a call that a signal took from the notify door before
// a worker had it. The kernel would let it fail with EINTR if the signal's
// handler so wants. That is right for a call that may wait: so it would have
// been, had the signal come a moment later. Any other is made again, as if the
// signal had come first.
func (t *tracer) repairInterrupted(tr *tracee) {
	if t.guest.notify == nil || !t.guest.notify.wanted {
		return
	}
	regs, arch, ok := t.endedBy(tr, abi.ERESTARTSYS)
	if !ok {
		return
	}
	s := abi.Lookup(arch, regs.Number())
	result := abi.ERESTARTNOINTR
	switch {
	case s == nil:
	case s.NeverRestarts:
		returnRest(tr.thread, s, arch, regs.Args())
		result = abi.ERESTARTNOHAND
	case mayWait(tr.thread, s, arch, regs.Args()):
		return
	}
	regs.SetResult(-int64(result))
	regs.Write(tr.thread)
}

// returnRest does what an interrupted sleep does beside failing: it says how
// much of its time is left, here all of it. A sleep that the kernel has begun
// does not come by here, for it ends with another error.
func returnRest(th *guest.Thread, s *abi.Syscall, a abi.Arch, args abi.Args) {
	const absolute = 1 // TIMER_ABSTIME
	var from, to abi.Addr
	switch {
	case s.Name == "nanosleep":
		from, to = args.Addr(0), args.Addr(1)
	case strings.HasPrefix(s.Name, "clock_nanosleep") && args[1]&absolute == 0:
		from, to = args.Addr(2), args.Addr(3)
	}
	if to == 0 || to == from {
		return
	}
	rest := make([]byte, 2*a.PointerSize())
	if strings.HasSuffix(s.Name, "_time64") {
		rest = make([]byte, 16)
	}
	// A bad address is none for the kernel either, until it has slept.
	if _, err := th.Memory().ReadAt(rest, from); err == nil {
		_, _ = th.Memory().WriteAt(rest, to)
	}
}

// endedBy returns the registers of a thread that is stopped at the end of a
// call whose result is the error e.
func (t *tracer) endedBy(tr *tracee, e abi.Errno) (regs *guest.Registers, arch abi.Arch, ok bool) {
	regs, err := guest.ReadRegisters(tr.thread, arches[0])
	if err != nil || regs.Number() < 0 || int32(regs.Result()) != -int32(e) {
		return nil, 0, false
	}
	if sys.GetSyscallInfo(tr.thread.ID(), &t.info) != nil {
		return nil, 0, false
	}
	if arch, ok = abi.ArchOfAudit(t.info.Arch); !ok {
		return nil, 0, false
	}
	regs, err = guest.ReadRegisters(tr.thread, arch)
	return regs, arch, err == nil
}

// mayWait reports whether a call may wait for others, so that a signal can
// rightly interrupt it. Reading, writing and opening a regular file or
// /dev/null never does.
func mayWait(th *guest.Thread, s *abi.Syscall, a abi.Arch, args abi.Args) bool {
	if !s.Interruptible {
		return false
	}
	switch s.Name {
	case "flock":
		return true
	case "fcntl", "fcntl64":
		const setlkw64, ofdSetlkw = 14, 38
		command := args.Int32(1)
		return command == unix.F_SETLKW || command == setlkw64 || command == ofdSetlkw
	case "futex", "futex_time64":
		return futexWaits(args[1])
	case "getrandom":
		return args[1] > 256 // random(4): fewer bytes come whole
	}
	if s.Class != abi.ClassDesc && s.Class != abi.ClassFile {
		return true
	}
	file := fileOf(th, s.ArgsOn(a), args)
	var st unix.Stat_t
	if file == "" || unix.Stat(file, &st) != nil {
		return true
	}
	switch st.Mode & unix.S_IFMT {
	case unix.S_IFREG, unix.S_IFDIR, unix.S_IFBLK:
		return false
	case unix.S_IFCHR:
		const memory = 1 // /dev/null and its like (Documentation/admin-guide/devices.txt)
		return unix.Major(st.Rdev) != memory
	}
	return true
}

// futexWaits reports whether an operation of futex(2) is one that waits.
func futexWaits(operation uint64) bool {
	const flags = 128 | 256 // private, realtime
	const wait, lockPI, waitBitset, waitRequeuePI, lockPI2 = 0, 6, 9, 11, 13
	switch operation &^ flags {
	case wait, lockPI, waitBitset, waitRequeuePI, lockPI2:
		return true
	}
	return false
}

// fileOf returns a name by which the supervisor reaches the file that a call's
// first descriptor or path names, or "".
func fileOf(th *guest.Thread, kinds []abi.Arg, args abi.Args) string {
	start := fmt.Sprintf("/proc/%d/cwd", th.ID())
	for i, k := range kinds {
		switch k.Kind {
		case abi.KindFD:
			return fmt.Sprintf("/proc/%d/fd/%d", th.ID(), args.Int32(i))
		case abi.KindDirFD:
			if fd := args.Int32(i); fd != unix.AT_FDCWD {
				start = fmt.Sprintf("/proc/%d/fd/%d", th.ID(), fd)
			}
		case abi.KindPath:
			path, err := th.Memory().String(args.Addr(i), unix.PathMax)
			switch {
			case err != nil:
				return ""
			case path != "" && path[0] == '/':
				return fmt.Sprintf("/proc/%d/root%s", th.ID(), path)
			}
			return start + "/" + path
		}
	}
	return ""
}
