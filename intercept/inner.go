package intercept

import (
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"penumbra/abi"
	"penumbra/guest"
	"penumbra/internal/inner"
)

// Insider is implemented by a Policy that need not hear of all the calls with
// paths that it is interested in.
type Insider interface {
	// Inner returns what the guest itself may know, or nil if the policy wants
	// to hear of all. It is asked once, before the guest starts.
	Inner() *Inner
}

// Inner is the inner door: the guest itself passes calls with paths to the
// kernel, without anybody's hearing of it, if what the policy told says that
// they are the kernel's (see package internal/inner). The policy hears of all
// others as ever, and of any of these now and then: what it tells makes calls
// cheaper, and nothing else. Its methods may be called by several goroutines at
// once.
type Inner struct {
	table  *inner.Table
	room   uint64 // the offset behind the vDSO
	code   []byte
	flags  inner.Flags
	known  map[int]string // the calls that may pass, by number
	ageing atomic.Bool    // something was learned that will be forgotten

	mu      sync.Mutex
	threads map[int]innerThread   // by id
	numbers uint64                // of working directories
	goSites map[executable]uint64 // where Go's place is, or 0
}

// innerThread is a thread, the process that it is of, and its memory.
type innerThread struct {
	*innerMemory
	process int
}

// innerMemory is the inner door in the memory that some threads share.
type innerMemory struct {
	ask       abi.Addr    // where Boot asks
	open      bool        // Boot has asked
	whole     bool        // Code was found in its place
	flags     inner.Flags // in force, and inherited by fork and exec
	scattered bool        // its threads may work in several directories
	threads   int
	processes int

	start, era uint64 // the working directory's number, and when it was true
	startFlags inner.Flags

	pages [2]innerPage // near the libraries, and Own
	tried map[abi.Addr]bool
	goes  bool // Go's one place was looked for
}

// innerPage is memory for trampolines.
type innerPage struct{ next, end uint64 }

// NewInner returns an inner door through which nothing passes. The error says
// what the machine lacks; it does no harm to go without.
func NewInner() (*Inner, error) {
	if !inner.Available {
		return nil, errors.New("inner door: not on this architecture")
	}
	room, err := inner.Room()
	if err != nil {
		return nil, err
	}
	table, err := inner.NewTable()
	if err != nil {
		return nil, err
	}
	i := &Inner{table: table, room: room, code: inner.Code(), known: map[int]string{}, threads: map[int]innerThread{}, goSites: map[executable]uint64{}}
	for _, name := range inner.Calls {
		i.classify(name, inner.Path)
	}
	return i, nil
}

// calls are those that the filter has to allow to the inner door.
func (i *Inner) calls() map[string]bool {
	if i == nil {
		return nil
	}
	all := map[string]bool{inner.Instead: true}
	for _, name := range i.known {
		all[name] = true
	}
	return all
}

func (i *Inner) classify(name string, c inner.Class) {
	number, ok := abi.ByName(name).On(abi.AMD64)
	if ok {
		i.known[number] = name
		i.table.Classify(number, c)
	}
}

// May reports whether calls such as c may pass at all.
func (i *Inner) May(c *Call) bool { return c.Arch == abi.AMD64 && i.known[c.Number] != "" }

// ByFile has the calls of a name, whose first argument is a descriptor, pass
// unless the file has to be kept; mmap is looked at for the file that it maps.
// It is to be called before the guest starts.
func (i *Inner) ByFile(name string) {
	if name == "mmap" {
		i.classify(name, inner.Mapped)
	} else {
		i.classify(name, inner.First)
	}
}

// Ask has all calls of a name be asked about, whatever was said before. It is to be
// called before the guest starts.
func (i *Inner) Ask(name string) {
	if number, ok := abi.ByName(name).On(abi.AMD64); ok {
		delete(i.known, number)
		i.table.Classify(number, inner.Unknown)
	}
}

// Close gives up the door, when the guest has ended.
func (i *Inner) Close() error { return i.table.Close() }

// InnerFlags say which paths may pass.
type InnerFlags = inner.Flags

// The flags; see package internal/inner.
const (
	InnerAbsolute = inner.Absolute
	InnerLookHere = inner.LookHere
	InnerLookAt   = inner.LookAt
	InnerOpenHere = inner.OpenHere
	InnerOpenAt   = inner.OpenAt
)

