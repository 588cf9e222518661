// Package descriptors follows who holds which file: a descriptor of a process
// names an open file description, which is shared by its duplicates and by those
// that children inherit, and that is one of perhaps several for a file
// (open(2)).
//
// The table is told what the calls of a guest have done; it asks nobody. What
// it is not told of, a pipe's ends or what was there from the start, it does not
// hold: whoever meets such a descriptor enters it by Open, or by Receive if it is
// another name of a description that is known.
//
// # Locks
//
// One lock guards a table and all in it. It is not held while the functions of
// Events are called.
package descriptors

import (
	"slices"
	"sync"
)

// Table follows the descriptors of a guest's threads, which are known by ids. D is
// what its user keeps for each description. Its methods may be called by several
// goroutines at once; what they tell of a thread that the table does not know,
// or of a descriptor that it does not hold, is ignored.
type Table[D any] struct {
	holders holders
	events  Events[D]
	threads map[int]*process[D]
	files   map[ID]*File
	sent    []*Description[D] // in messages that were not received
}

type holders struct{ sync.Mutex }

// Events are what a table tells. Its functions may be nil, and may use the table.
type Events[D any] struct {
	// Released: the last descriptor of d was closed by thread, or with it. A
	// description is released once.
	Released func(thread int, d *Description[D])
	// Closed: nobody holds f any more, and its summary is final. Told once of a
	// File, after Released.
	Closed func(f *File)
}

// process is a table of descriptors, of one thread or several.
type process[D any] struct {
	slots   map[int32]slot[D]
	threads int
}

type slot[D any] struct {
	open        *Description[D]
	closeOnExec bool
}

// Description is an open file description.
type Description[D any] struct {
	File   *File
	Access Access
	// Data is the user's, and his to guard.
	Data D

	held   int // by descriptors, and by messages under way
	offset int64
	status int
}

// Opening says what an open call, or one like it, has made.
type Opening struct {
	ID          ID
	Name        string
	Access      Access
	Status      int   // the flags that fcntl(F_GETFL) tells, but for the access mode
	Offset      int64 // Unknown if it is
	CloseOnExec bool
	// Found: the descriptor was there already, so that no open is counted.
	Found bool
}

// Unknown is an offset that is not known.
const Unknown = -1

// New returns an empty table.
func New[D any](events Events[D]) *Table[D] {
	return &Table[D]{events: events, threads: map[int]*process[D]{}, files: map[ID]*File{}}
}

// news is what is told when the lock is no longer held.
type news[D any] struct {
	released []*Description[D]
	closed   []*File
}

// change calls f with the table of descriptors of a thread, unless that is
// unknown, and tells what has come of it.
func (t *Table[D]) change(thread int, f func(p *process[D], n *news[D])) {
	t.tell(thread, func(n *news[D]) {
		if p := t.threads[thread]; p != nil {
			f(p, n)
		}
	})
}

func (t *Table[D]) tell(thread int, f func(n *news[D])) {
	var n news[D]
	t.holders.Lock()
	f(&n)
	t.holders.Unlock()
	for _, d := range n.released {
		if t.events.Released != nil {
			t.events.Released(thread, d)
		}
	}
	for _, f := range n.closed {
		if t.events.Closed != nil {
			t.events.Closed(f)
		}
	}
}

// name makes fd a name of d in p, in the place of what it named before.
func (t *Table[D]) name(p *process[D], fd int32, d *Description[D], closeOnExec bool, n *news[D]) {
	d.held++
	t.unname(p, fd, n)
	p.slots[fd] = slot[D]{d, closeOnExec}
}

func (t *Table[D]) unname(p *process[D], fd int32, n *news[D]) {
	if s, ok := p.slots[fd]; ok {
		delete(p.slots, fd)
		t.letGo(s.open, n)
	}
}

// letGo takes a holder from d.
func (t *Table[D]) letGo(d *Description[D], n *news[D]) {
	if d.held--; d.held > 0 {
		return
	}
	n.released = append(n.released, d)
	if d.File.open--; d.File.open == 0 {
		delete(t.files, d.File.ID)
		n.closed = append(n.closed, d.File)
	}
}

