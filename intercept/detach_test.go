package intercept_test

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/intercept"
	"penumbra/internal/testguest"
)

// TestDetachInCall lets go of a thread whose call is in flight: rewritten,
// held before it or after it, or waiting as it was made.
func TestDetachInCall(t *testing.T) {
	pause := map[abi.Arch]int{}
	for _, a := range []abi.Arch{abi.AMD64, abi.I386} {
		pause[a], _ = abi.ByName("pause").On(a)
	}
	for _, k := range twoKinds {
		for _, c := range []struct {
			name   string
			enter  func(*intercept.Call) intercept.Verdict
			exit   func(*intercept.Call)
			output string
		}{
			{"rewritten", func(c *intercept.Call) intercept.Verdict {
				c.SetNumber(pause[c.Arch])
				c.SetArg(0, 0xdead)
				return intercept.Run
			}, nil, `getppid: [1-9]\d*\n`},
			{"rewritten, held", func(c *intercept.Call) intercept.Verdict {
				c.SetNumber(pause[c.Arch])
				return intercept.Watch.After(time.Hour)
			}, nil, `getppid: [1-9]\d*\n`},
			{"held", func(*intercept.Call) intercept.Verdict { return intercept.Run.After(time.Hour) },
				nil, `getppid: [1-9]\d*\n`},
			{"skipped, held", func(*intercept.Call) intercept.Verdict { return intercept.Skip(4242).After(time.Hour) },
				nil, `getppid: 4242\n`},
			{"held afterwards", func(*intercept.Call) intercept.Verdict { return intercept.Watch },
				func(c *intercept.Call) {
					c.SetResult(4242)
					c.Hold(time.Hour)
				}, `getppid: 4242\n`},
		} {
			t.Run(fmt.Sprintf("%s/%s", k, c.name), func(t *testing.T) {
				tg := startTarget(t, testguest.Path(t, "verdicts", k), "-")
				underway := make(chan struct{}, 10)
				g := attach(t, &policy{only("getppid", intercept.Answer), func(c1 *intercept.Call) intercept.Verdict {
					if c.exit == nil {
						underway <- struct{}{}
					}
					return c.enter(c1)
				}, func(c1 *intercept.Call) {
					if c.exit != nil {
						c.exit(c1)
						underway <- struct{}{}
					}
				}}, tg)
				fmt.Fprintln(tg.stdin, "getppid")
				<-underway
				if c.name == "rewritten" {
					awaitState(t, tg.pid, "S")
				}
				letGo(t, g)
				tg.mustBeUntraced()
				(&verdictCase{output: c.output}).check(t, tg.finish())
			})
		}
	}
}

// TestDetachUninterruptible lets go of a thread that waits for its vfork's child
// and cannot stop before: it was attached while it waited, or before.
func TestDetachUninterruptible(t *testing.T) {
	for _, before := range []bool{true, false} {
		t.Run(fmt.Sprintf("attached before %v", before), func(t *testing.T) {
			tg := startTarget(t, testguest.Path(t, "vfork_wait", testguest.Dynamic))
			var g *intercept.Guest
			if before {
				g = attach(t, watchAll(new(atomic.Int64)), tg)
			}
			fmt.Fprintln(tg.stdin)
			if line, err := tg.out.ReadString('\n'); line != "forked\n" {
				t.Errorf("got %q, %v", line, err)
			}
			awaitState(t, tg.pid, "D")
			if !before {
				g = attach(t, watchAll(new(atomic.Int64)), tg)
			}
			letGo(t, g)
			tg.mustBeUntraced()
			if out := tg.finish(); out != "ok\n" {
				t.Errorf("got %q", out)
			}
		})
	}
}

