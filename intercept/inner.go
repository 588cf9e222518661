package intercept

import (
	"bytes"
	"errors"
	"maps"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/guest"
	"penumbra/internal/inner"
	"penumbra/internal/sys"
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
	known  [512]bool   // the calls that may pass, by number
	ageing atomic.Bool // something was learned that will be forgotten

	mu      sync.Mutex
	threads map[int]innerThread // by id
	numbers uint64              // of working directories
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
	i := &Inner{table: table, room: room, code: inner.Code(), threads: map[int]innerThread{}}
	for _, name := range inner.Calls {
		number, _ := abi.ByName(name).On(abi.AMD64)
		i.known[number] = true
	}
	return i, nil
}

// calls are those that the filter has to allow to the inner door.
func (i *Inner) calls() map[string]bool {
	if i == nil {
		return nil
	}
	all := map[string]bool{inner.Instead: true}
	for _, name := range inner.Calls {
		all[name] = true
	}
	return all
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

// List has no listing pass of a directory of that inode number.
func (i *Inner) List(inode uint64) { i.table.List(inode) }

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

// forked notes a new thread, which shares its memory with its parent or has a
// copy of it.
func (i *Inner) forked(parent, child *guest.Thread) {
	i.mu.Lock()
	defer i.mu.Unlock()
	born := innerThread{process: child.ID()}
	var from innerThread
	if parent != nil {
		from = i.threads[parent.ID()]
	}
	switch {
	case from.innerMemory == nil:
		born.innerMemory = &innerMemory{}
	case sharesMemory(parent.ID(), child.ID()):
		born.innerMemory = from.innerMemory
		if unix.Tgkill(from.process, child.ID(), 0) == nil {
			born.process = from.process
		}
	default:
		own := *from.innerMemory
		own.threads, own.processes, own.tried = 0, 0, maps.Clone(own.tried)
		born.innerMemory = &own
	}
	born.innerMemory.threads++
	if born.process == child.ID() {
		born.processes++
	}
	i.threads[child.ID()] = born
}

// sharesMemory reports whether two threads do, as far as one can tell.
func sharesMemory(a, b int) bool {
	const kcmpVM = 1
	order, _, e := unix.RawSyscall6(unix.SYS_KCMP, uintptr(a), uintptr(b), kcmpVM, 0, 0, 0)
	return e != 0 || order == 0
}

// exited notes the end of a thread.
func (i *Inner) exited(tid int) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.drop(tid)
}

func (i *Inner) drop(tid int) {
	t, ok := i.threads[tid]
	if !ok {
		return
	}
	delete(i.threads, tid)
	t.innerMemory.threads--
	if t.process == tid {
		t.processes--
	}
}

// execed notes that t has a new program, and puts Boot in front of it. The
// thread stands before its first instruction.
func (i *Inner) execed(t *guest.Thread, former int) {
	i.mu.Lock()
	defer i.mu.Unlock()
	m := &innerMemory{flags: i.flags, threads: 1, processes: 1, tried: map[abi.Addr]bool{}}
	if old := i.threads[former]; old.innerMemory != nil && old.tried != nil { // the guest's first has had none
		m.flags = old.flags
	}
	i.drop(former)
	i.drop(t.ID())
	i.threads[t.ID()] = innerThread{m, t.ID()}
	if m.flags != 0 {
		_ = i.boot(t, m) // if it cannot be, the program does without
	}
}

// low is the end of what a jump from a program at a fixed address reaches.
const low = 1 << 31

func (i *Inner) boot(t *guest.Thread, m *innerMemory) error {
	regs, err := guest.ReadRegisters(t, abi.AMD64)
	if err != nil || !regs.IsNative() {
		return err
	}
	vdso, err := inner.VDSO(t.ID())
	if err != nil || vdso == 0 {
		return err
	}
	entry := regs.InstructionPointer()
	code, ask := inner.Boot(entry, entry >= low)
	at := vdso + i.room
	if err := t.Memory().Force(code, abi.Addr(at)); err != nil {
		return err
	}
	m.ask = abi.Addr(at + uint64(ask))
	regs.SetInstructionPointer(at)
	return regs.Write(t)
}

