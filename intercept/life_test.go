package intercept_test

import (
	"sync"
	"testing"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/guest"
	"penumbra/intercept"
	"penumbra/internal/testguest"
)

// lifeWatcher checks that what it is told of threads makes sense: each is born
// once, of a living parent, before its first call, and ends once.
type lifeWatcher struct {
	policy
	t *testing.T

	mu     sync.Mutex
	alive  map[*guest.Thread]bool
	born   int
	execs  int
	status map[int]uint32
}

func (w *lifeWatcher) Forked(parent, child *guest.Thread) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if parent != nil && !w.alive[parent] {
		w.t.Errorf("thread %v was born of %v, which is not alive", child, parent)
	}
	if parent == nil && w.born > 0 {
		w.t.Errorf("thread %v has no parent", child)
	}
	if w.alive[child] {
		w.t.Errorf("thread %v was born twice", child)
	}
	w.alive[child] = true
	w.born++
}

func (w *lifeWatcher) Execed(th *guest.Thread, former int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.execs++
	for other := range w.alive {
		if other.ID() == former || other.ID() == th.ID() {
			delete(w.alive, other)
		}
	}
	w.alive[th] = true
}

func (w *lifeWatcher) Exited(th *guest.Thread, status uint32) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.alive[th] {
		w.t.Errorf("thread %v ended, but was not alive", th)
	}
	delete(w.alive, th)
	w.status[th.ID()] = status
}

func (w *lifeWatcher) caller(c *intercept.Call) intercept.Verdict {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.alive[c.Thread] {
		w.t.Errorf("%s by thread %v, which is not alive", c.Name(), c.Thread)
	}
	return intercept.Run
}

// TestLife watches threads, processes, forks of all kinds and an exec from a
// thread that is not its process's first.
func TestLife(t *testing.T) {
	for _, c := range []struct {
		program string
		born    int // at least
	}{{"threads", 1000}, {"processes", 500}, {"vfork", 2}, {"exec_thread", 2}, {"leader_exit", 2}, {"clone3", 2}} {
		for _, i := range []intercept.Interest{intercept.Answer, intercept.Observe} {
			t.Run(c.program, func(t *testing.T) {
				w := &lifeWatcher{t: t, alive: map[*guest.Thread]bool{}, status: map[int]uint32{}}
				w.policy = policy{
					interest: func(_ abi.Arch, s *abi.Syscall) intercept.Interest {
						if s != nil && s.Name == "set_robust_list" {
							return i
						}
						return intercept.Ignore
					},
					enter: w.caller,
				}
				out := outputOf(t, w, testguest.Path(t, c.program, testguest.Dynamic))
				if out != "ok\n" {
					t.Errorf("got %q", out)
				}
				if w.born < c.born || w.execs < 1 {
					t.Errorf("%d threads were born, %d execs seen; want at least %d and 1", w.born, w.execs, c.born)
				}
				if len(w.alive) > 0 {
					t.Errorf("%d threads never ended: %v", len(w.alive), w.alive)
				}
			})
		}
	}
}

// TestLifeStatus learns a status from the last thread of a process.
func TestLifeStatus(t *testing.T) {
	w := &lifeWatcher{t: t, alive: map[*guest.Thread]bool{}, status: map[int]uint32{}}
	w.policy = policy{interest: only("none", intercept.Ignore)}
	g, err := intercept.Start(intercept.Config{
		Program: intercept.Program{Path: "/bin/sh", Argv: []string{"sh", "-c", "sh -c 'exit 3'; kill -USR1 $$"}},
		Policy:  w,
	})
	if err != nil {
		t.Fatal(err)
	}
	status, err := g.Wait()
	if err != nil || status.Signal() != unix.SIGUSR1 || w.status[g.PID()] != uint32(status) {
		t.Errorf("status %#x, %v; the first process's last thread told %#x", status, err, w.status[g.PID()])
	}
	var threes int
	for _, s := range w.status {
		if unix.WaitStatus(s).ExitStatus() == 3 {
			threes++
		}
	}
	if threes != 1 {
		t.Errorf("%d processes exited with 3, want 1: %v", threes, w.status)
	}
}
