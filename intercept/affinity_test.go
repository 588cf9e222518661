package intercept

import (
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestStays(t *testing.T) {
	for _, c := range []struct {
		name    string
		stops   uint32
		several bool
		want    bool
	}{
		{"silent and alone", 0, false, false},
		{"quiet and alone", 1, false, true},
		{"silent among several", 0, true, false},
		{"quiet among several", busy - 1, true, false},
		{"talkative among several", busy, true, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := stays(c.stops, c.several); got != c.want {
				t.Errorf("stays(%d, %v) = %v", c.stops, c.several, got)
			}
		})
	}
}

// someThreads starts threads that compute until the test ends.
func someThreads(t *testing.T, n int) []*binding {
	var stop atomic.Bool
	t.Cleanup(func() { stop.Store(true) })
	ids := make(chan int)
	for range n {
		go func() {
			runtime.LockOSThread() // and let the thread end with this goroutine
			ids <- unix.Gettid()
			for !stop.Load() {
				runtime.Gosched()
			}
		}()
	}
	var all []*binding
	for range n {
		all = append(all, &binding{tid: <-ids})
	}
	return all
}

func maskOf(t *testing.T, tid int) (mask unix.CPUSet) {
	t.Helper()
	if err := unix.SchedGetaffinity(tid, &mask); err != nil {
		t.Fatal(err)
	}
	return mask
}

// newAffinity returns that of this thread, which stays the test's.
func newAffinity(t *testing.T) *affinity {
	runtime.LockOSThread()
	t.Cleanup(runtime.UnlockOSThread)
	a := &affinity{}
	a.allow()
	if !a.possible {
		t.Skip("one processor only")
	}
	a.begin()
	t.Cleanup(a.end)
	return a
}

// talk stops a thread again and again until it is bound. The test may be kept
// from running in between, hence more often than enough.
func talk(t *testing.T, a *affinity, b *binding) {
	t.Helper()
	for begin := time.Now(); !b.bound.Load(); a.stopped(b) {
		if b.refused {
			t.Fatal("refused")
		}
		if time.Since(begin) > time.Minute {
			t.Fatal("not bound within a minute")
		}
	}
}

// awaitMask waits until a thread has a mask.
func awaitMask(t *testing.T, tid int, want unix.CPUSet) {
	t.Helper()
	for begin := time.Now(); maskOf(t, tid) != want; time.Sleep(interval) {
		if time.Since(begin) > time.Minute {
			t.Fatalf("thread %d has the mask %x, want %x", tid, maskOf(t, tid), want)
		}
	}
}

// TestBind binds threads that then compute: the watch gives them, and the
// tracer, all processors back.
func TestBind(t *testing.T) {
	a := newAffinity(t)
	threads := someThreads(t, 3)
	for range 3 {
		for _, b := range threads {
			talk(t, a, b)
		}
		for _, b := range threads {
			awaitMask(t, b.tid, a.home)
		}
		awaitMask(t, a.tracer, a.home)
	}
}

// TestBound looks at threads by hand.
func TestBound(t *testing.T) {
	a := newAffinity(t)
	a.watched = true // nobody else looks
	a.here.Set(0)
	for cpu := 0; !a.home.IsSet(cpu); cpu++ {
		a.here.Clear(cpu)
		a.here.Set(cpu + 1)
	}
	threads := someThreads(t, 2)
	bound := func(want ...bool) {
		t.Helper()
		for i, b := range threads {
			mask := a.home
			if want[i] {
				mask = a.here
			}
			if b.bound.Load() != want[i] || maskOf(t, b.tid) != mask {
				t.Errorf("thread %d: bound %v, mask %x; want %v, %x", i, b.bound.Load(), maskOf(t, b.tid), want[i], mask)
			}
		}
	}
	one, two := threads[0], threads[1]
	talk(t, a, one)
	bound(true, false)
	a.look(false)
	bound(true, false) // not yet: it was bound a moment ago
	a.stopped(one)
	a.look(false)
	bound(true, false)
	talk(t, a, two)
	a.look(false)
	for range busy {
		a.stopped(two)
	}
	a.look(false)
	bound(false, true) // one made way: it was silent
	a.stopped(two)
	a.look(false)
	bound(false, true) // alone, a single stop is enough
	talk(t, a, one)
	a.stopped(two)
	a.look(false)
	bound(true, false)
	if !two.crowded {
		t.Error("thread 1 is not marked as having made way")
	}
	talk(t, a, two)
	if two.need <= enough {
		t.Errorf("thread 1 is bound again after %d stops", two.need)
	}
	a.look(true)
	bound(false, false)
}

// TestForeignMask leaves a thread alone whose mask is not the guest's, and one
// that was given another while it was bound.
func TestForeignMask(t *testing.T) {
	a := newAffinity(t)
	b := someThreads(t, 1)[0]
	talk(t, a, b)
	var other unix.CPUSet
	for cpu := 0; other.Count() == 0; cpu++ {
		if a.home.IsSet(cpu) && !a.here.IsSet(cpu) {
			other.Set(cpu)
		}
	}
	if err := unix.SchedSetaffinity(b.tid, &other); err != nil {
		t.Fatal(err)
	}
	awaitMask(t, a.tracer, a.home)
	for !b.refused {
		a.stopped(b)
	}
	if got := maskOf(t, b.tid); got != other {
		t.Errorf("mask %x, want %x", got, other)
	}
}

// TestAsking binds nobody while a call depends on the masks.
func TestAsking(t *testing.T) {
	a := newAffinity(t)
	asker, b := &binding{}, someThreads(t, 1)[0]
	asker.asks = true
	a.asking++
	for range 100 * enough {
		a.stopped(b)
	}
	if b.bound.Load() {
		t.Error("bound")
	}
	a.answered(asker)
	a.answered(asker)
	talk(t, a, b)
}
