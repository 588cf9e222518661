package view

import (
	"slices"
	"testing"

	"penumbra/abi"
	"penumbra/intercept"
	"penumbra/module/mem"
)

func newView(t *testing.T, target string) *View {
	t.Helper()
	tree, err := mem.New(0o755)
	if err != nil {
		t.Fatal(err)
	}
	v, err := New([]Mount{{Target: target, Tree: tree}}, func(m string) { t.Error(m) })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := v.Close(); err != nil {
			t.Error(err)
		}
	})
	return v
}

// TestInterest sees that no call with a path escapes the view, on any machine,
// and that reading and writing are none of its business.
func TestInterest(t *testing.T) {
	v := newView(t, "/penumbra-test")
	atTraceDoor := []string{"execve", "execveat", "chdir", "chroot", "fchdir", "openat2"}
	untouched := []string{"read", "write", "pread64", "lseek", "mmap", "fstat", "close", "fcntl", "poll", "ioctl", "sendto", "recvmsg", "fork", "clone", "futex"}
	for _, s := range abi.Syscalls() {
		for a := range abi.Arch(abi.NumArch) {
			if _, ok := s.On(a); !ok || s.Unimplemented {
				continue
			}
			hasPath := slices.ContainsFunc(s.ArgsOn(a), func(arg abi.Arg) bool { return arg.Kind == abi.KindPath })
			got := v.Interest(a, s)
			switch {
			case slices.Contains(untouched, s.Name) && got != intercept.Ignore:
				t.Errorf("%s on %v: interest %v", s, a, got)
			case slices.Contains(atTraceDoor, s.Name) && got != intercept.Observe:
				t.Errorf("%s on %v: interest %v", s, a, got)
			case hasPath && got == intercept.Ignore:
				t.Errorf("%s on %v has a path and is not looked at", s, a)
			}
		}
	}
	for a := range abi.Arch(abi.NumArch) {
		if v.Interest(a, nil) != intercept.Answer {
			t.Errorf("unknown calls on %v are let through", a)
		}
	}
}

// TestShapes spot-checks what is read off the table of calls.
func TestShapes(t *testing.T) {
	for _, tt := range []struct {
		name          string
		paths         int
		names, follow bool // of the last path, follow without flags
		flags         int
	}{
		{"stat", 1, false, true, -1}, {"lstat", 1, false, false, -1}, {"newfstatat", 1, false, true, 3},
		{"statx", 1, false, true, 2}, {"fchmodat2", 1, false, true, 3}, {"unlinkat", 1, true, false, 2},
		{"renameat2", 2, true, false, -1}, {"linkat", 2, true, false, 4}, {"symlinkat", 1, true, false, -1},
		{"inotify_add_watch", 1, false, true, 2}, {"file_setattr", 1, false, true, 4}, {"utimensat", 1, false, true, 3},
	} {
		sh := shapeOf(abi.AMD64, abi.ByName(tt.name))
		last := sh.paths[len(sh.paths)-1]
		follows := sh.follows(&intercept.Call{}, last)
		if len(sh.paths) != tt.paths || last.names != tt.names || follows != tt.follow || sh.flags != tt.flags {
			t.Errorf("%s: %d paths, names %t, follows %t, flags %d", tt.name, len(sh.paths), last.names, follows, sh.flags)
		}
	}
	if sh := shapeOf(abi.AMD64, abi.ByName("read")); sh != nil {
		t.Errorf("read has a shape: %+v", sh)
	}
}
