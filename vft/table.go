package vft

import (
	"sync"
	"sync/atomic"

	"golang.org/x/sys/unix"
)

// Table holds the emulated files of a tree, by what fstat(2) tells of their
// placeholders.
type Table struct {
	aggravate bool
	flushing  sync.Mutex // so that a Flush has ended for all when it has for one
	queued    atomic.Bool
	limit     atomic.Int64 // of what is present, in bytes; 0 is none
	came      atomic.Int64 // bytes since that was looked at
	shedding  atomic.Bool

	mu       sync.RWMutex
	files    map[key]*File
	claims   map[int][]*File        // by thread
	mappings map[int]map[*File]bool // by process
	pledges  map[int]*File          // by thread
	touched  map[*File]bool         // may be dirty
	open     []*File                // that hold descriptors, the oldest first
	added    func(inode uint64)     // or nil
}

type key struct{ dev, ino uint64 }

// mostOpen is how many files hold descriptors of ours when they are not in use.
const mostOpen = 256

// NewTable returns an empty table. With aggravate, which is for tests, what is
// not there is not zeros but Poison, and what a call has read is taken away again
// when it has ended: who reads what was not asked for gets garbage.
func NewTable(aggravate bool) *Table {
	return &Table{aggravate: aggravate, files: map[key]*File{}, claims: map[int][]*File{}, pledges: map[int]*File{},
		mappings: map[int]map[*File]bool{}, touched: map[*File]bool{}}
}

// Add makes the file of which st tells, which has the length of its source, the
// placeholder of an emulated file.
func (t *Table) Add(st *unix.Stat_t, o Options) (*File, error) {
	f := &File{table: t, key: key{st.Dev, st.Ino}, options: o, origin: o.Size, length: o.Size, cut: maxOffset,
		filling: map[int64]chan struct{}{}, claims: map[int]claim{}, mappers: map[int]bool{}, hashes: map[int64]uint64{},
		coming: map[int]*asking{}, pledged: map[int]pledge{}}
	if t.aggravate {
		if err := f.poison(); err != nil {
			return nil, err
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.files[f.key] = f
	if t.added != nil {
		t.added(st.Ino)
	}
	return f, nil
}

// Watch has added called with the inode number of the placeholder of each file
// that is in the table, or will be, before Add returns.
func (t *Table) Watch(added func(inode uint64)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.added = added
	for k := range t.files {
		added(k.ino)
	}
}

// Lookup returns the file of which a placeholder has these numbers, or nil.
func (t *Table) Lookup(dev, ino uint64) *File {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.files[key{dev, ino}]
}

// Empty reports whether there are no files yet.
func (t *Table) Empty() bool {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return len(t.files) == 0
}

func (t *Table) remove(f *File) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.files, f.key)
	delete(t.touched, f)
	for i, other := range t.open {
		if other == f {
			t.open = append(t.open[:i], t.open[i+1:]...)
			break
		}
	}
}

// Settle says that the last call of thread who has ended.
func (t *Table) Settle(who int) {
	t.mu.RLock()
	none := t.claims[who] == nil && t.pledges[who] == nil
	t.mu.RUnlock()
	if none {
		return
	}
	t.mu.Lock()
	files, locked := t.claims[who], t.pledges[who]
	delete(t.claims, who)
	delete(t.pledges, who)
	t.mu.Unlock()
	if locked != nil {
		locked.unpledge(who)
	}
	for _, f := range files {
		f.settle(who)
	}
}

func (t *Table) claimed(who int, f *File) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.claims[who] = append(t.claims[who], f)
}

func (t *Table) pledge(who int, f *File) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.pledges[who] = f
}

func (t *Table) mapped(pid int, f *File) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.mappings[pid] == nil {
		t.mappings[pid] = map[*File]bool{}
	}
	t.mappings[pid][f] = true
}

// Forked says that process child has the mappings that parent has.
func (t *Table) Forked(parent, child int) {
	for f := range t.mappedBy(parent) {
		f.mu.Lock()
		f.mappers[child] = true
		f.mu.Unlock()
		t.mapped(child, f)
	}
}

// Unmap says that process pid has no mappings any more.
func (t *Table) Unmap(pid int) {
	files := t.mappedBy(pid)
	if files == nil {
		return
	}
	t.mu.Lock()
	delete(t.mappings, pid)
	t.mu.Unlock()
	for f := range files {
		f.mu.Lock()
		delete(f.mappers, pid)
		f.mu.Unlock()
	}
}

// mappedBy returns the files that process pid maps to change them.
func (t *Table) mappedBy(pid int) map[*File]bool {
	t.mu.RLock()
	defer t.mu.RUnlock()
	if t.mappings[pid] == nil {
		return nil
	}
	files := map[*File]bool{}
	for f := range t.mappings[pid] {
		files[f] = true
	}
	return files
}

// touch notes that f may be dirty.
func (t *Table) touch(f *File) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.files[f.key] == f {
		t.touched[f] = true
	}
}

// Queue reports whether it is worth while to call Flush: there may be something to
// write back, and nobody else was told so who has not begun yet.
func (t *Table) Queue() bool {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return len(t.touched) > 0 && t.queued.CompareAndSwap(false, true)
}

// Flush writes back all that has changed. The errors are told to failed, one by
// one with the file's, for those do not keep the others from being written.
func (t *Table) Flush(failed func(*File, error)) {
	t.flushing.Lock()
	defer t.flushing.Unlock()
	t.queued.Store(false)
	t.mu.Lock()
	files := t.touched
	t.touched = map[*File]bool{}
	t.mu.Unlock()
	for f := range files {
		err := f.Flush()
		if err != nil {
			failed(f, err)
		}
		if f.Dirty() {
			t.touch(f)
		}
	}
}

// opened notes that f holds descriptors, and has those closed that were not used
// for long. What is dirty keeps its own.
func (t *Table) opened(f *File) {
	t.mu.Lock()
	t.open = append(t.open, f)
	var idle []*File
	if len(t.open) > mostOpen {
		n := len(t.open) / 4
		idle = append(idle, t.open[:n]...)
		t.open = append([]*File(nil), t.open[n:]...)
	}
	t.mu.Unlock()
	for _, f := range idle {
		if f.Dirty() || !f.rest() {
			t.mu.Lock()
			t.open = append(t.open, f)
			t.mu.Unlock()
		}
	}
}

// Close gives up all files; what was not flushed is lost.
func (t *Table) Close() {
	t.mu.Lock()
	files := t.files
	t.files, t.open = map[key]*File{}, nil
	t.mu.Unlock()
	for _, f := range files {
		f.close()
	}
}
