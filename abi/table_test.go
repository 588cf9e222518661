package abi_test

import (
	"testing"

	"penumbra/abi"
)

var arches = []abi.Arch{abi.AMD64, abi.I386, abi.ARM64}

func TestLookup(t *testing.T) {
	for _, test := range []struct {
		arch abi.Arch
		nr   int
		want string
	}{
		{abi.AMD64, 0, "read"},
		{abi.AMD64, 335, "uretprobe"},
		{abi.AMD64, 336, "uprobe"},
		{abi.AMD64, 337, ""},
		{abi.AMD64, 423, ""},
		{abi.AMD64, 469, "file_setattr"},
		{abi.AMD64, -1, ""},
		{abi.AMD64, 1 << 30, ""},
		{abi.AMD64, 0x40000000, ""}, // read of x32
		{abi.I386, 0, "restart_syscall"},
		{abi.I386, 17, "break"},
		{abi.I386, 18, "oldstat"},
		{abi.I386, 102, "socketcall"},
		{abi.I386, 117, "ipc"},
		{abi.I386, 140, "_llseek"},
		{abi.I386, 222, ""},
		{abi.I386, 403, "clock_gettime64"},
		{abi.ARM64, 56, "openat"},
		{abi.ARM64, 79, "newfstatat"},
		{abi.ARM64, 244, ""},
		{abi.Arch(9), 0, ""},
	} {
		got := abi.Lookup(test.arch, test.nr)
		if got == nil && test.want == "" {
			continue
		}
		if got == nil || got.Name != test.want {
			t.Errorf("Lookup(%s, %d) = %v, want %q", test.arch, test.nr, got, test.want)
		}
	}
	if allocs := testing.AllocsPerRun(100, func() { abi.Lookup(abi.AMD64, 1) }); allocs != 0 {
		t.Errorf("Lookup allocates %v times", allocs)
	}
}

func TestEveryCall(t *testing.T) {
	calls := abi.Syscalls()
	for i, s := range calls {
		if i > 0 && calls[i-1].Name >= s.Name {
			t.Errorf("%s comes before %s", calls[i-1], s)
		}
		if abi.ByName(s.Name) != s {
			t.Errorf("ByName(%s) = %v", s, abi.ByName(s.Name))
		}
		for _, a := range arches {
			nr, ok := s.On(a)
			if !ok {
				continue
			}
			if abi.Lookup(a, nr) != s {
				t.Errorf("Lookup(%s, %d) = %v, want %s", a, nr, abi.Lookup(a, nr), s)
			}
			if nr > abi.MaxNumber(a) {
				t.Errorf("%s has number %d on %s, beyond the maximum", s, nr, a)
			}
			checkArgs(t, s, a)
		}
		if s.NoReturn && s.Interruptible {
			t.Errorf("%s does not return, yet may be interrupted", s)
		}
	}
	for _, a := range arches {
		if abi.Lookup(a, abi.MaxNumber(a)) == nil {
			t.Errorf("no call has the highest number of %s", a)
		}
	}
}