// Pass says which paths may pass in processes that are not told otherwise. It
// is to be called before the guest starts.
func (i *Inner) Pass(f InnerFlags) { i.flags = f }

// Name has no path pass in which there is such a name.
func (i *Inner) Name(name string) { i.table.Name(name) }

// Keep has no call pass by the descriptor of a file of that inode number.
func (i *Inner) Keep(inode uint64) { i.table.Keep(inode) }

// innerAge is how long what was learned is believed.
const innerAge = 25 * time.Millisecond

// Learn tells that the path dir, as it is written, leads through no link and
// into no mount: an absolute one if start is 0, and otherwise one from the
// working directory of that number. It is believed for 25 ms, or until Forget.
func (i *Inner) Learn(start uint64, dir string) {
	i.table.Learn(start, dir)
	i.age()
}

// LearnWhole tells that what path leads to, by links too, is what the kernel
// takes it for. It is believed as long.
func (i *Inner) LearnWhole(start uint64, path string) {
	i.table.LearnWhole(start, path)
	i.age()
}

// age has all that was learned forgotten in a while.
func (i *Inner) age() {
	if i.ageing.CompareAndSwap(false, true) {
		time.AfterFunc(innerAge, func() {
			i.ageing.Store(false)
			i.Forget()
		})
	}
}

// Forget makes all that was learned void.
func (i *Inner) Forget() { i.table.Forget() }

// Moved tells that a process's working directory may have become another. It is
// to be called after the change.
func (i *Inner) Moved() { i.table.Moved() }

// Era returns a number that Moved changes.
func (i *Inner) Era() uint64 { return i.table.Era() }

// Start returns the number of the working directory of t, which waits in a
// call. What is known of it must have been found out in the era. The flags say
// what may pass from there, beyond what passes everywhere. It is 0 if the
// directory can have no number.
func (i *Inner) Start(t *guest.Thread, era uint64, f InnerFlags) uint64 {
	i.mu.Lock()
	defer i.mu.Unlock()
	m := i.threads[t.ID()].innerMemory
	if m == nil || !m.open || m.flags == 0 || m.scattered || m.processes != 1 {
		return 0
	}
	if m.start != 0 && m.era == era && m.startFlags == f {
		return m.start
	}
	i.numbers++
	const spread = 0x9e3779b97f4a7c15 // the golden ratio: no two numbers look alike
	m.start, m.era, m.startFlags = i.numbers*spread, era, f
	// The era last: a thread that meets it finds the rest.
	if i.write(t, inner.OwnStartFlags, uint64(f)) != nil || i.write(t, inner.OwnStart, m.start) != nil || i.write(t, inner.OwnEra, era) != nil {
		return 0
	}
	return m.start
}

// Scatter tells that threads of t's process may have different working
// directories.
func (i *Inner) Scatter(t *guest.Thread) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if m := i.threads[t.ID()].innerMemory; m != nil {
		m.scattered = true
	}
	i.table.Moved()
}

// Restrict has only some paths of t's process, and of those that it creates,
// pass from now on. An error means that they still do.
func (i *Inner) Restrict(t *guest.Thread, f InnerFlags) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	m := i.threads[t.ID()].innerMemory
	if m == nil || m.flags&^f == 0 {
		return nil
	}
	m.flags &= f
	if !m.open {
		return nil
	}
	if err := i.write(t, inner.OwnStartFlags, 0); err != nil {
		return err
	}
	return i.write(t, inner.OwnFlags, uint64(m.flags))
}

// Range is memory from one address up to another.
type Range struct{ From, To uint64 }

// Ranges returns the memory that the door takes in a process.
func (i *Inner) Ranges(pid int) []Range {
	i.mu.Lock()
	defer i.mu.Unlock()
	m := i.threads[pid].innerMemory
	if m == nil || !m.open {
		return nil
	}
	list := []Range{{inner.Base, inner.Base + (inner.Size+inner.PageSize-1)&^(inner.PageSize-1)}}
	for _, p := range m.pages {
		if p.end != 0 {
			list = append(list, Range{p.end - inner.PageSize, p.end})
		}
	}
	return list
}

// write sets a word of a process's own page.
func (i *Inner) write(t *guest.Thread, offset int, value uint64) error {
	return t.Memory().Force(inner.Word(value), abi.Addr(inner.Own+offset))
}
