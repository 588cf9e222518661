package intercept_test

import (
	"bufio"
	"errors"
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

// TestAttachVerdicts attaches to a guest of each kind, decides upon its calls,
// and lets it end.
func TestAttachVerdicts(t *testing.T) {
	for _, k := range kinds {
		program := testguest.Path(t, "verdicts", k)
		for _, c := range verdictCases(t) {
			t.Run(fmt.Sprintf("%s/%s", k, c.name), func(t *testing.T) {
				tg := startTarget(t, program, "-")
				g := attach(t, &policy{only(c.call, c.i), c.enter, c.exit}, tg)
				fmt.Fprintln(tg.stdin, c.ops)
				c.check(t, tg.finish())
				await(t, ended(g), "the guest's end")
				if status, err := g.Wait(); status != 0 || err != nil {
					t.Errorf("status %#x, %v", status, err)
				}
			})
		}
	}
}

// TestAttachUndisturbed attaches and detaches again and again to a guest that
// would notice a call that failed or was cut short.
func TestAttachUndisturbed(t *testing.T) {
	for _, k := range twoKinds {
		for _, c := range []struct {
			name   string
			policy *policy
		}{{"watched", watchAll(new(atomic.Int64))}, {"ignored", ignoreAll()}} {
			t.Run(fmt.Sprintf("%s/%s", k, c.name), func(t *testing.T) {
				tg := startTarget(t, testguest.Path(t, "undisturbed", k))
				for i := range 40 {
					g := attach(t, c.policy, tg)
					time.Sleep(time.Duration(i%8) * time.Millisecond)
					letGo(t, g)
					tg.mustBeUntraced()
					time.Sleep(time.Duration(i%5) * time.Millisecond)
				}
				if out := tg.finish(); out != "ok\n" {
					t.Errorf("got %q", out)
				}
			})
		}
	}
}

// TestAttachChurn attaches to a thousand threads that come and go, and execute
// programs, and lets them go again.
func TestAttachChurn(t *testing.T) {
	for _, k := range twoKinds {
		t.Run(string(k), func(t *testing.T) {
			tg := startTarget(t, testguest.Path(t, "churn", k))
			var calls atomic.Int64
			for i := range 10 {
				g := attach(t, watchAll(&calls), tg)
				time.Sleep(time.Duration(i) * 10 * time.Millisecond)
				letGo(t, g)
				tg.mustBeUntraced()
			}
			if out := tg.finish(); out != "ok\n" {
				t.Errorf("got %q", out)
			}
			if calls.Load() == 0 {
				t.Error("no call was seen")
			}
		})
	}
}

// TestAttachAll finds every thread of a process that creates more meanwhile.
func TestAttachAll(t *testing.T) {
	tg := startTarget(t, testguest.Path(t, "undisturbed", testguest.Dynamic))
	for range 20 {
		g := attach(t, ignoreAll(), tg)
		all := tg.tracers()
		if delete(all, 0); len(all) != 1 {
			t.Errorf("the threads' tracers are %v", all)
		}
		tids, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", tg.pid))
		if err != nil {
			t.Fatal(err)
		}
		for _, tid := range tids {
			n, _ := strconv.Atoi(tid.Name())
			if s, err := guest.ReadStatus(n); err == nil && s.Tracer == 0 && !strings.ContainsRune("XZ", rune(s.State)) {
				t.Errorf("thread %d is not traced", n)
			}
		}
		letGo(t, g)
	}
	if out := tg.finish(); out != "ok\n" {
		t.Errorf("got %q", out)
	}
}

// TestAttachLife hears of the threads that were there, of those that come, and
// of all ends.
func TestAttachLife(t *testing.T) {
	w := &attachedLife{t: t, alive: map[*guest.Thread]bool{}, births: make(chan struct{}, 1)}
	w.policy = *watchAll(new(atomic.Int64))
	w.policy.enter = func(c *intercept.Call) intercept.Verdict {
		if !w.alive[c.Thread] {
			t.Errorf("%s by thread %v, which is not alive", c.Name(), c.Thread)
		}
		return intercept.Watch
	}
	tg := startTarget(t, testguest.Path(t, "undisturbed", testguest.Dynamic))
	g := attach(t, w, tg)
	await(t, w.births, "a birth")
	if out := tg.finish(); out != "ok\n" {
		t.Errorf("got %q", out)
	}
	await(t, ended(g), "the guest's end")
	if w.found < 10 || w.born < 1 || len(w.alive) > 0 {
		t.Errorf("found %d threads, %d were born, %d never ended", w.found, w.born, len(w.alive))
	}
	if err := g.Signal(unix.SIGTERM); !errors.Is(err, unix.ESRCH) {
		t.Errorf("a signal for one that has ended: %v", err)
	}
}

// attachedLife checks what it is told of threads. Only the tracer calls it.
type attachedLife struct {
	policy
	t           *testing.T
	alive       map[*guest.Thread]bool
	found, born int
	births      chan struct{}
}

func (w *attachedLife) Forked(parent, child *guest.Thread) {
	if w.alive[child] || parent != nil && !w.alive[parent] {
		w.t.Errorf("thread %v was born of %v", child, parent)
	}
	if w.alive[child] = true; parent == nil {
		w.found++
	} else {
		w.born++
		select {
		case w.births <- struct{}{}:
		default:
		}
	}
}

func (w *attachedLife) Execed(th *guest.Thread, former int) {
	for other := range w.alive {
		if other.ID() == former || other.ID() == th.ID() {
			delete(w.alive, other)
		}
	}
	w.alive[th] = true
}

func (w *attachedLife) Exited(th *guest.Thread, _ uint32) {
	if !w.alive[th] {
		w.t.Errorf("thread %v ended, but was not alive", th)
	}
	delete(w.alive, th)
}

// TestAttachStatus returns the status of the first process given, and waits
// for the others.
func TestAttachStatus(t *testing.T) {
	first := startTarget(t, "/bin/sh", "-c", "echo ready; read line; exit 7")
	second := startTarget(t, "/bin/sh", "-c", "echo ready; read line; kill -9 $$")
	events := make(chan intercept.Event, 10)
	g, err := intercept.Attach(intercept.Config{Policy: ignoreAll(), Event: func(e intercept.Event) { events <- e }},
		first.pid, second.pid, first.pid)
	if errors.Is(err, unix.EPERM) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	if g.PID() != first.pid {
		t.Errorf("the first process is %d, want %d", g.PID(), first.pid)
	}
	first.finish()
	if e := <-events; e.Kind != intercept.Ended {
		t.Errorf("got event %v", e)
	}
	select {
	case <-ended(g):
		t.Error("Wait did not wait for the second process")
	case <-time.After(10 * time.Millisecond):
	}
	second.finish()
	await(t, ended(g), "the guest's end")
	if status, err := g.Wait(); status != 7<<8 || err != nil {
		t.Errorf("status %#x, %v", status, err)
	}
	g.Detach() // of no effect any more
	g.Settle()
}

// TestAttachStopped attaches to a stopped process and lets it go: it stays
// stopped until somebody continues it, traced or not.
func TestAttachStopped(t *testing.T) {
	for _, continued := range []bool{false, true} {
		for _, argv := range [][]string{{"verdicts", "-"}, {"churn"}} {
			t.Run(fmt.Sprintf("%s/continued %v", argv[0], continued), func(t *testing.T) {
				tg := startTarget(t, append([]string{testguest.Path(t, argv[0], testguest.Dynamic)}, argv[1:]...)...)
				unix.Kill(tg.pid, unix.SIGSTOP)
				awaitState(t, tg.pid, "T")
				w := &haltWatcher{policy: *watchAll(new(atomic.Int64)), halts: make(chan struct{}, 1)}
				g := attach(t, w, tg)
				await(t, w.halts, "news of the stop")
				if continued {
					unix.Kill(tg.pid, unix.SIGCONT)
					awaitState(t, tg.pid, "SRD")
					unix.Kill(tg.pid, unix.SIGSTOP)
					await(t, w.halts, "news of the next stop")
				}
				letGo(t, g)
				awaitState(t, tg.pid, "T")
				tg.mustBeUntraced()
				unix.Kill(tg.pid, unix.SIGCONT)
				fmt.Fprintln(tg.stdin, "self")
				want := map[string]string{"verdicts": fmt.Sprintf("self: %d\n", tg.pid), "churn": "ok\n"}[argv[0]]
				if out := tg.finish(); out != want {
					t.Errorf("got %q, want %q", out, want)
				}
			})
		}
	}
}

// haltWatcher tells of stops by SIGSTOP.
type haltWatcher struct {
	policy
	halts chan struct{}
}

func (w *haltWatcher) Signalled(*guest.Thread, abi.Signal, []byte) {}

func (w *haltWatcher) Halted(_ *guest.Thread, s abi.Signal) {
	if s != abi.SIGSTOP {
		return
	}
	select {
	case w.halts <- struct{}{}:
	default:
	}
}

// TestAttachErrors names what cannot be attached and why, and leaves nothing
// traced.
func TestAttachErrors(t *testing.T) {
	innocent := startTarget(t, testguest.Path(t, "undisturbed", testguest.Dynamic))
	taken := startTarget(t, testguest.Path(t, "verdicts", testguest.Dynamic), "-")
	defer letGo(t, attach(t, ignoreAll(), taken))

	gone := exec.Command("/bin/true")
	if err := gone.Run(); err != nil {
		t.Fatal(err)
	}
	zombie := exec.Command("/bin/true")
	if err := zombie.Start(); err != nil {
		t.Fatal(err)
	}
	defer zombie.Wait()
	awaitState(t, zombie.Process.Pid, "Z")

	for _, c := range []struct {
		name string
		pid  int
		is   error
		says string
	}{
		{"none", gone.Process.Pid, unix.ESRCH, "no such process"},
		{"no id", -1, unix.ESRCH, "no such process"},
		{"ended", zombie.Process.Pid, unix.ESRCH, "no such process"},
		{"traced", taken.pid, unix.EPERM, "traces it already"},
		{"itself", os.Getpid(), nil, "the one that would trace"},
		{"its parent", os.Getppid(), nil, "an ancestor"},
		{"the first of all", 1, nil, "an ancestor"},
		{"the kernel", 2, nil, "thread of the kernel"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.pid == 2 && !guest.IsKernelThread(2) {
				t.Skip("no thread of the kernel is visible here")
			}
			g, err := intercept.Attach(intercept.Config{Policy: ignoreAll()}, innocent.pid, c.pid)
			if err == nil {
				letGo(t, g)
				t.Fatal("it was attached")
			}
			if !strings.Contains(err.Error(), fmt.Sprintf("attach to process %d", c.pid)) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %q, want something with %q", err, c.says)
			}
			if c.is != nil && !errors.Is(err, c.is) {
				t.Errorf("%v is not %v", err, c.is)
			}
			innocent.t = t
			innocent.mustBeUntraced()
		})
	}
	if _, err := intercept.Attach(intercept.Config{}); err == nil {
		t.Error("nothing was attached")
	}
	innocent.t = t
	if out := innocent.finish(); out != "ok\n" {
		t.Errorf("got %q", out)
	}
}
