package penumbra_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"penumbra"
	"penumbra/abi"
)

// runner is what Cmd and os/exec's Cmd have in common.
type runner interface {
	Output() ([]byte, error)
}

// TestLikeExec compares with os/exec what a program sees and says.
func TestLikeExec(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	extra, err := os.Open("/etc/passwd")
	if err != nil {
		t.Fatal(err)
	}
	defer extra.Close()
	cases := []struct {
		name  string
		argv  []string
		env   []string
		dir   string
		stdin string
		extra []*os.File
	}{
		{name: "arguments", argv: []string{"printf", "%s|", "a b", "", "ü", "\xff"}},
		{name: "status", argv: []string{"sh", "-c", "exit 9"}},
		{name: "signal", argv: []string{"sh", "-c", "kill -TERM $$"}},
		{name: "environment", argv: []string{"env"}, env: []string{"A=1", "B=two words", "A=3"}},
		{name: "empty environment", argv: []string{"env"}, env: []string{}},
		{name: "directory", argv: []string{"pwd"}, dir: dir},
		{name: "standard input", argv: []string{"cat"}, stdin: strings.Repeat("line\n", 50_000)},
		{name: "input that nobody reads", argv: []string{"true"}, stdin: strings.Repeat("line\n", 50_000)},
		{name: "descriptors", argv: []string{"sh", "-c", "readlink /proc/self/fd/3; test -e /proc/self/fd/4"}, extra: []*os.File{extra}},
		{name: "a closed descriptor among them", argv: []string{"sh", "-c", "test ! -e /proc/$$/fd/3 && readlink /proc/$$/fd/4"}, extra: []*os.File{nil, extra}},
		{name: "dispositions", argv: []string{"sh", "-c", "grep -E 'Sig(Blk|Ign)' /proc/self/status"}},
		{name: "no such directory", argv: []string{"true"}, dir: "/nonexistent"},
		{name: "no such program", argv: []string{"no-such-program"}},
		{name: "no such file", argv: []string{"/nonexistent/program"}},
		{name: "not executable", argv: []string{"/etc/passwd"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			native := exec.Command(c.argv[0], c.argv[1:]...)
			native.Env, native.Dir, native.ExtraFiles = c.env, c.dir, c.extra
			here := penumbra.Command(c.argv[0], c.argv[1:]...)
			here.Env, here.Dir, here.ExtraFiles = c.env, c.dir, c.extra
			if c.stdin != "" {
				native.Stdin, here.Stdin = strings.NewReader(c.stdin), strings.NewReader(c.stdin)
			}
			want, got := outcome(native), outcome(here)
			if got.output != want.output || got.status != want.status || (got.err == nil) != (want.err == nil) {
				t.Errorf("got  %+v\nwant %+v", got, want)
			}
			for _, target := range []error{os.ErrNotExist, os.ErrPermission, exec.ErrNotFound} {
				if errors.Is(got.err, target) != errors.Is(want.err, target) {
					t.Errorf("error %v, natively %v: only one is %v", got.err, want.err, target)
				}
			}
		})
	}
}

// result is what came of a program.
type result struct {
	output string
	status string
	err    error
}

func outcome(r runner) result {
	out, err := r.Output()
	status := "none"
	var native *exec.ExitError
	var here *penumbra.ExitError
	switch {
	case err == nil:
		status = "exit status 0"
	case errors.As(err, &native):
		status = native.Error()
	case errors.As(err, &here):
		status = here.Error()
	}
	return result{string(out), status, err}
}

func TestStderr(t *testing.T) {
	_, err := penumbra.Command("sh", "-c", "echo oops >&2; exit 3").Output()
	exit, ok := errors.AsType[*penumbra.ExitError](err)
	if !ok || string(exit.Stderr) != "oops\n" || exit.ExitCode() != 3 {
		t.Errorf("got %v", err)
	}
	out, err := penumbra.Command("sh", "-c", "echo one; echo two >&2; echo three").CombinedOutput()
	if err != nil || string(out) != "one\ntwo\nthree\n" {
		t.Errorf("got %q, %v", out, err)
	}
}

func TestPipes(t *testing.T) {
	cmd := penumbra.Command("tr", "a-z", "A-Z")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	fmt.Fprintln(in, "hello")
	in.Close()
	got, err := io.ReadAll(out)
	if err != nil || string(got) != "HELLO\n" {
		t.Errorf("got %q, %v", got, err)
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}

func TestContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cmd := penumbra.CommandContext(ctx, "sh", "-c", "echo ready; sleep 1000 & sleep 1000")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	io.ReadFull(out, make([]byte, 6))
	cancel()
	if err := cmd.Wait(); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if err := penumbra.CommandContext(ctx, "true").Run(); !errors.Is(err, context.Canceled) {
		t.Errorf("started under an ended context: %v", err)
	}
}

