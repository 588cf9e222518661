package abi_test

import (
	"errors"
	"io/fs"
	"strings"
	"syscall"
	"testing"

	"penumbra/abi"
)

func TestErrno(t *testing.T) {
	for _, test := range []struct {
		errno      abi.Errno
		name, text string
	}{
		{abi.ENOENT, "ENOENT", "No such file or directory"},
		{abi.EAGAIN, "EAGAIN", "Resource temporarily unavailable"},
		{abi.EHWPOISON, "EHWPOISON", "Memory page has hardware error"},
		{abi.ERESTARTSYS, "ERESTARTSYS", "interrupted; restarted if the handler has SA_RESTART"},
		{abi.Errno(41), "errno 41", "errno 41"},
		{abi.Errno(-1), "errno -1", "errno -1"},
		{abi.Errno(4095), "errno 4095", "errno 4095"},
	} {
		if got := test.errno.Name(); got != test.name {
			t.Errorf("name of %d: %q, want %q", int(test.errno), got, test.name)
		}
		if got := test.errno.Error(); got != test.text {
			t.Errorf("text of %d: %q, want %q", int(test.errno), got, test.text)
		}
	}
}

func TestErrnoByName(t *testing.T) {
	for name, want := range map[string]abi.Errno{
		"EPERM": abi.EPERM, "EWOULDBLOCK": abi.EAGAIN, "ENOTSUP": abi.EOPNOTSUPP, "EDEADLOCK": abi.EDEADLK,
		"ERESTARTSYS": 512, "ERESTARTNOINTR": 513, "ERESTARTNOHAND": 514, "ERESTART_RESTARTBLOCK": 516,
	} {
		if got, ok := abi.ErrnoByName(name); !ok || got != want {
			t.Errorf("%s is %d, %t, want %d", name, int(got), ok, int(want))
		}
	}
	for _, name := range []string{"", "ENONESUCH", "enoent"} {
		if got, ok := abi.ErrnoByName(name); ok {
			t.Errorf("%q is %d", name, int(got))
		}
	}
}

func TestErrnoIs(t *testing.T) {
	for _, target := range []error{fs.ErrPermission, fs.ErrExist, fs.ErrNotExist, errors.ErrUnsupported, syscall.EINTR} {
		for n := range 134 {
			if got, want := errors.Is(abi.Errno(n), target), errors.Is(syscall.Errno(n), target); got != want {
				t.Errorf("errors.Is(%s, %v) = %t, want %t", abi.Errno(n).Name(), target, got, want)
			}
		}
	}
}

func TestSignals(t *testing.T) {
	for s, name := range map[abi.Signal]string{
		1: "SIGHUP", 2: "SIGINT", 17: "SIGCHLD", 29: "SIGIO", 31: "SIGSYS", 32: "SIGRTMIN",
		33: "SIGRT_1", 35: "SIGRT_3", 64: "SIGRT_32", 0: "0", 65: "65", -3: "-3",
	} {
		if got := s.Name(); got != name {
			t.Errorf("name of %d: %s, want %s", int(s), got, name)
		}
	}
	for s := abi.SIGHUP; s <= abi.SIGRTMAX; s++ {
		if got, ok := abi.SignalByName(s.Name()); !ok || got != s {
			t.Errorf("%s is %d, %t, want %d", s.Name(), int(got), ok, int(s))
		}
	}
	for name, want := range map[string]abi.Signal{
		"INT": 2, "SIGIOT": 6, "SIGPOLL": 29, "SIGRTMAX": 64, "RTMIN+3": 35, "SIGRTMAX-1": 63, "SIGRT_0": 32,
	} {
		if got, ok := abi.SignalByName(name); !ok || got != want {
			t.Errorf("%s is %d, %t, want %d", name, int(got), ok, int(want))
		}
	}
	for _, name := range []string{"", "SIG", "SIGNONE", "SIGRT_33", "SIGRT_x", "SIGRTMAX-33", "SIGRT_", "int"} {
		if got, ok := abi.SignalByName(name); ok {
			t.Errorf("%q is %d", name, int(got))
		}
	}
}