// Open enters descriptor fd of thread as a new description.
func (t *Table[D]) Open(thread int, fd int32, o Opening, data D) (opened *Description[D]) {
	t.change(thread, func(p *process[D], n *news[D]) {
		f := t.files[o.ID]
		if f == nil {
			f = &File{ID: o.ID, Name: o.Name, holders: &t.holders}
			t.files[o.ID] = f
		}
		f.open++
		f.access |= o.Access
		if !o.Found {
			f.sum.Opens++
		}
		opened = &Description[D]{File: f, Access: o.Access, Data: data, offset: o.Offset, status: o.Status}
		t.name(p, fd, opened, o.CloseOnExec, n)
	})
	return opened
}

// Receive enters descriptor fd of thread as another name of d, which came by
// pidfd_getfd(2) or in some other way from a process that holds it.
func (t *Table[D]) Receive(thread int, fd int32, d *Description[D], closeOnExec bool) {
	t.change(thread, func(p *process[D], n *news[D]) {
		if d.held > 0 {
			t.name(p, fd, d, closeOnExec, n)
		}
	})
}

// Duplicate notes that dup(2), dup2, dup3 or fcntl has made to another name of
// what from names. Nothing changes if they are the same.
func (t *Table[D]) Duplicate(thread int, from, to int32, closeOnExec bool) {
	t.change(thread, func(p *process[D], n *news[D]) {
		if s, ok := p.slots[from]; ok && from != to {
			t.name(p, to, s.open, closeOnExec, n)
		}
	})
}

// Close notes that fd names nothing any more.
func (t *Table[D]) Close(thread int, fd int32) {
	t.change(thread, func(p *process[D], n *news[D]) { t.unname(p, fd, n) })
}

// CloseRange does so for all descriptors from first to last.
func (t *Table[D]) CloseRange(thread int, first, last uint32) {
	t.change(thread, func(p *process[D], n *news[D]) {
		for fd := range p.slots {
			if uint32(fd) >= first && uint32(fd) <= last {
				t.unname(p, fd, n)
			}
		}
	})
}

// SetCloseOnExec sets whether the descriptors from first to last are closed by
// an execve.
func (t *Table[D]) SetCloseOnExec(thread int, first, last uint32, on bool) {
	t.change(thread, func(p *process[D], _ *news[D]) {
		for fd, s := range p.slots {
			if uint32(fd) >= first && uint32(fd) <= last {
				s.closeOnExec = on
				p.slots[fd] = s
			}
		}
	})
}

// Get returns the description that fd names, or nil.
func (t *Table[D]) Get(thread int, fd int32) *Description[D] {
	t.holders.Lock()
	defer t.holders.Unlock()
	if p := t.threads[thread]; p != nil {
		return p.slots[fd].open
	}
	return nil
}

// Holder is a descriptor.
type Holder struct {
	Thread      int
	FD          int32
	CloseOnExec bool
}

// Holders lists the descriptors that name a description of the file, with one
// thread for each table of descriptors, by description.
func (t *Table[D]) Holders(id ID) map[*Description[D]][]Holder {
	t.holders.Lock()
	defer t.holders.Unlock()
	if t.files[id] == nil {
		return nil
	}
	all := map[*Description[D]][]Holder{}
	seen := map[*process[D]]bool{}
	for thread, p := range t.threads {
		if seen[p] {
			continue
		}
		seen[p] = true
		for fd, s := range p.slots {
			if s.open.File.ID == id {
				all[s.open] = append(all[s.open], Holder{thread, fd, s.closeOnExec})
			}
		}
	}
	return all
}

// Send notes that a message with what fd names is under way (SCM_RIGHTS, see
// unix(7)). It holds the description until Deliver or Forget.
func (t *Table[D]) Send(thread int, fd int32) {
	t.change(thread, func(p *process[D], _ *news[D]) {
		if s, ok := p.slots[fd]; ok {
			s.open.held++
			t.sent = append(t.sent, s.open)
		}
	})
}

// Sent returns the descriptions of a file that are under way, in the order in
// which they were sent, one as often as it was.
func (t *Table[D]) Sent(id ID) (list []*Description[D]) {
	t.holders.Lock()
	defer t.holders.Unlock()
	for _, d := range t.sent {
		if d.File.ID == id {
			list = append(list, d)
		}
	}
	return list
}

// Deliver enters descriptor fd of thread, which came with a message, as a name
// of d, which is one of Sent.
func (t *Table[D]) Deliver(thread int, fd int32, d *Description[D], closeOnExec bool) {
	t.change(thread, func(p *process[D], n *news[D]) {
		i := slices.Index(t.sent, d)
		if i < 0 {
			return
		}
		t.sent = slices.Delete(t.sent, i, i+1)
		t.name(p, fd, d, closeOnExec, n)
		t.letGo(d, n)
	})
}
