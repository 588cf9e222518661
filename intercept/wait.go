package intercept

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/guest"
)

// mayWait reports whether a call may wait for others, so that a signal can
// rightly interrupt it. Where that depends on the file, or on what is there to
// be read, the answer is of now.
func mayWait(th *guest.Thread, s *abi.Syscall, a abi.Arch, args abi.Args) bool {
	if !s.Interruptible {
		return false
	}
	switch s.Name {
	case "socketcall":
		made, args := takeApart(th, a, args)
		return made == nil || mayWait(th, made, a, args)
	case "flock":
		return args[1]&(unix.LOCK_NB|unix.LOCK_UN) == 0
	case "fcntl", "fcntl64":
		const setlkw64, ofdSetlkw = 14, 38
		command := args.Int32(1)
		return command == unix.F_SETLKW || command == setlkw64 || command == ofdSetlkw
	case "futex", "futex_time64":
		return futexWaits(args[1])
	case "getrandom":
		return args[1] > 256 // random(4): fewer bytes come whole
	case "wait4", "waitpid":
		return args[2]&unix.WNOHANG == 0
	case "waitid":
		return args[3]&unix.WNOHANG == 0
	case "epoll_wait", "epoll_pwait":
		return args.Int32(3) != 0
	case "msgsnd":
		return args[3]&ipcNoWait == 0
	case "msgrcv":
		return args[4]&ipcNoWait == 0
	}
	switch s.Class {
	case abi.ClassDesc, abi.ClassFile:
		return fileWaits(th, s.ArgsOn(a), args) && (s.Returns != abi.KindBytes || transferWaits(th, s, a, args))
	case abi.ClassNetwork:
		return transferWaits(th, s, a, args)
	}
	return true
}

const ipcNoWait = 0o4000 // IPC_NOWAIT of sys/ipc.h

// takeApart returns the call that i386's socketcall(2) stands for, or nil.
func takeApart(th *guest.Thread, a abi.Arch, args abi.Args) (*abi.Syscall, abi.Args) {
	name := strings.ToLower(strings.TrimPrefix(abi.FlagSetOf("socketcall").Format(args[0], a), "SYS_"))
	if name == "send" {
		name = "sendto"
	} else if name == "recv" {
		name = "recvfrom"
	}
	s := abi.ByName(name)
	words := make([]byte, len(args)*a.PointerSize())
	n, err := th.Memory().ReadAt(words, args.Addr(1))
	if s == nil || err != nil && n == 0 {
		return nil, args
	}
	for i := range args { // those that the call does not have nobody looks at
		args[i] = uint64(binary.NativeEndian.Uint32(words[i*a.PointerSize():]))
	}
	return s, args
}

// fileWaits reports whether a call can wait for the file that it names. Reading,
// writing and opening a regular file or /dev/null never waits, nor does what
// is not there.
func fileWaits(th *guest.Thread, kinds []abi.Arg, args abi.Args) bool {
	file := fileOf(th, kinds, args)
	var st unix.Stat_t
	if file == "" {
		return true
	}
	if err := unix.Stat(file, &st); err != nil {
		return !errors.Is(err, unix.ENOENT)
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

// transferWaits reports whether a call that moves data by one descriptor would
// wait: not if it was told not to, nor if poll(2) says that it can be done.
func transferWaits(th *guest.Thread, s *abi.Syscall, a abi.Arch, args abi.Args) bool {
	var fds []int32
	all := false
	for i, k := range s.ArgsOn(a) {
		switch {
		case k.Kind == abi.KindFD:
			fds = append(fds, args.Int32(i))
		case k.Of == "msg" && args[i]&unix.MSG_DONTWAIT != 0:
			return false
		case k.Of == "msg":
			all = args[i]&unix.MSG_WAITALL != 0
		}
	}
	if len(fds) != 1 {
		return true // either of two may keep it waiting
	}
	own, err := copyFD(th.Process().ID, int(fds[0]))
	if err != nil {
		return !errors.Is(err, unix.EBADF)
	}
	defer unix.Close(own)
	if flags, err := unix.FcntlInt(uintptr(own), unix.F_GETFL, 0); err == nil && flags&unix.O_NONBLOCK != 0 {
		return false
	}
	need := transferNeeds(th, s, a, args)
	if all || need == 0 {
		return true
	}
	ready, _ := unix.Poll([]unix.PollFd{{Fd: int32(own), Events: need}}, 0)
	return ready == 0
}

// transferNeeds returns the event of poll(2) after which a call does not wait,
// or 0 if there is none.
func transferNeeds(th *guest.Thread, s *abi.Syscall, a abi.Arch, args abi.Args) int16 {
	// As much as a pipe takes whole once poll says so (pipe(7)).
	const whole = 4096
	for i, k := range s.ArgsOn(a) {
		switch {
		case k.Kind == abi.KindSockaddr && k.Dir == abi.Out && s.Returns == abi.KindFD, // accept
			k.Kind.Memory() && k.Dir&abi.Out != 0 && s.Returns == abi.KindBytes:
			return unix.POLLIN
		case k.Kind == abi.KindBuffer && k.Dir == abi.In && args[k.Len] <= whole,
			k.Kind == abi.KindIovec && k.Dir == abi.In && sizeOfVector(th, a, args.Addr(i), args[k.Len]) <= whole:
			return unix.POLLOUT
		case k.Kind.Memory():
			return 0
		}
	}
	return 0
}

// sizeOfVector returns how many bytes n iovecs stand for, or more than any can
// if that is unknown.
func sizeOfVector(th *guest.Thread, a abi.Arch, at abi.Addr, n uint64) (size uint64) {
	const most, unknown = 1024, 1 << 63
	if n > most {
		return unknown
	}
	word := a.PointerSize()
	vector := make([]byte, 2*word*int(n))
	if _, err := th.Memory().ReadAt(vector, at); err != nil {
		return unknown
	}
	for ; len(vector) > 0; vector = vector[2*word:] {
		if word == 4 {
			size += uint64(binary.NativeEndian.Uint32(vector[word:]))
		} else if n := binary.NativeEndian.Uint64(vector[word:]); n < unknown-size {
			size += n
		} else {
			return unknown
		}
	}
	return size
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