// asked answers the call by which Boot asks for a descriptor of the table. It
// reports false for all other calls.
func (i *Inner) asked(c *Call) (Verdict, bool) {
	if c.Number != inner.Ask || c.Args[0] != inner.AskFD || c.Arch != abi.AMD64 {
		return Run, false
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	m := i.threads[c.Thread.ID()].innerMemory
	if m == nil || m.ask != c.IP || m.open {
		return Run, false
	}
	refusal := Fail(abi.EPERM)
	if c.Args[1] != inner.Own || c.Thread.Memory().Force(inner.Word(uint64(m.flags)), inner.Own) != nil {
		return refusal, true
	}
	fd, err := unix.FcntlInt(uintptr(i.table.FD()), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return refusal, true
	}
	m.open = true
	if near := c.Args[2]; near != 0 && near < 1<<47 {
		m.pages[0] = innerPage{near, near + inner.PageSize}
	}
	m.pages[1] = innerPage{inner.Own + inner.OwnSites, inner.Own + inner.PageSize}
	return Give(fd, true), true
}

// passed hears of a call that was the kernel's. The place that it was made from
// will pass the next itself, if nobody else can be there now.
func (i *Inner) passed(c *Call) {
	if c.Arch != abi.AMD64 || uint(c.Number) >= uint(len(i.known)) || !i.known[c.Number] {
		return
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	m := i.threads[c.Thread.ID()].innerMemory
	if m == nil || !m.open || m.flags == 0 || m.threads != 1 || m.tried[c.IP] {
		return
	}
	m.tried[c.IP] = true
	if !m.whole && !i.isWhole(c.Thread) {
		m.flags = 0
		return
	}
	m.whole = true
	if c.IP < low && !m.goes {
		m.goes = true
		i.changeGo(c.Thread, m)
	}
	var around [inner.SiteRoom]byte
	at := c.IP - abi.Addr(len(around))
	if _, err := c.Memory().ReadAt(around[:], at); err != nil {
		return
	}
	if site, ok := inner.FindSite(around[:], uint64(c.IP)-2, c.Number); ok {
		m.change(c.Thread, site)
	}
}

// isWhole reports whether Boot has mapped Code.
func (i *Inner) isWhole(t *guest.Thread) bool {
	there := make([]byte, len(i.code))
	_, err := t.Memory().ReadAt(there, inner.Base)
	return err == nil && bytes.Equal(there, i.code)
}

// changeGo changes the one place from which a Go program makes its calls, while
// it still has one thread.
func (i *Inner) changeGo(t *guest.Thread, m *innerMemory) {
	const text, size = 0x401000, 128 << 10 // where Go's linker begins, and what comes first
	b := make([]byte, size)
	n, _ := sys.ReadMemory(t.ID(), b, text)
	if site, ok := inner.GoSite(b[:max(n, 0)], text); ok {
		m.change(t, site)
	}
}

// change puts a jump to a new trampoline where the site is.
func (m *innerMemory) change(t *guest.Thread, s inner.Site) {
	for k := range m.pages {
		p := &m.pages[k]
		jump, ok := s.Jump(p.next)
		if !ok || p.next+inner.TrampolineSize > p.end {
			continue
		}
		if t.Memory().Force(s.Trampoline(p.next), abi.Addr(p.next)) == nil {
			p.next += inner.TrampolineSize
			_ = t.Memory().Force(jump, abi.Addr(s.Start()))
		}
		return
	}
}

// mended sends a thread on that a signal found in Code, because a path was out
// of reach: the kernel will tell it so.
func (i *Inner) mended(t *guest.Thread, s unix.Signal) bool {
	if s != unix.SIGSEGV && s != unix.SIGBUS {
		return false
	}
	regs, err := guest.ReadRegisters(t, abi.AMD64)
	if err != nil || !regs.IsNative() {
		return false
	}
	if at := regs.InstructionPointer(); at < inner.Base || at >= inner.Base+inner.CodeSize {
		return false
	}
	regs.SetInstructionPointer(inner.Base + inner.Fault())
	return regs.Write(t) == nil
}
