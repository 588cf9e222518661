package abi_test

import (
	"strings"
	"testing"
	"unicode"

	"penumbra/abi"
)

func TestEveryCallHasAManual(t *testing.T) {
	for _, s := range abi.Syscalls() {
		m := s.Manual()
		if m.Summary == "" || len(m.Summary) > 100 || !unicode.IsUpper(rune(m.Summary[0])) {
			t.Errorf("%s: summary %q", s, m.Summary)
		}
		if m.Sentence == "" || len(m.Sentence) > 60 || !unicode.IsLower(rune(m.Sentence[0])) || strings.HasSuffix(m.Sentence, ".") {
			t.Errorf("%s: sentence %q", s, m.Sentence)
		}
		if m.Returns == "" {
			t.Errorf("%s: does not say what it returns", s)
		}
		if m.Advice != "" && !strings.HasSuffix(m.Advice, ".") {
			t.Errorf("%s: the advice %q is no whole sentence", s, m.Advice)
		}
		for i, f := range m.Errors {
			name := f.Errno.Name()
			if _, ok := abi.ErrnoByName(name); !ok || f.Reason == "" || strings.HasSuffix(f.Reason, ".") {
				t.Errorf("%s: %s, %q", s, name, f.Reason)
			}
			if i > 0 && m.Errors[i-1].Errno.Name() >= name {
				t.Errorf("%s: %s is out of order", s, name)
			}
		}
		for _, name := range m.See {
			if abi.ByName(name) == nil || name == s.Name {
				t.Errorf("%s: see %s", s, name)
			}
		}
	}
}

func TestManual(t *testing.T) {
	m := abi.ByName("newfstatat").Manual()
	if m.Page != "stat" || m.Since != "2.6.16" || m.Sentence != "gets a file's type, size, owner and times" {
		t.Errorf("newfstatat: %+v", m)
	}
	if m := abi.ByName("futex_wake").Manual(); m.Page != "" {
		t.Errorf("futex_wake has the page %q", m.Page)
	}
}

func TestReason(t *testing.T) {
	for _, test := range []struct {
		call  string
		errno abi.Errno
		want  string
	}{
		{"openat", abi.ENOENT, "a part of the path does not exist, or the file and no O_CREAT is given"},
		{"stat", abi.ENOENT, "a part of the path does not exist"}, // of the kind path
		{"read", abi.EINTR, "a signal handler ran before it was done"},
		{"mkdir", abi.EEXIST, "the name exists already, as a directory or otherwise"},
		{"mkdirat", abi.EEXIST, "the name exists already, as a directory or otherwise"}, // like mkdir
		{"wait4", abi.ESRCH, "there is no such process or thread"},                      // does not happen
		{"getpid", abi.ENOSPC, "no space is left"},
		{"getpid", abi.EBFONT, "bad font file format"},
		{"getpid", abi.Errno(4000), "errno 4000"},
		{"vserver", abi.ENOSYS, "this kernel does not have the call"},
	} {
		if got := abi.ByName(test.call).Reason(test.errno); got != test.want {
			t.Errorf("%s fails with %s: %q, want %q", test.call, test.errno.Name(), got, test.want)
		}
	}
	if allocs := testing.AllocsPerRun(100, func() { abi.ByName("openat").Reason(abi.ENOENT) }); allocs != 0 {
		t.Errorf("Reason allocates %v times", allocs)
	}
}

// TestErrorsOfFlags compares manuals with what the table of calls says.
func TestErrorsOfFlags(t *testing.T) {
	has := func(s *abi.Syscall, e abi.Errno) bool {
		for _, f := range s.Manual().Errors {
			if f.Errno == e {
				return true
			}
		}
		return false
	}
	for _, s := range abi.Syscalls() {
		if has(s, abi.EINTR) != s.Interruptible {
			t.Errorf("%s: EINTR %t, interruptible %t", s, has(s, abi.EINTR), s.Interruptible)
		}
		if s.Unimplemented && !has(s, abi.ENOSYS) {
			t.Errorf("%s: no ENOSYS", s)
		}
	}
}

func TestMeanings(t *testing.T) {
	for k := range abi.Kind(255) {
		if named := !strings.HasPrefix(k.String(), "Kind("); named != (k.Meaning() != "") {
			t.Errorf("kind %s means %q", k, k.Meaning())
		}
	}
	for c := range abi.Class(20) {
		if named := !strings.HasPrefix(c.String(), "Class("); named != (c.Meaning() != "") {
			t.Errorf("class %s means %q", c, c.Meaning())
		}
	}
	for _, test := range []struct{ set, flag, want string }{
		{"open", "O_CLOEXEC", "close the descriptor on exec"},
		{"open", "O_DIRECT", "go past the page cache"},
		{"pipe2", "O_DIRECT", "keep each write together as a packet"},
		{"cap", "CAP_CHOWN", ""},
	} {
		if got := abi.FlagSetOf(test.set).Meaning(test.flag); got != test.want {
			t.Errorf("%s of %s: %q, want %q", test.flag, test.set, got, test.want)
		}
	}
}

func TestSignalsAreExplained(t *testing.T) {
	for s := abi.SIGHUP; s <= abi.SIGRTMAX; s++ {
		if s.Cause() == "" || s.DefaultAction().String() == "" {
			t.Errorf("%s: %q, %q", s, s.DefaultAction(), s.Cause())
		}
	}
	for s, want := range map[abi.Signal]abi.Action{
		abi.SIGTERM: abi.ActionTerm, abi.SIGSEGV: abi.ActionCore, abi.SIGCHLD: abi.ActionNone,
		abi.SIGSTOP: abi.ActionStop, abi.SIGCONT: abi.ActionContinue, abi.SIGRTMIN + 5: abi.ActionTerm, 0: abi.ActionNone, 65: abi.ActionNone,
	} {
		if got := s.DefaultAction(); got != want {
			t.Errorf("%s %s, want: %s", s, got, want)
		}
	}
	if abi.Signal(65).Cause() != "" || abi.Action(9).String() != "" {
		t.Error("what is no signal is explained")
	}
}
