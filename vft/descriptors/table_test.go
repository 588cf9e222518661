package descriptors

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/sys/unix"
)

// The model knows no counts. A description is a number; a table is copied
// whole, or shared by being the same map; and what is still open is found by
// looking at all there is.
type model struct {
	tables map[int]map[int32]modelSlot // by thread
	sent   []int
	open   map[int]*modelOpen
	files  map[ID]*modelFile
	next   int
	told   []string // what must have been told, in no order within an operation
}

type modelSlot struct {
	open        int
	closeOnExec bool
}

type modelOpen struct {
	id     ID
	offset int64
	append bool
}

type modelFile struct{ sum Summary }

func newModel() *model {
	return &model{tables: map[int]map[int32]modelSlot{}, open: map[int]*modelOpen{}, files: map[ID]*modelFile{}}
}

func copied(table map[int32]modelSlot) map[int32]modelSlot {
	c := map[int32]modelSlot{}
	for fd, s := range table {
		c[fd] = s
	}
	return c
}

// sweep forgets what nobody holds, and notes that it must be told.
func (m *model) sweep() {
	held, used := map[int]bool{}, map[ID]bool{}
	for _, table := range m.tables {
		for _, s := range table {
			held[s.open] = true
		}
	}
	for _, open := range m.sent {
		held[open] = true
	}
	for open, d := range m.open {
		if !held[open] {
			delete(m.open, open)
			m.told = append(m.told, fmt.Sprint("released ", open))
		} else {
			used[d.id] = true
		}
	}
	for id, f := range m.files {
		if !used[id] {
			delete(m.files, id)
			m.told = append(m.told, fmt.Sprintf("closed %v %+v", id, f.sum))
		}
	}
}

// pair is a table and its model, told the same.
type pair struct {
	t     *testing.T
	table *Table[int]
	model *model
	told  []string
	log   []string
}

func newPair(t *testing.T) *pair {
	p := &pair{t: t, model: newModel()}
	p.table = New(Events[int]{
		Released: func(_ int, d *Description[int]) { p.told = append(p.told, fmt.Sprint("released ", d.Data)) },
		Closed:   func(f *File) { p.told = append(p.told, fmt.Sprintf("closed %v %+v", f.ID, f.Summary())) },
	})
	p.table.Start(1)
	p.model.tables[1] = map[int32]modelSlot{}
	return p
}

// any returns one of a map's keys, or 0 if there is none.
func anyOf[K ~int | ~int32, V any](r *rand.Rand, m map[K]V) K {
	var keys []K
	for k := range m {
		keys = append(keys, k)
	}
	if len(keys) == 0 {
		return 0
	}
	slices.Sort(keys)
	return keys[r.IntN(len(keys))]
}

