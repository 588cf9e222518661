package intercept_test

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/guest"
	"penumbra/intercept"
	"penumbra/internal/testguest"
)

// target is a process that nobody traces yet. It is no child of the test's
// process, whose waits would take the tracer's news.
type target struct {
	t     *testing.T
	pid   int
	pidfd int
	stdin *os.File
	out   *bufio.Reader
}

// startTarget starts a program, and waits for its first line, "ready".
func startTarget(t *testing.T, argv ...string) *target {
	t.Helper()
	stdin, in := pipe(t)
	out, stdout := pipe(t)
	cmd := exec.Command("sh", append([]string{"-c", `"$@" <&3 >&4 3<&- 4>&- & echo $!`, "sh"}, argv...)...)
	cmd.ExtraFiles = []*os.File{stdin, stdout}
	cmd.Stderr = os.Stderr
	id, err := cmd.Output()
	stdin.Close()
	stdout.Close()
	if err != nil {
		t.Fatal(err)
	}
	tg := &target{t: t, stdin: in, out: bufio.NewReader(out)}
	if tg.pid, err = strconv.Atoi(strings.TrimSpace(string(id))); err != nil {
		t.Fatal(err)
	}
	if tg.pidfd, err = unix.PidfdOpen(tg.pid, 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		unix.PidfdSendSignal(tg.pidfd, unix.SIGKILL, nil, 0)
		unix.Close(tg.pidfd)
	})
	if line, err := tg.out.ReadString('\n'); line != "ready\n" {
		t.Fatalf("%s said %q, %v", argv[0], line, err)
	}
	return tg
}

func pipe(t *testing.T) (r, w *os.File) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		r.Close()
		w.Close()
	})
	return r, w
}

// finish ends the target's input and returns the rest of its output.
func (tg *target) finish() string {
	tg.t.Helper()
	tg.stdin.Close()
	out, err := io.ReadAll(tg.out)
	if err != nil {
		tg.t.Error(err)
	}
	return string(out)
}

// tracers returns who traces the target's threads, without repetition.
func (tg *target) tracers() map[int]bool {
	tg.t.Helper()
	tids, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", tg.pid))
	if err != nil {
		tg.t.Fatal(err)
	}
	all := map[int]bool{}
	for _, tid := range tids {
		n, _ := strconv.Atoi(tid.Name())
		if s, err := guest.ReadStatus(n); err == nil {
			all[s.Tracer] = true
		}
	}
	return all
}

// mustBeUntraced fails the test if somebody traces one of the target's threads.
func (tg *target) mustBeUntraced() {
	tg.t.Helper()
	if all := tg.tracers(); len(all) != 1 || !all[0] {
		tg.t.Errorf("threads of process %d are traced by %v", tg.pid, all)
	}
}

// awaitState waits until a process is in one of some states.
func awaitState(t *testing.T, pid int, states string) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
		s, err := guest.ReadStatus(pid)
		if err == nil && strings.IndexByte(states, s.State) >= 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("process %d is in state %c, %v; want one of %s", pid, s.State, err, states)
		}
	}
}

// attach attaches to targets under p.
func attach(t *testing.T, p intercept.Policy, targets ...*target) *intercept.Guest {
	t.Helper()
	var pids []int
	for _, tg := range targets {
		pids = append(pids, tg.pid)
	}
	g, err := intercept.Attach(intercept.Config{Policy: p, Notice: func(s string) { t.Log(s) }}, pids...)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// letGo detaches and waits.
func letGo(t *testing.T, g *intercept.Guest) {
	t.Helper()
	g.Detach()
	await(t, ended(g), "the end of detaching")
	if _, err := g.Wait(); err != nil {
		t.Error(err)
	}
}

// watchAll watches the end of every call, and counts them.
func watchAll(calls *atomic.Int64) *policy {
	return &policy{
		interest: func(abi.Arch, *abi.Syscall) intercept.Interest { return intercept.Observe },
		enter:    func(*intercept.Call) intercept.Verdict { return intercept.Watch },
		exit:     func(*intercept.Call) { calls.Add(1) },
	}
}

// ignoreAll wants to hear of no call.
func ignoreAll() *policy { return &policy{interest: only("none", intercept.Ignore)} }

var twoKinds = []testguest.Kind{testguest.Dynamic, testguest.I386}
