package intercept_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"penumbra/abi"
	"penumbra/intercept"
	"penumbra/internal/testguest"
)

// TestSetArgString has programs open, and execute, what they did not name.
func TestSetArgString(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, []byte("found\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	p := &policy{
		interest: func(_ abi.Arch, s *abi.Syscall) intercept.Interest {
			if s != nil && (s.Name == "openat" || s.Name == "execve") {
				return intercept.Observe
			}
			return intercept.Ignore
		},
		enter: func(c *intercept.Call) intercept.Verdict {
			i := 0
			if c.Syscall.Name == "openat" {
				i = 1
			}
			path, _ := c.Memory().String(c.Args.Addr(i), 4096)
			switch path {
			case "/absent/file":
				c.SetArgString(i, file)
			case "/absent/echo":
				c.SetArgString(i, "/bin/echo")
				long := intercept.Word{Text: strings.Repeat("x", 100_000)}
				c.SetArgStrings(1, []intercept.Word{{Text: "echo"}, {Text: "placed"}, long, {At: c.Args.Addr(0)}})
			}
			return intercept.Run
		},
		exit: func(*intercept.Call) {},
	}
	t.Run("open", func(t *testing.T) {
		if out := outputOf(t, p, "/bin/cat", "/absent/file", "/absent/file"); out != "found\nfound\n" {
			t.Errorf("printed %q", out)
		}
	})
	t.Run("exec", func(t *testing.T) {
		want := "placed " + strings.Repeat("x", 100_000) + " /absent/echo\n"
		if out := outputOf(t, p, "/bin/sh", "-c", "/absent/echo a; cat /absent/file; /absent/echo b"); out != want+"found\n"+want {
			t.Errorf("printed %d bytes: %.200q", len(out), out)
		}
	})
	t.Run("once for all children", func(t *testing.T) {
		const script = `for i in 1 2 3; do cat /absent/file; done; (cat /absent/file; /absent/echo) >/dev/null; cat </absent/file`
		if out := outputOf(t, p, "/bin/sh", "-c", script); out != strings.Repeat("found\n", 4) {
			t.Errorf("printed %q", out)
		}
	})
}

// Room for arguments is had although a signal comes while it is made.
func TestSetArgStringInterrupted(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	p := &policy{
		interest: func(_ abi.Arch, s *abi.Syscall) intercept.Interest {
			switch {
			case s != nil && s.Name == "openat":
				return intercept.Observe
			case s != nil && s.Name == "mmap":
				return intercept.Answer
			}
			return intercept.Ignore
		},
		enter: func(c *intercept.Call) intercept.Verdict {
			if c.Syscall.Name == "openat" {
				if path, _ := c.Memory().String(c.Args.Addr(1), 4096); path == "/absent/file" {
					c.SetArgString(1, file)
				}
			}
			return intercept.Run
		},
		exit: func(*intercept.Call) {},
	}
	if out := outputOf(t, p, testguest.Path(t, "place_storm", testguest.Dynamic), "/absent/file"); out != "ok\n" {
		t.Errorf("printed %q", out)
	}
}
