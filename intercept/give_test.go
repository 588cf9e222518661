package intercept_test

import (
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/intercept"
)

// TestGive answers the opening of a file that does not exist with another.
func TestGive(t *testing.T) {
	file := t.TempDir() + "/file"
	if err := os.WriteFile(file, []byte("given\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	give := func(c *intercept.Call) intercept.Verdict {
		path, _ := c.Memory().String(c.Args.Addr(1), 4096)
		if path != "/absent/file" {
			return intercept.Run
		}
		fd, err := unix.Open(file, unix.O_RDONLY|unix.O_CLOEXEC, 0)
		if err != nil {
			return intercept.Fail(abi.EIO)
		}
		return intercept.Give(fd, c.Args[2]&unix.O_CLOEXEC != 0)
	}
	p := &policy{interest: only("openat", intercept.Answer), enter: give, exit: func(*intercept.Call) {}}
	const script = `exec 7</absent/file; cat <&7; ls -l /proc/$$/fd | grep -c 'file$'; exec 2>&1 3<&0 4<&0 5<&0 6<&0; ulimit -n 8; (exec 8</absent/file)
true`
	if out := outputOf(t, p, "/bin/sh", "-c", script); !strings.HasPrefix(out, "given\n1\n") || !strings.Contains(out, "oo many open files") {
		t.Errorf("printed %q", out)
	}
	var refused bool
	p = &policy{interest: only("openat", intercept.Observe), exit: func(*intercept.Call) {}}
	p.enter = func(c *intercept.Call) intercept.Verdict {
		v := give(c)
		refused = refused || v != intercept.Run
		return v
	}
	if out := outputOf(t, p, "/bin/sh", "-c", `cat /absent/file 2>&1; true`); !refused || !strings.Contains(out, "not implemented") {
		t.Errorf("at the trace door: printed %q", out)
	}
}