// TestContextWhileReading: the context counts from Start on, not from Wait,
// which waits for its turn behind whoever reads the output to its end.
func TestContextWhileReading(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cmd := penumbra.CommandContext(ctx, "sh", "-c", "echo ready; exec sleep 1000")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	io.ReadFull(out, make([]byte, 6))
	cancel()
	if rest, err := io.ReadAll(out); len(rest) > 0 || err != nil {
		t.Errorf("read %q, %v", rest, err)
	}
	if err := cmd.Wait(); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// TestNotFoundWithPipe: pipes made for a program that there is not are closed.
func TestNotFoundWithPipe(t *testing.T) {
	before := openFiles(t)
	cmd := penumbra.Command("no-such-program")
	if _, err := cmd.StdoutPipe(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); !errors.Is(err, exec.ErrNotFound) {
		t.Errorf("got %v", err)
	}
	if after := openFiles(t); after > before {
		t.Errorf("%d descriptors are open, %d were before", after, before)
	}
}

// TestInitKilled: a guest that kills its own init has not ended well.
func TestInitKilled(t *testing.T) {
	err := penumbra.Command("sh", "-c", "kill -KILL $PPID; exec sleep 1000").Run()
	if err == nil || !strings.Contains(err.Error(), "SIGKILL") {
		t.Errorf("got %v", err)
	}
}

func TestSignal(t *testing.T) {
	cmd := penumbra.Command("sh", "-c", "trap 'echo got it; exit 4' USR1; echo ready; while :; do sleep 0.01; done")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	io.ReadFull(out, make([]byte, 6))
	if err := cmd.Process.Signal(syscall.SIGUSR1); err != nil {
		t.Fatal(err)
	}
	rest, _ := io.ReadAll(out)
	err = cmd.Wait()
	if string(rest) != "got it\n" || cmd.ProcessState.ExitCode() != 4 {
		t.Errorf("got %q, %v", rest, err)
	}
	if err := cmd.Process.Signal(syscall.SIGUSR1); !errors.Is(err, os.ErrProcessDone) {
		t.Errorf("signal after the end: %v", err)
	}
}

func TestMisuse(t *testing.T) {
	hook := func(h penumbra.Hook) *penumbra.Cmd {
		cmd := penumbra.Command("true")
		cmd.Hooks = []penumbra.Hook{h}
		return cmd
	}
	answer := func(*penumbra.Call) penumbra.Verdict { return penumbra.Run }
	exit := func(*penumbra.Call) {}
	started := penumbra.Command("true")
	if err := started.Run(); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		err  error
		want string
	}{
		"unknown call":    {hook(penumbra.Hook{Calls: "opennat", Answer: answer}).Run(), "openat"},
		"empty hook":      {hook(penumbra.Hook{Calls: "open"}).Run(), "none of Answer, Enter and Exit"},
		"two kinds":       {hook(penumbra.Hook{Calls: "open", Answer: answer, Exit: exit}).Run(), "Answer goes with neither"},
		"started twice":   {started.Start(), "already started"},
		"waited twice":    {started.Wait(), "already called"},
		"not started":     {penumbra.Command("true").Wait(), "not started"},
		"argument of NUL": {penumbra.Command("true", "a\x00b").Run(), "arguments"},
	} {
		if c.err == nil || !strings.Contains(c.err.Error(), c.want) {
			t.Errorf("%s: got %v, want one that says %q", name, c.err, c.want)
		}
	}
}

// TestParallelAnswers has many threads of one guest wait at the notify door at
// the same time: a verdict that takes long holds up nobody else's.
func TestParallelAnswers(t *testing.T) {
	const n = 20
	var waiting atomic.Int32
	all := make(chan struct{})
	cmd := penumbra.Command("sh", "-c", fmt.Sprintf("for i in $(seq %d); do mkdir %s/$i & done; wait", n, t.TempDir()))
	cmd.Hooks = []penumbra.Hook{{Calls: "mkdir", Answer: func(*penumbra.Call) penumbra.Verdict {
		if waiting.Add(1) == n {
			close(all)
		}
		select {
		case <-all:
			return penumbra.Run
		case <-time.After(time.Minute):
			return penumbra.Fail(abi.EIO)
		}
	}}}
	var out bytes.Buffer
	cmd.Stderr = &out
	if err := cmd.Run(); err != nil || out.Len() > 0 {
		t.Errorf("%v %s", err, &out)
	}
}

// TestSideBySide runs guests next to each other and next to programs of
// os/exec, whose ends must reach who waits for them.
func TestSideBySide(t *testing.T) {
	if err := penumbra.Command("true").Run(); err != nil { // what a process opens once
		t.Fatal(err)
	}
	before := openFiles(t)
	var group sync.WaitGroup
	for i := range 30 {
		group.Go(func() {
			script := fmt.Sprintf("sh -c 'exit %d'", i)
			var native *exec.ExitError
			if err := exec.Command("sh", "-c", script).Run(); i > 0 && (!errors.As(err, &native) || native.ExitCode() != i) {
				t.Errorf("native: got %v, want %d", err, i)
			}
			cmd := penumbra.Command("sh", "-c", script)
			if i%2 == 0 {
				cmd.Hooks = []penumbra.Hook{{Calls: "%process", Exit: func(*penumbra.Call) {}}}
			}
			var here *penumbra.ExitError
			if err := cmd.Run(); i > 0 && (!errors.As(err, &here) || here.ExitCode() != i) {
				t.Errorf("got %v, want %d", err, i)
			}
		})
	}
	group.Wait()
	// The listeners close a moment after the guests' ends.
	for end := time.Now().Add(10 * time.Second); openFiles(t) > before && time.Now().Before(end); {
		time.Sleep(10 * time.Millisecond)
	}
	if after := openFiles(t); after > before {
		t.Errorf("%d descriptors are open, %d were before", after, before)
	}
}

func openFiles(t *testing.T) int {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}
