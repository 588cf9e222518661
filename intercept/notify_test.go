package intercept_test

import (
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/intercept"
)

// start starts a shell script under p, its output thrown away.
func start(t *testing.T, p intercept.Policy, script string) *intercept.Guest {
	t.Helper()
	g, err := intercept.Start(intercept.Config{
		Program: intercept.Program{Path: "/bin/sh", Argv: []string{"sh", "-c", script}, Env: os.Environ()},
		Policy:  p,
	})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// await fails the test if c is not closed soon.
func await(t *testing.T, c <-chan struct{}, what string) {
	t.Helper()
	select {
	case <-c:
	case <-time.After(time.Minute):
		t.Fatalf("%s: not within a minute", what)
	}
}

// ended is closed when the guest has ended.
func ended(g *intercept.Guest) <-chan struct{} {
	c := make(chan struct{})
	go func() {
		g.Wait()
		close(c)
	}()
	return c
}

// TestVerdictForTheDead kills a thread while its verdict is being thought
// about. The guest ends without waiting for the verdict, which is dropped.
func TestVerdictForTheDead(t *testing.T) {
	asked, think, alive := make(chan struct{}), make(chan struct{}), make(chan bool, 1)
	p := &policy{
		interest: only("chdir", intercept.Answer),
		enter: func(c *intercept.Call) intercept.Verdict {
			if !c.Alive() {
				t.Error("dead before it was killed")
			}
			close(asked)
			<-think
			alive <- c.Alive()
			return intercept.Skip(0)
		},
	}
	g := start(t, p, "cd /tmp; exit 7")
	await(t, asked, "the call")
	if err := g.Signal(unix.SIGKILL); err != nil {
		t.Fatal(err)
	}
	await(t, ended(g), "the guest's end")
	if status, err := g.Wait(); err != nil || status.Signal() != unix.SIGKILL {
		t.Errorf("status %#x, %v", status, err)
	}
	close(think)
	if <-alive {
		t.Error("the call still waits for its verdict, after the guest's end")
	}
}

// TestVerdictTakesLong has one call wait for the verdict while another thread's
// go on, whether the policy says that it will be long or not.
func TestVerdictTakesLong(t *testing.T) {
	for _, leaves := range []bool{true, false} {
		asked, think := make(chan struct{}), make(chan struct{})
		p := &policy{
			interest: only("chdir", intercept.Answer),
			enter: func(c *intercept.Call) intercept.Verdict {
				path, err := c.Memory().String(c.Args.Addr(0), 100)
				switch {
				case err != nil:
					t.Error(err)
				case path == "/slow":
					if leaves {
						c.Leave()
					}
					close(asked)
					<-think
				case path == "/quick":
					<-asked // not before the slow one is under way
				case path == "/last":
					close(think)
				}
				return intercept.Skip(0)
			},
		}
		g := start(t, p, "(cd /slow) & (cd /quick; cd /quick; cd /quick; cd /last) & wait; wait")
		await(t, ended(g), "the guest's end")
	}
}