// checkArgs checks that what the arguments of s refer to exists.
func checkArgs(t *testing.T, s *abi.Syscall, a abi.Arch) {
	args := s.ArgsOn(a)
	if len(args) > len(abi.Args{}) {
		t.Errorf("%s has %d arguments", s, len(args))
	}
	for i, arg := range args {
		where := s.Name + " " + arg.Name + " on " + a.String()
		if arg.Kind == abi.KindNone {
			t.Errorf("%s: no kind", where)
		}
		if arg.Kind.Memory() != (arg.Dir != 0) {
			t.Errorf("%s: kind %s with direction %q", where, arg.Kind, arg.Dir)
		}
		if arg.Kind == abi.KindFlags && abi.FlagSetOf(arg.Of) == nil {
			t.Errorf("%s: no flag set %q", where, arg.Of)
		}
		if arg.Kind == abi.KindStruct && (abi.LayoutOf(arg.Of) == nil || abi.LayoutOf(arg.Of).Size(a) == 0) {
			t.Errorf("%s: no layout %q", where, arg.Of)
		}
		if hasLen := arg.Length != abi.LengthOne && arg.Length != abi.LengthFixed; hasLen != (arg.Len >= 0) {
			t.Errorf("%s: length %d of argument %d", where, arg.Length, arg.Len)
		}
		if (arg.Length == abi.LengthFixed) != (arg.Fixed > 0) || arg.Per < 1 {
			t.Errorf("%s: length %d, fixed %d, per %d", where, arg.Length, arg.Fixed, arg.Per)
		}
		if arg.Len >= 0 {
			pointer := args[arg.Len].Kind.Memory()
			if arg.Len == i || pointer != (arg.Length == abi.LengthAtPointer) {
				t.Errorf("%s: its length is in %s", where, args[arg.Len].Name)
			}
		}
		if arg.At >= 0 && args[arg.At].Kind != abi.KindDirFD {
			t.Errorf("%s: starts at %s", where, args[arg.At].Name)
		}
		if i > 0 && args[i-1].Kind == abi.KindDirFD && (arg.Kind != abi.KindPath || arg.At != i-1) && s.Name != "open_by_handle_at" {
			t.Errorf("%s: follows a dirfd, but does not start there", where)
		}
	}
}

func TestVariants(t *testing.T) {
	names := func(args []abi.Arg) (list string) {
		for _, arg := range args {
			list += arg.Name + ":" + arg.Kind.String() + " "
		}
		return list
	}
	for _, test := range []struct {
		call string
		arch abi.Arch
		want string
	}{
		{"pread64", abi.AMD64, "fd:fd buf:buffer count:size pos:offset "},
		{"pread64", abi.ARM64, "fd:fd buf:buffer count:size pos:offset "},
		{"pread64", abi.I386, "fd:fd buf:buffer count:size pos:offlo pos_hi:offhi "},
		{"clone", abi.AMD64, "flags:flags newsp:addr parent_tid:struct child_tid:struct tls:addr "},
		{"clone", abi.I386, "flags:flags newsp:addr parent_tid:struct tls:addr child_tid:struct "},
		{"clone", abi.ARM64, "flags:flags newsp:addr parent_tid:struct tls:addr child_tid:struct "},
		{"mmap", abi.I386, "arg:struct "},
		{"chown", abi.I386, "path:path uid:uid16 gid:gid16 "},
		{"chown", abi.AMD64, "path:path uid:uid gid:gid "},
	} {
		if got := names(abi.ByName(test.call).ArgsOn(test.arch)); got != test.want {
			t.Errorf("%s on %s: %s, want %s", test.call, test.arch, got, test.want)
		}
	}
}

func TestFlagsOfCalls(t *testing.T) {
	for name, want := range map[string]bool{
		"read": true, "write": true, "openat": true, "connect": true, "accept4": true, "wait4": true,
		"nanosleep": true, "poll": true, "futex": true, "semop": true, "msgrcv": true, "flock": true,
		"fcntl": true, "epoll_wait": true, "pause": true, "rt_sigsuspend": true, "socketcall": true,
		"close": false, "getpid": false, "mmap": false, "stat": false, "clone": false, "execve": false, "kill": false,
	} {
		if got := abi.ByName(name).Interruptible; got != want {
			t.Errorf("%s: interruptible %t, want %t", name, got, want)
		}
	}
	noReturn := abi.SetOf(abi.ByName("exit"), abi.ByName("exit_group"), abi.ByName("rt_sigreturn"), abi.ByName("sigreturn"))
	for _, s := range abi.Syscalls() {
		if s.NoReturn != noReturn.Has(s) {
			t.Errorf("%s: no return %t", s, s.NoReturn)
		}
	}
}
