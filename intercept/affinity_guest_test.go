package intercept_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/intercept"
	"penumbra/internal/testguest"
)

// awaitCPUs waits until a process may run on a number of processors.
func awaitCPUs(t *testing.T, pid int, fits func(int) bool, what string) {
	t.Helper()
	for begin := time.Now(); ; time.Sleep(time.Millisecond) {
		var mask unix.CPUSet
		if err := unix.SchedGetaffinity(pid, &mask); err != nil {
			t.Fatal(err)
		}
		if fits(mask.Count()) {
			return
		}
		if time.Since(begin) > time.Minute {
			t.Fatalf("a guest that %s may run on %d processors", what, mask.Count())
		}
	}
}

// TestAffinityOfGuest looks from outside at a guest that makes one call after
// another, and then none.
func TestAffinityOfGuest(t *testing.T) {
	var own unix.CPUSet
	if err := unix.SchedGetaffinity(0, &own); err != nil {
		t.Fatal(err)
	}
	if own.Count() < 2 {
		t.Skip("one processor only")
	}
	enough := filepath.Join(t.TempDir(), "enough")
	g := start(t, everyCall(), "while ! [ -e "+enough+" ]; do :; done; while :; do :; done")
	awaitCPUs(t, g.PID(), func(n int) bool { return n == 1 }, "makes calls all the time")
	if err := os.WriteFile(enough, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	awaitCPUs(t, g.PID(), func(n int) bool { return n == own.Count() }, "makes no calls")
	g.Kill()
	await(t, ended(g), "the guest's end")
}

// TestAffinityOfChildren has the calls that create children come to one door,
// and all others, for which their parents are bound, to the other.
func TestAffinityOfChildren(t *testing.T) {
	p := everyCall().(*policy)
	p.interest = func(_ abi.Arch, s *abi.Syscall) intercept.Interest {
		if s != nil && slices.Contains([]string{"clone", "clone3", "fork", "vfork"}, s.Name) {
			return intercept.Answer
		}
		return intercept.Observe
	}
	if out := outputOf(t, p, testguest.Path(t, "affinity", testguest.Dynamic)); out != "ok\n" && !strings.HasPrefix(out, "skip") {
		t.Errorf("got %q", out)
	}
}

// everyCall watches all calls.
func everyCall() intercept.Policy {
	return &policy{
		interest: func(abi.Arch, *abi.Syscall) intercept.Interest { return intercept.Observe },
		enter:    func(*intercept.Call) intercept.Verdict { return intercept.Watch },
		exit:     func(*intercept.Call) {},
	}
}
