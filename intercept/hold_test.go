package intercept_test

import (
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/intercept"
	"penumbra/internal/testguest"
)

// TestHeldForever holds one thread for an hour, before its call or after it,
// at either door. The others go on, and the held one dies as soon as another
// kills it.
func TestHeldForever(t *testing.T) {
	slow := func(c *intercept.Call) bool {
		path, err := c.Memory().String(c.Args.Addr(0), 100)
		if err != nil {
			t.Error(err)
		}
		return path == "/slow"
	}
	holdBefore := func(c *intercept.Call) intercept.Verdict {
		if slow(c) {
			return intercept.Skip(0).After(time.Hour)
		}
		return intercept.Watch
	}
	for _, c := range []struct {
		name  string
		i     intercept.Interest
		enter func(*intercept.Call) intercept.Verdict
		exit  func(*intercept.Call)
	}{
		{"before, notify door", intercept.Answer, holdBefore, nil},
		{"before, trace door", intercept.Observe, holdBefore, func(*intercept.Call) {}},
		{"after", intercept.Observe, func(*intercept.Call) intercept.Verdict { return intercept.Watch }, func(c *intercept.Call) {
			if slow(c) {
				c.Hold(time.Hour)
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := start(t, &policy{only("chdir", c.i), c.enter, c.exit},
				"exec 2>/dev/null; (cd /slow; kill -9 $$) & cd /tmp; cd /; cd /tmp; cd /; kill -9 $!; wait $!; exit $((256 - $?))")
			await(t, ended(g), "the guest's end")
			if status, err := g.Wait(); status.ExitStatus() != 256-128-int(unix.SIGKILL) || err != nil {
				t.Errorf("status %#x, %v", status, err)
			}
		})
	}
}

// TestHeld holds each of many threads' calls a little: none goes on before its
// time, and all verdicts are carried out.
func TestHeld(t *testing.T) {
	const d = time.Millisecond
	since := map[int]time.Time{}
	for _, k := range []testguest.Kind{testguest.Dynamic, testguest.I386} {
		p := &policy{
			interest: only("getppid", intercept.Observe),
			enter: func(c *intercept.Call) intercept.Verdict {
				if at, ok := since[c.Thread.ID()]; ok && time.Since(at) < d {
					t.Errorf("a thread's next call came %v after the last", time.Since(at))
				}
				c.SetNumber(-1)
				since[c.Thread.ID()] = time.Now()
				return intercept.Watch.After(d)
			},
			exit: func(c *intercept.Call) {
				if at := since[c.Thread.ID()]; time.Since(at) < d {
					t.Errorf("a call ended %v after its begin", time.Since(at))
				}
				since[c.Thread.ID()] = time.Now()
				c.SetResult(4242)
				c.Hold(d)
			},
		}
		want := "getppid: 4242\ngetppid: 4242\ngetppid: 4242\n"
		if out := outputOf(t, p, testguest.Path(t, "verdicts", k), "getppid", "getppid", "getppid"); out != want {
			t.Errorf("got %q", out)
		}
	}
}

// TestHeldThreads holds calls of a thousand threads that come and go.
func TestHeldThreads(t *testing.T) {
	held := 0
	p := &policy{
		interest: func(_ abi.Arch, s *abi.Syscall) intercept.Interest {
			if s != nil && s.Name == "set_robust_list" {
				return intercept.Observe
			}
			return intercept.Ignore
		},
		enter: func(*intercept.Call) intercept.Verdict {
			held++
			return intercept.Run.After(time.Duration(held%5) * 100 * time.Microsecond)
		},
	}
	for _, program := range []string{"threads", "exec_thread"} {
		if out := outputOf(t, p, testguest.Path(t, program, testguest.Dynamic)); out != "ok\n" {
			t.Errorf("%s: got %q", program, out)
		}
	}
	if held < 1000 {
		t.Errorf("only %d calls were held", held)
	}
}