// TestDetachFromPolicy detaches from within the policy's methods.
func TestDetachFromPolicy(t *testing.T) {
	for _, where := range []string{"enter", "exit"} {
		tg := startTarget(t, testguest.Path(t, "verdicts", testguest.Dynamic), "-")
		var g *intercept.Guest
		attached := make(chan struct{})
		detach := func() {
			<-attached
			g.Detach()
			g.Detach()
		}
		p := &policy{
			interest: only("getppid", intercept.Observe),
			enter: func(*intercept.Call) intercept.Verdict {
				if where == "enter" {
					detach()
				}
				return intercept.Watch
			},
			exit: func(*intercept.Call) {
				if where == "exit" {
					detach()
				}
			},
		}
		g = attach(t, p, tg)
		close(attached)
		fmt.Fprintln(tg.stdin, "getppid")
		await(t, ended(g), "the end of detaching")
		tg.mustBeUntraced()
		(&verdictCase{output: `getppid: [1-9]\d*\n`}).check(t, tg.finish())
	}
}

// TestWakerKilled kills the waker of a tracer, which is the tracer's one child.
func TestWakerKilled(t *testing.T) {
	tg := startTarget(t, testguest.Path(t, "undisturbed", testguest.Dynamic))
	g := attach(t, ignoreAll(), tg)
	for range 3 {
		kill := wakersOf(t, tg)
		for _, pid := range kill {
			unix.Kill(pid, unix.SIGKILL)
		}
		for left := kill; len(left) > 0 && left[0] == kill[0]; left = wakersOf(t, tg) {
			time.Sleep(time.Millisecond)
		}
	}
	letGo(t, g)
	tg.mustBeUntraced()
	if out := tg.finish(); out != "ok\n" {
		t.Errorf("got %q", out)
	}
}

// wakersOf lists the children of the thread that traces a target.
func wakersOf(t *testing.T, tg *target) (pids []int) {
	t.Helper()
	for tracer := range tg.tracers() {
		b, err := os.ReadFile(fmt.Sprintf("/proc/self/task/%d/children", tracer))
		if err != nil {
			continue
		}
		for _, f := range strings.Fields(string(b)) {
			pid, err := strconv.Atoi(f)
			if err != nil {
				t.Fatal(err)
			}
			pids = append(pids, pid)
		}
	}
	return pids
}

// supervisorVariable makes the test's program a supervisor of the process that
// it names, instead of testing.
const supervisorVariable = "PENUMBRA_TEST_ATTACH"

func TestMain(m *testing.M) {
	if pid, err := strconv.Atoi(os.Getenv(supervisorVariable)); err == nil {
		supervise(pid)
	}
	os.Exit(m.Run())
}

// supervise attaches to a process, says so, and does so for ever.
func supervise(pid int) {
	g, err := intercept.Attach(intercept.Config{Policy: watchAll(new(atomic.Int64))}, pid)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("attached")
	g.Wait()
	os.Exit(0)
}

// supervisorOf is a supervisor to be started for a target.
func supervisorOf(tg *target) *exec.Cmd {
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%d", supervisorVariable, tg.pid))
	return cmd
}

// TestSupervisorDies kills a supervisor: what it had attached goes on.
func TestSupervisorDies(t *testing.T) {
	for _, k := range twoKinds {
		t.Run(string(k), func(t *testing.T) {
			tg := startTarget(t, testguest.Path(t, "churn", k))
			for range 5 {
				cmd := supervisorOf(tg)
				out, err := cmd.StdoutPipe()
				if err != nil {
					t.Fatal(err)
				}
				if err := cmd.Start(); err != nil {
					t.Fatal(err)
				}
				line := make([]byte, 100)
				if n, err := out.Read(line); string(line[:n]) != "attached\n" {
					t.Errorf("the supervisor said %q, %v", line[:n], err)
				}
				time.Sleep(5 * time.Millisecond)
				cmd.Process.Kill()
				cmd.Wait()
				tg.mustBeUntraced()
			}
			if out := tg.finish(); out != "ok\n" {
				t.Errorf("got %q", out)
			}
		})
	}
}
