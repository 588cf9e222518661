package abi_test

import (
	"slices"
	"strings"
	"testing"

	"penumbra/abi"
)

// call returns the call of that name, which must exist.
func call(t *testing.T, name string) *abi.Syscall {
	t.Helper()
	s := abi.ByName(name)
	if s == nil {
		t.Fatalf("no call is named %s", name)
	}
	return s
}

func TestParseSet(t *testing.T) {
	for _, test := range []struct {
		expr    string
		has     string // calls that must be in the set
		lacks   string // calls that must not
		exactly int    // the size of the set if not 0
	}{
		{expr: "open", has: "open", lacks: "openat read", exactly: 1},
		{expr: "open,read", has: "open read", lacks: "write", exactly: 2},
		{expr: " open , read ", has: "open read", exactly: 2},
		{expr: "open,open", has: "open", exactly: 1},
		{expr: "all", has: "open ptrace socketcall", exactly: len(abi.Syscalls())},
		{expr: "none", lacks: "open read"},
		{expr: "!all", lacks: "open read"},
		{expr: "!none", has: "open read", exactly: len(abi.Syscalls())},
		{expr: "!open,read", has: "write openat", lacks: "open read", exactly: len(abi.Syscalls()) - 2},
		{expr: "?open,?nosuchcall", has: "open", exactly: 1},
		{expr: "%file", has: "open openat stat getcwd execve fanotify_mark", lacks: "read fstat mmap socket"},
		{expr: "%desc", has: "read openat mmap epoll_wait dup2 pipe ioctl", lacks: "stat socket accept sendto getpid"},
		{expr: "%process", has: "clone fork execve exit_group wait4 kill", lacks: "read getpid ptrace prctl"},
		{expr: "%network", has: "socket accept sendto socketcall sendfile", lacks: "read"},
		{expr: "%net", has: "socket"},
		{expr: "%signal", has: "rt_sigaction kill signalfd4 pause", lacks: "read"},
		{expr: "%ipc", has: "msgget semop shmat ipc", lacks: "pipe mq_open"},
		{expr: "%memory", has: "mmap munmap brk shmat", lacks: "read"},
		{expr: "%time", has: "nanosleep clock_gettime timer_create time", lacks: "read getrusage"},
		{expr: "%identity", has: "getpid getuid setresgid32 capget", lacks: "kill"},
		{expr: "%machine", has: "uname reboot sync", lacks: "read"},
		{expr: "%other", has: "tuxcall", lacks: "read"},
		{expr: "%creds", has: "getuid setgroups capset prctl setfsuid32", lacks: "getpid setpgid getpgid keyctl"},
		{expr: "%clock", has: "time gettimeofday clock_gettime64", lacks: "nanosleep"},
		{expr: "%pure", has: "getpid getuid32", lacks: "getpgid read", exactly: 12},
		{expr: "%stat", has: "stat stat64 oldstat", exactly: 3},
		{expr: "%%stat", has: "stat lstat fstat newfstatat statx", lacks: "statfs"},
		{expr: "%%statfs", has: "statfs fstatfs64 ustat", lacks: "stat"},
		{expr: "/^open", has: "open openat open_tree openat2", lacks: "mq_open"},
		{expr: "/open", has: "open mq_open"},
		{expr: "%clock,/^sys,pause", has: "time sysinfo syslog pause", lacks: "open"},
	} {
		t.Run(test.expr, func(t *testing.T) {
			set, err := abi.ParseSet(test.expr)
			if err != nil {
				t.Fatal(err)
			}
			for name := range strings.FieldsSeq(test.has) {
				if !set.Has(call(t, name)) {
					t.Errorf("%s is missing", name)
				}
			}
			for name := range strings.FieldsSeq(test.lacks) {
				if set.Has(call(t, name)) {
					t.Errorf("%s should not be there", name)
				}
			}
			if test.exactly != 0 && set.Len() != test.exactly {
				t.Errorf("%d calls, want %d", set.Len(), test.exactly)
			}
		})
	}
}

func TestParseSetErrors(t *testing.T) {
	for _, test := range []struct{ expr, want string }{
		{"opne", `no call is named "opne" (did you mean open?)`},
		{"getdent", "did you mean getdents?"},
		{"xyzzyxyzzy", `no call is named "xyzzyxyzzy"`},
		{"%fiel", "did you mean %file?"},
		{"%", `no class is named "%"`},
		{"", "a name is missing"},
		{"!", "a name is missing"},
		{"open,", "a name is missing"},
		{"open,,read", "a name is missing"},
		{"/(", "missing closing )"},
		{"%file,!read", `no call is named "!read"`}, // ! negates the whole list alone
		{"OPEN", `no call is named "OPEN"`},
	} {
		t.Run(test.expr, func(t *testing.T) {
			_, err := abi.ParseSet(test.expr)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want one with %q", err, test.want)
			}
		})
	}
}

func TestSetAlgebra(t *testing.T) {
	open, read := abi.ByName("open"), abi.ByName("read")
	both := abi.SetOf(open).Union(abi.SetOf(read))
	if both != abi.SetOf(read, open) {
		t.Error("the union of two sets is not the set of both")
	}
	if both.Without(abi.SetOf(open)) != abi.SetOf(read) {
		t.Error("what is without open is not read")
	}
	if both.Invert().Has(read) || !both.Invert().Invert().Has(read) {
		t.Error("inversion")
	}
	if both.Has(nil) || abi.AllCalls().Has(nil) {
		t.Error("an unknown call is in a set")
	}
	if both.Empty() || !both.Without(both).Empty() {
		t.Error("emptiness")
	}
	if got := slices.Collect(both.All()); !slices.Equal(got, []*abi.Syscall{open, read}) {
		t.Errorf("calls %v", got)
	}
	for s := range abi.AllCalls().All() {
		if !abi.SetOf(s).Has(s) || abi.SetOf(s).Len() != 1 {
			t.Errorf("the set of %s alone", s)
		}
	}
}

func FuzzParseSet(f *testing.F) {
	for _, expr := range []string{"open,read", "%file", "!%desc,/^get", "?x", "%%stat", "none", "all,", "/[", "!"} {
		f.Add(expr)
	}
	f.Fuzz(func(t *testing.T, expr string) {
		set, err := abi.ParseSet(expr)
		if err != nil {
			if set != (abi.Set{}) {
				t.Errorf("%q: a set and the error %v", expr, err)
			}
			return
		}
		trimmed := strings.TrimSpace(expr)
		opposite := "!" + trimmed
		if rest, ok := strings.CutPrefix(trimmed, "!"); ok {
			opposite = rest
		}
		if inverse, err := abi.ParseSet(opposite); err != nil || inverse != set.Invert() {
			t.Errorf("%q is not the opposite of %q (error %v)", opposite, expr, err)
		}
	})
}
