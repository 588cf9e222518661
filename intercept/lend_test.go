package intercept_test

import (
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/intercept"
	"penumbra/internal/testguest"
)

// lender is a policy under which /absent is a directory, and /absent/sh a program in
// it, that nobody else knows.
func lender(t *testing.T) *policy {
	dir := t.TempDir()
	open := func(path string) int {
		fd, err := unix.Open(path, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
		if err != nil {
			t.Error(err)
		}
		return fd
	}
	number := func(c *intercept.Call, name string) int {
		n, _ := abi.ByName(name).On(c.Arch)
		return n
	}
	return &policy{
		interest: func(_ abi.Arch, s *abi.Syscall) intercept.Interest {
			switch {
			case s != nil && (s.Name == "chdir" || s.Name == "execve"):
				return intercept.Observe
			case s != nil && s.Name == "getppid":
				return intercept.Answer
			}
			return intercept.Ignore
		},
		enter: func(c *intercept.Call) intercept.Verdict {
			switch path, _ := c.Memory().String(c.Args.Addr(0), 4096); path {
			case "/absent":
				c.SetNumber(number(c, "fchdir"))
				c.Lend(0, open(dir))
			case "/absent/sh", "/absent/none":
				c.SetNumber(number(c, "execveat"))
				c.Lend(0, open("/bin"))
				c.SetArgString(1, strings.TrimPrefix(path, "/absent/"))
				c.SetArg(2, c.Args[1])
				c.SetArg(3, c.Args[2])
				c.SetArg(4, 0)
			}
			return intercept.Run
		},
		exit: func(*intercept.Call) {},
	}
}

// TestLend has programs enter a directory and execute a program by descriptors that
// they do not have before and after.
func TestLend(t *testing.T) {
	// What a process has that asks is said by its own child.
	const look = `grep SigBlk /proc/self/status; ls -l /proc/self/fd | grep -c -e 'bin$' -e "$dir"; true; `
	const clean = "SigBlk:\t0000000000000000\n0\n"
	tests := []struct{ name, script, prints string }{
		{"chdir", `cd /absent; dir=$(/bin/pwd); [ "$dir" != / ] || echo failed; cd /; ` + look, clean},
		{"exec", `dir=none /absent/sh -c '` + look + `'`, clean},
		{"no program", `dir=none; /absent/none 2>/dev/null; echo $?; ` + look, "127\n" + clean},
		{"no number left", `exec 2>/dev/null 3<&0; ulimit -n 4; cd /absent || echo refused`, "refused\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if out := outputOf(t, lender(t), "/bin/bash", "-c", tt.script); out != tt.prints {
				t.Errorf("printed %q, want %q", out, tt.prints)
			}
		})
	}
	t.Run("observed", func(t *testing.T) {
		all := &policy{
			interest: func(abi.Arch, *abi.Syscall) intercept.Interest { return intercept.Observe },
			enter:    func(*intercept.Call) intercept.Verdict { return intercept.Watch },
			exit:     func(*intercept.Call) {},
		}
		if out := outputOf(t, intercept.Layers(all, lender(t)), "/bin/bash", "-c", tests[0].script+tests[1].script); out != tests[0].prints+tests[1].prints {
			t.Errorf("printed %q", out)
		}
	})
	for _, kind := range []testguest.Kind{testguest.Static, testguest.I386} {
		t.Run("signals meanwhile/"+string(kind), func(t *testing.T) {
			if out := outputOf(t, lender(t), testguest.Path(t, "lend", kind)); out != "ok\n" {
				t.Errorf("printed %q", out)
			}
		})
	}
}