func TestParseErrno(t *testing.T) {
	for _, test := range []struct {
		word string
		want abi.Errno
		err  string
	}{
		{"EIO", abi.EIO, ""},
		{"eio", abi.EIO, ""},
		{"EWOULDBLOCK", abi.EAGAIN, ""},
		{"5", abi.EIO, ""},
		{"4095", 4095, ""},
		{"0", 0, "0 is no error number: they are 1 to 4095"},
		{"4096", 0, "4096 is no error number"},
		{"-5", 0, "-5 is no error number"},
		{"ENOSPACE", 0, `no error is named "ENOSPACE" (did you mean ENOSPC?)`},
		{"", 0, `no error is named ""`},
	} {
		got, err := abi.ParseErrno(test.word)
		if got != test.want || !says(err, test.err) {
			t.Errorf("%q: %v, error %v", test.word, got, err)
		}
	}
}

func TestParseSignal(t *testing.T) {
	for _, test := range []struct {
		word string
		want abi.Signal
		err  string
	}{
		{"SIGUSR1", abi.SIGUSR1, ""},
		{"usr1", abi.SIGUSR1, ""},
		{"sigrt_3", abi.SIGRTMIN + 3, ""},
		{"64", abi.SIGRTMAX, ""},
		{"0", 0, "0 is no signal: they are 1 to 64"},
		{"65", 0, "65 is no signal"},
		{"SIGUSR3", 0, `no signal is named "SIGUSR3" (did you mean SIGUSR1?)`},
		{"kil", 0, `no signal is named "SIGKIL" (did you mean SIGKILL?)`},
		{"", 0, `no signal is named "SIG"`},
	} {
		got, err := abi.ParseSignal(test.word)
		if got != test.want || !says(err, test.err) {
			t.Errorf("%q: %v, error %v", test.word, got, err)
		}
	}
}

// says reports whether err says text, or is nil if there is none.
func says(err error, text string) bool {
	if text == "" {
		return err == nil
	}
	return err != nil && strings.Contains(err.Error(), text)
}

func TestFlagFormat(t *testing.T) {
	for _, test := range []struct {
		set  string
		arch abi.Arch
		v    uint64
		want string
	}{
		{"open", abi.AMD64, 0, "O_RDONLY"},
		{"open", abi.AMD64, 0x80000, "O_RDONLY|O_CLOEXEC"},
		{"open", abi.AMD64, 0x241, "O_WRONLY|O_CREAT|O_TRUNC"},
		{"open", abi.AMD64, 0x10000, "O_RDONLY|O_DIRECTORY"},
		{"open", abi.ARM64, 0x4000, "O_RDONLY|O_DIRECTORY"},
		{"open", abi.ARM64, 0x10000, "O_RDONLY|O_DIRECT"},
		{"open", abi.AMD64, 0x410002, "O_RDWR|O_TMPFILE"},
		{"open", abi.AMD64, 0x101001, "O_WRONLY|O_SYNC"},
		{"open", abi.AMD64, 0x1001, "O_WRONLY|O_DSYNC"},
		{"open", abi.AMD64, 3, "O_ACCMODE"},
		{"open", abi.AMD64, 0x40000000, "O_RDONLY|0x40000000"},
		{"open", abi.AMD64, 0xffffffff00080000, "O_RDONLY|O_CLOEXEC"},
		{"prot", abi.AMD64, 0, "PROT_NONE"},
		{"prot", abi.I386, 3, "PROT_READ|PROT_WRITE"},
		{"mmap", abi.AMD64, 0x62, "MAP_PRIVATE|MAP_ANONYMOUS|MAP_32BIT"},
		{"mmap", abi.ARM64, 0x62, "MAP_PRIVATE|MAP_ANONYMOUS|0x40"},
		{"access", abi.AMD64, 0, "F_OK"},
		{"access", abi.AMD64, 6, "R_OK|W_OK"},
		{"clone", abi.AMD64, 0x1200011, "CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD"},
		{"clone", abi.AMD64, 0x100, "CLONE_VM"},
		{"rusage", abi.AMD64, ^uint64(0), "RUSAGE_CHILDREN"},
		{"rusage", abi.AMD64, 0xffffffff, "RUSAGE_CHILDREN"},
		{"ipc", abi.AMD64, 01600, "IPC_CREAT|0600"},
		{"mode", abi.AMD64, 0100644, "S_IFREG|0644"},
		{"futex", abi.AMD64, 129, "FUTEX_WAKE_PRIVATE"},
		{"sol", abi.AMD64, 1, "SOL_SOCKET"},
		{"wait", abi.AMD64, 0, "0"},
		{"clone3", abi.AMD64, 1 << 32, "CLONE_CLEAR_SIGHAND"},
		{"ioctl", abi.I386, 0x80046601, "FS_IOC_GETFLAGS"},
		{"ioctl", abi.AMD64, 0x5401, "TCGETS"},
		{"clock", abi.AMD64, 77, "0x4d"},
		{"memfd", abi.AMD64, 21<<26 | 0x104, "MFD_HUGETLB|0x100|21<<MFD_HUGE_SHIFT"},
		{"swap", abi.AMD64, 0x8005, "SWAP_FLAG_PREFER|5"},
		{"mode", abi.AMD64, 0104005, "S_IFREG|S_ISUID|005"},
	} {
		if got := abi.FlagSetOf(test.set).Format(test.v, test.arch); got != test.want {
			t.Errorf("%s %#x on %s: %s, want %s", test.set, test.v, test.arch, got, test.want)
		}
	}
}