// step does one random thing.
func (p *pair) step(r *rand.Rand) {
	m, tb := p.model, p.table
	thread := anyOf(r, m.tables)
	slots := m.tables[thread]
	fd, to := anyOf(r, slots), int32(r.IntN(12))
	if r.IntN(10) == 0 {
		fd = int32(r.IntN(12)) // perhaps closed
	}
	on := r.IntN(2) == 0
	s, named := slots[fd]
	child := 2 + r.IntN(20)
	_, taken := m.tables[child]
	what := r.IntN(18)
	p.log = append(p.log, fmt.Sprint(what, " thread ", thread, " fd ", fd, " to ", to, " ", on, " child ", child))
	switch what {
	case 0, 1:
		id := ID{Dev: 1, Ino: uint64(r.IntN(5)), View: []string{"", "/mnt"}[r.IntN(2)]}
		m.next++
		m.open[m.next] = &modelOpen{id: id, append: r.IntN(4) == 0}
		if m.files[id] == nil {
			m.files[id] = &modelFile{}
		}
		m.files[id].sum.Opens++
		slots[to] = modelSlot{m.next, on}
		o := Opening{ID: id, CloseOnExec: on, Access: Readable}
		if m.open[m.next].append {
			o.Status = unix.O_APPEND
		}
		tb.Open(thread, to, o, m.next)
	case 2, 3:
		if named && fd != to {
			slots[to] = modelSlot{s.open, on}
		}
		tb.Duplicate(thread, fd, to, on)
	case 4:
		delete(slots, fd)
		tb.Close(thread, fd)
	case 5:
		first, last := uint32(min(fd, to)), uint32(max(fd, to))
		for n := range slots {
			if uint32(n) >= first && uint32(n) <= last {
				delete(slots, n)
			}
		}
		tb.CloseRange(thread, first, last)
	case 6:
		if named {
			slots[fd] = modelSlot{s.open, on}
		}
		tb.SetCloseOnExec(thread, uint32(fd), uint32(fd), on)
	case 7, 8:
		if taken {
			return
		}
		m.tables[child] = copied(slots)
		if on {
			m.tables[child] = slots
		}
		tb.Clone(thread, child, on)
	case 9:
		m.tables[thread] = copied(slots)
		tb.Unshare(thread)
	case 10:
		if len(m.tables) == 1 {
			return
		}
		delete(m.tables, thread)
		tb.Exit(thread)
	case 11: // execve, by this thread or another of its process
		as := thread
		if taken && on {
			as = child
		}
		kept := map[int32]modelSlot{}
		for n, s := range slots {
			if !s.closeOnExec && n != 7 {
				kept[n] = s
			}
		}
		delete(m.tables, thread)
		m.tables[as] = kept
		tb.Exec(thread, as, func(fd int32, _ ID) bool { return fd != 7 })
	case 12:
		if named && len(m.sent) < 5 {
			m.sent = append(m.sent, s.open)
			tb.Send(thread, fd)
		}
	case 13:
		if len(m.sent) == 0 {
			return
		}
		i := r.IntN(len(m.sent))
		open := m.sent[i]
		slots[to] = modelSlot{open, on}
		m.sent = slices.Delete(m.sent, i, i+1)
		sent := tb.Sent(m.open[open].id)
		i = slices.IndexFunc(sent, func(d *Description[int]) bool { return d.Data == open })
		tb.Deliver(thread, to, sent[i], on)
	case 14: // pidfd_getfd, or another way
		other := anyOf(r, m.tables)
		from := anyOf(r, m.tables[other])
		if s, ok := m.tables[other][from]; ok {
			d := tb.Get(other, from)
			slots[to] = modelSlot{s.open, on}
			tb.Receive(thread, to, d, on)
		}
	default:
		if !named {
			return
		}
		p.use(r, tb.Get(thread, fd), m.open[s.open])
	}
}

// use reads, writes or seeks by a description.
func (p *pair) use(r *rand.Rand, d *Description[int], o *modelOpen) {
	n, placed := int64(r.IntN(100)), r.IntN(3) == 0
	sum := &p.model.files[o.id].sum
	switch r.IntN(3) {
	case 0:
		sum.Reads, sum.Read = sum.Reads+1, sum.Read+uint64(n)
		if !placed {
			o.offset += n
		}
		d.CountRead(n, placed)
	case 1:
		sum.Writes, sum.Written = sum.Writes+1, sum.Written+uint64(n)
		const end = 5000
		if !placed && n > 0 {
			o.offset += n
			if o.append {
				o.offset = end
			}
		}
		d.CountWrite(n, placed, end)
	case 2:
		sum.Seeks++
		o.offset = n
		d.CountSeek(n)
	}
}

// check compares all that can be seen.
func (p *pair) check() {
	p.t.Helper()
	p.model.sweep()
	slices.Sort(p.model.told)
	slices.Sort(p.told)
	if !slices.Equal(p.told, p.model.told) {
		p.fail("told %q\nwant %q", p.told, p.model.told)
	}
	p.told, p.model.told = nil, nil
	for thread := range 25 {
		for fd := range int32(12) {
			d := p.table.Get(thread, fd)
			s, ok := p.model.tables[thread][fd]
			if ok != (d != nil) || ok && d.Data != s.open {
				p.fail("thread %d, descriptor %d: %+v, want %+v", thread, fd, d, s)
			}
			if !ok {
				continue
			}
			if o := p.model.open[s.open]; d.File.ID != o.id || d.Offset() != o.offset || d.Appends() != o.append {
				p.fail("thread %d, descriptor %d: %v at %d, want %+v", thread, fd, d.File.ID, d.Offset(), o)
			}
			if got := p.table.Holders(d.File.ID)[d]; len(got) == 0 {
				p.fail("nobody holds what descriptor %d of thread %d names", fd, thread)
			}
		}
	}
	for id, f := range p.model.files {
		if got := p.table.files[id].Summary(); got != f.sum {
			p.fail("%v: %+v, want %+v", id, got, f.sum)
		}
	}
}

