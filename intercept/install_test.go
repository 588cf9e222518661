package intercept_test

import (
	"os"
	"os/exec"
	"sync/atomic"
	"testing"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/intercept"
)

// TestInstall makes a number that a program reads from a certain file, for that call on.
func TestInstall(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("bash is missing")
	}
	file := t.TempDir() + "/file"
	if err = os.WriteFile(file, []byte("installed\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	const number = 7
	var installed atomic.Bool
	install := func(c *intercept.Call) intercept.Verdict {
		if c.Args.Int32(0) != number || installed.Load() {
			return intercept.Run
		}
		fd, err := unix.Open(file, unix.O_RDONLY|unix.O_CLOEXEC, 0)
		if err != nil {
			return intercept.Fail(abi.EIO)
		}
		defer unix.Close(fd)
		if err := c.Install(fd, number, true); err != nil {
			return intercept.Fail(abi.ENOSYS)
		}
		installed.Store(true)
		return intercept.Run
	}
	p := &policy{interest: only("read", intercept.Answer), enter: install, exit: func(*intercept.Call) {}}
	if out := outputOf(t, p, bash, "-c", `exec 7</dev/null; read -u 7 line; echo "$line"; ls /proc/self/fd | grep 7 || true`); out != "installed\n" {
		t.Errorf("printed %q", out)
	}
	installed.Store(false)
	p = &policy{interest: only("read", intercept.Observe), enter: install, exit: func(*intercept.Call) {}}
	if out := outputOf(t, p, bash, "-c", `exec 7</dev/null; read -u 7 line 2>/dev/null || echo "none"`); out != "none\n" {
		t.Errorf("at the trace door: printed %q", out)
	}
}