// TestFlagAppend formats what has no name as strace does.
func TestFlagAppend(t *testing.T) {
	for _, test := range []struct {
		set  string
		v    uint64
		want string
	}{
		{"open", 0x40000002, "O_RDWR|0x40000000"},
		{"clock", 77, "0x4d /* CLOCK_??? */"},
		{"mremap", 8, "0x8 /* MREMAP_??? */"},
		{"mremap", 9, "MREMAP_MAYMOVE|0x8"},
		{"mremap", 0, "0"},
		{"mmap", 0x1f, "0xf /* MAP_??? */|MAP_FIXED"},
		{"access", 8, "0x8 /* ?_OK */"},
		{"unnamed", 5, "0x5"},
	} {
		got := string(abi.FlagSetOf(test.set).Append([]byte("="), test.v, abi.AMD64))
		if got != "="+test.want {
			t.Errorf("%s %#x: %s, want %s", test.set, test.v, got[1:], test.want)
		}
	}
}

// TestFlagsParseBack formats each value and each pair of values of each set.
func TestFlagsParseBack(t *testing.T) {
	for _, set := range abi.FlagSets() {
		for _, a := range arches {
			for bit := range 64 {
				v := uint64(1) << bit
				if bit >= 32 && set.Format(v, a) == set.Format(0, a) {
					continue // a set of 32 bits
				}
				got, err := set.Parse(set.Format(v, a), a)
				if err != nil || got != v {
					t.Errorf("%s %#x on %s: %s, parsed as %#x, %v", set.Name, v, a, set.Format(v, a), got, err)
				}
			}
		}
	}
}

func TestFlagParseErrors(t *testing.T) {
	open := abi.FlagSetOf("open")
	for expr, want := range map[string]string{
		"O_CREATE":         `parse open flags "O_CREATE": no flag is named "O_CREATE" (did you mean O_CREAT?)`,
		"O_RDONLY|":        `parse open flags "O_RDONLY|": no flag is named ""`,
		"O_RDONLY|SIGCHLD": `parse open flags "O_RDONLY|SIGCHLD": no flag is named "SIGCHLD"`,
	} {
		if _, err := open.Parse(expr, abi.AMD64); err == nil || err.Error() != want {
			t.Errorf("%q: error %v, want %s", expr, err, want)
		}
	}
	if v, err := open.Parse("O_RDWR | O_CREAT | 0x40000000", abi.AMD64); err != nil || v != 0x40000042 {
		t.Errorf("%#x, %v", v, err)
	}
	if v, ok := abi.FlagSetOf("mmap").Value("MAP_32BIT", abi.ARM64); ok {
		t.Errorf("arm64 has MAP_32BIT %#x", v)
	}
}