func (p *pair) fail(format string, args ...any) {
	p.t.Helper()
	p.t.Fatalf(format+"\nafter %s", append(args, strings.Join(p.log[max(0, len(p.log)-8):], "; "))...)
}

// TestModel does random things to a table and to its model.
func TestModel(t *testing.T) {
	for seed := range uint64(50) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 1))
			p := newPair(t)
			for range 300 {
				p.step(r)
				p.check()
			}
			p.model.tables, p.model.sent = nil, nil
			p.table.End()
			p.check()
			if len(p.table.files) != 0 {
				t.Errorf("%d files are left", len(p.table.files))
			}
		})
	}
}

// TestTogether has processes that share files go about it at the same time. Each
// opens, hands on and closes; in the end nothing is held, each file was told of
// as often as it was given up, and nothing that was done to one is lost.
func TestTogether(t *testing.T) {
	const processes, rounds, files = 8, 500, 3
	var mu sync.Mutex
	var sums [files]Summary
	released := 0
	table := New(Events[int]{
		Released: func(int, *Description[int]) { mu.Lock(); released++; mu.Unlock() },
		Closed:   func(f *File) { mu.Lock(); sums[f.ID.Ino].Add(f.Summary()); mu.Unlock() },
	})
	var all sync.WaitGroup
	for i := range processes {
		all.Go(func() {
			r := rand.New(rand.NewPCG(uint64(i), 2))
			thread, child := 1000*(i+1), 1000*(i+1)+1
			table.Start(thread)
			for range rounds {
				d := table.Open(thread, 3, Opening{ID: ID{Ino: uint64(r.IntN(files))}}, i)
				table.Clone(thread, child, r.IntN(2) == 0)
				table.Duplicate(child, 3, 4, false)
				d.CountWrite(10, false, 0)
				table.Close(thread, 3)
				table.Get(child, 4).CountRead(5, true)
				table.Send(child, 4)
				table.Exit(child)
				table.Deliver(thread, 5, d, false)
				table.CloseRange(thread, 4, 5)
			}
			table.Exit(thread)
		})
	}
	all.Wait()
	table.End()
	var sum Summary
	for _, s := range sums {
		sum.Add(s)
	}
	const n = processes * rounds
	if want := (Summary{Opens: n, Reads: n, Writes: n, Read: 5 * n, Written: 10 * n}); sum != want || released != n {
		t.Errorf("%+v and %d releases, want %+v and %d", sum, released, want, n)
	}
}

// TestUnknown has the table told of what it does not hold.
func TestUnknown(t *testing.T) {
	table := New(Events[int]{})
	table.Close(1, 3)
	table.Exit(1)
	table.Clone(1, 2, true)
	table.Exec(1, 1, nil)
	if d := table.Open(1, 3, Opening{}, 0); d != nil {
		t.Errorf("opened %+v in a thread that is not there", d)
	}
	table.Start(1)
	table.Duplicate(1, 3, 4, false)
	table.Send(1, 3)
	if table.Sent(ID{}) != nil || table.Holders(ID{}) != nil || table.Get(1, 4) != nil {
		t.Error("there is something that nobody opened")
	}
	d := table.Open(1, 3, Opening{Offset: Unknown, Access: Readable}, 0)
	table.Deliver(1, 4, d, false)
	if table.Get(1, 4) != nil {
		t.Error("something was received that nobody sent")
	}
	d.CountRead(5, false)
	if d.Offset() != Unknown {
		t.Errorf("offset %d", d.Offset())
	}
	table.Open(1, 4, Opening{Access: Writable, Found: true}, 0)
	if got := d.File.Access(); got != Readable|Writable || d.File.Summary().Opens != 1 {
		t.Errorf("access %b, %d opens", got, d.File.Summary().Opens)
	}
	table.Close(1, 3)
	table.Receive(1, 5, d, false)
	if table.Get(1, 5) != nil {
		t.Error("a description came back from the dead")
	}
}
