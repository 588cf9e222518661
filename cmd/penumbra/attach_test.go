package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Ctrl-C lets go of an attached process, which goes on as if nothing had been.
func TestTraceAttach(t *testing.T) {
	dir := t.TempDir()
	guest := exec.Command("sh", "-c", "while [ ! -e end ]; do echo . >>dots; sleep 0.01; done; exit 7")
	guest.Dir = dir
	if err := guest.Start(); err != nil {
		t.Fatal(err)
	}
	defer guest.Process.Kill()
	lines := filepath.Join(dir, "trace")
	var stderr strings.Builder
	tracer := exec.Command(penumbraAt(t), "trace", "-o", lines, "-p", strconv.Itoa(guest.Process.Pid))
	tracer.Stderr = &stderr
	if err := tracer.Start(); err != nil {
		t.Fatal(err)
	}
	defer tracer.Process.Kill()
	waitFor(t, func() bool {
		text, _ := os.ReadFile(lines)
		return bytes.Contains(text, []byte(`openat(AT_FDCWD, "dots", O_WRONLY|O_CREAT|O_APPEND, 0666) = `)) &&
			bytes.Contains(text, []byte("execve(")) && bytes.Contains(text, []byte("+++ exited with 0 +++"))
	})
	_ = tracer.Process.Signal(syscall.SIGINT)
	if err := tracer.Wait(); err != nil {
		t.Errorf("penumbra: %v\n%s", err, &stderr)
	}
	if !strings.Contains(stderr.String(), "attached to process "+strconv.Itoa(guest.Process.Pid)) {
		t.Errorf("penumbra said %q", &stderr)
	}
	before := size(dir)
	waitFor(t, func() bool { return size(dir) > before })
	if err := os.WriteFile(filepath.Join(dir, "end"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := guest.Wait(); guest.ProcessState == nil || guest.ProcessState.ExitCode() != 7 {
		t.Errorf("the process that was let go: %v, want exit status 7", err)
	}
}

func size(dir string) int64 {
	info, err := os.Stat(filepath.Join(dir, "dots"))
	if err != nil {
		return 0
	}
	return info.Size()
}

func waitFor(t *testing.T, what func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !what(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("what the test waits for does not come")
		}
	}
}

func TestTraceAttachMistakes(t *testing.T) {
	tests := []struct {
		args   []string
		status string
		says   string
	}{
		{[]string{"-p", "999999999"}, "exit status 1", "attach to process 999999999: no such process"},
		{[]string{"-p", "2"}, "exit status 1", "thread of the kernel"},
		{[]string{"-p", strconv.Itoa(os.Getpid())}, "exit status 1", "ancestor"},
		{[]string{"-p", "many"}, "exit status 2", `"many" is no process id`},
		{[]string{"-p", "1", "ls"}, "exit status 2", "no command goes with it"},
	}
	for _, tt := range tests {
		t.Run(strings.Join(tt.args, " "), func(t *testing.T) {
			if tt.args[1] == "2" && processState(2) == 0 {
				t.Skip("needs to see the kernel's threads")
			}
			r := run(t, append([]string{penumbraAt(t), "trace"}, tt.args...), nil)
			if r.status != tt.status || !strings.Contains(r.stderr, tt.says) || !strings.HasPrefix(r.stderr, "penumbra: trace: ") {
				t.Errorf("%s, want %s and %q", r, tt.status, tt.says)
			}
		})
	}
}
