package intercept_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/guest"
	"penumbra/intercept"
	"penumbra/internal/testguest"
)

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

// TestAttachPermission is refused the process of another user.
func TestAttachPermission(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("needs root, to be somebody else")
	}
	tg := startTarget(t, testguest.Path(t, "verdicts", testguest.Dynamic), "-")
	const nobody = 65534
	cmd := supervisorOf(tg)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	out, err := cmd.Output()
	if want := fmt.Sprintf("attach to process %d (verdicts): ", tg.pid); err == nil || !strings.Contains(string(out), want) ||
		!strings.Contains(string(out), unix.EPERM.Error()) {
		t.Errorf("got %q, %v; want something with %q", out, err, want)
	}
	tg.mustBeUntraced()
}
