package intercept

import (
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/internal/sys"
)

// A stop is cheapest where tracer and thread share a processor: each sleeps
// while the other runs, so that on processors of their own every stop wakes a
// halted one twice, which in a virtual machine takes ten times as long as all
// the rest. The kernel, though, prefers to wake a thread where nobody runs.
const (
	// near is the time between two stops of a thread that is worth a processor
	// with the tracer: little more than the two take with processors of their
	// own. enough is how many in a row make it so.
	near   = 100 * time.Microsecond
	enough = 8
	// most bounds how many it has to be of a thread that was let go because
	// several were bound: twice as many each time, so that it does not go to and
	// fro.
	most = 1024
	// reading is how many stops a thread stays unbound that opens a file of
	// procfs, so that it can read it first.
	reading = 24
	// Every interval the bound threads are looked at. Among several each has to
	// come to busy stops in that time: more rarely, and they get on better side
	// by side.
	interval = time.Millisecond
	busy     = 20
	// A thread that has been bound for so many looks has deserved it.
	patience = 8
	// After so many looks all are let go, so that the kernel chooses anew where
	// the tracer runs.
	renewal = 64
)

// affinity binds threads that stop often to the processor that the tracer runs
// on, for as long as they do. The tracer calls its methods, but for those of the
// watch; what both use stands behind the lock.
type affinity struct {
	// possible says that threads may be bound at all. It stays false for a guest
	// that would outlive its supervisor, and be bound for ever.
	possible bool
	// home is the mask with which the guest was started: a thread with another
	// was given that by somebody, and is left alone. back is what a bound thread
	// gets in return, and comes to the same.
	home, back unix.CPUSet
	calls      map[*abi.Syscall]dependence
	start      time.Time // what times are counted from
	tracer     int       // its thread's id
	asking     int       // threads in a call that depends on the masks of others

	mu      sync.Mutex
	bound   map[*binding]struct{}
	watched bool        // there is a watch, and the tracer is bound itself
	here    unix.CPUSet // the processor that all of them share
}

// binding is a thread's part in affinity.
type binding struct {
	tid   int
	bound atomic.Bool   // whether it is in affinity's bound
	stops atomic.Uint32 // while bound, since the last look

	// Behind affinity's lock:
	looks   int  // survived since it was bound
	crowded bool // it was let go for the sake of others

	last    time.Duration // when it stopped last, while not bound
	row     int           // how many stops in a row came soon after another
	need    int           // how many have to
	asks    bool          // it is counted in asking
	refused bool          // it is not to be bound, or cannot be
}

// allow makes it possible to bind threads of a guest which this thread is about
// to start and to trace.
func (a *affinity) allow() {
	if unix.SchedGetaffinity(0, &a.home) != nil || a.home.Count() < 2 {
		return
	}
	a.possible, a.back = true, a.home
	a.calls, a.start, a.tracer, a.bound = dependences(), time.Now(), unix.Gettid(), map[*binding]struct{}{}
}

// begin is called when the guest has got its mask from this thread.
func (a *affinity) begin() {
	if !a.possible {
		return
	}
	// Where the mask is merely all that the cpuset allows, a thread gets all
	// back, so that it follows the cpuset when that grows.
	var all, got unix.CPUSet
	all.Fill()
	if unix.SchedSetaffinity(0, &all) == nil && unix.SchedGetaffinity(0, &got) == nil && got == a.home {
		a.back = all
	}
	_ = unix.SchedSetaffinity(0, &a.back)
}

// end gives all masks back.
func (a *affinity) end() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.look(true)
	a.freeTracer()
}

// stopped counts a stop of a thread that is in a call, and binds the thread if
// that is worth it.
func (a *affinity) stopped(b *binding) {
	if b.bound.Load() {
		b.stops.Add(1)
		return
	}
	if !a.possible || b.refused {
		return
	}
	now := time.Since(a.start)
	if b.row++; now-b.last > near {
		b.row = min(b.row, 0)
	}
	b.last = now
	if b.row >= max(b.need, enough) && a.asking == 0 {
		b.row = 0
		a.bind(b)
	}
}

func (a *affinity) bind(b *binding) {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case b.crowded:
		b.crowded = false
		b.need = min(2*max(b.need, enough), most)
		return
	case b.looks > patience:
		b.need = enough
	}
	var mask unix.CPUSet
	if unix.SchedGetaffinity(b.tid, &mask) != nil || mask != a.home {
		b.refused = true
		return
	}
	if !a.watched {
		a.here.Zero()
		a.here.Set(sys.CPU())
		if unix.SchedSetaffinity(a.tracer, &a.here) != nil {
			return
		}
		a.watched = true
		go a.watch()
	}
	// At least the kernel asks for the thread's user id.
	b.refused = unix.SchedSetaffinity(b.tid, &a.here) != nil
	if !b.refused {
		b.looks = 0
		b.stops.Store(0)
		b.bound.Store(true)
		a.bound[b] = struct{}{}
	}
}

// watch looks at the bound threads until there are none, and lets the tracer
// go, too.
func (a *affinity) watch() {
	for n := 1; ; n++ {
		time.Sleep(interval)
		a.mu.Lock()
		a.look(n%renewal == 0)
		if len(a.bound) == 0 {
			a.freeTracer()
		}
		goOn := a.watched
		a.mu.Unlock()
		if !goOn {
			return
		}
	}
}

func (a *affinity) freeTracer() {
	if a.watched {
		a.watched = false
		_ = unix.SchedSetaffinity(a.tracer, &a.back)
	}
}

// look lets go the threads that have not stopped often enough since the last
// look, or all.
func (a *affinity) look(all bool) {
	several := len(a.bound) > 1
	for b := range a.bound {
		stops := b.stops.Swap(0)
		idle := b.looks > 0 && !stays(stops, several)
		if b.looks++; all || idle {
			b.crowded = idle && stops > 0
			a.unbind(b)
		}
	}
}

// stays reports whether a thread that stopped so often within an interval stays
// bound, alone or together with others.
func stays(stops uint32, several bool) bool {
	if several {
		return stops >= busy
	}
	return stops > 0
}

// unbind gives a thread its mask back, unless somebody has given it another
// meanwhile. An error has no remedy: the thread has died, or its cpuset is
// another now.
func (a *affinity) unbind(b *binding) {
	var mask unix.CPUSet
	b.bound.Store(false)
	delete(a.bound, b)
	if unix.SchedGetaffinity(b.tid, &mask) == nil && mask == a.here {
		_ = unix.SchedSetaffinity(b.tid, &a.back)
	}
}

// letGo unbinds a thread that may be bound.
func (a *affinity) letGo(b *binding) {
	if b.bound.Load() {
		a.mu.Lock()
		a.unbind(b)
		a.mu.Unlock()
	}
}

// ended forgets a thread that is no more.
func (a *affinity) ended(b *binding) {
	a.answered(b)
	if b.bound.Load() {
		a.mu.Lock()
		defer a.mu.Unlock()
		b.bound.Store(false)
		delete(a.bound, b)
	}
}

// renamed notes that a thread has got another id, as an execve by one that is
// not its process's first does.
func (a *affinity) renamed(b *binding, tid int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	b.tid = tid
}
