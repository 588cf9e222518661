package client

import (
	"path"
	"strings"
	"sync"

	"penumbra/shadow/wire"
)

// The ledger notes what the shadow holds for this client, by what it answers: all
// that has to be made anew if it was killed.
type ledger struct {
	mu    sync.Mutex
	procs map[uint32]*holdings
	last  uint32 // representative
}

// holdings are what a representative has.
type holdings struct {
	cwd      *opened
	umask    uint32
	files    map[int32]*opened
	reserved map[int32]bool
	locks    map[wire.Identity]ranges // the process's own
}

// opened is an open file. Several descriptors may lead to it.
type opened struct {
	path  string
	flags uint32
	id    wire.Identity
	locks ranges // the open file's own
	whole ranges // flock(2)'s

	written, synced uint64 // changes that were answered, and of these on the disk
	lost            bool   // some of them may be lost
	stale           bool   // the shadow does not have it any more, or not its locks
}

// wrote returns the number of changes of a descriptor's file, and whether some
// may be lost, which it tells once only; fsync(2) and close(2) do so.
func (l *ledger) wrote(proc uint32, fd int32) (n uint64, lost bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	h := l.procs[proc]
	if h == nil || h.files[fd] == nil {
		return 0, false
	}
	f := h.files[fd]
	lost, f.lost = f.lost, false
	return f.written, lost
}

// synced notes that the first n changes are on the disk.
func (l *ledger) synced(proc uint32, fd int32, n uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if h := l.procs[proc]; h != nil && h.files[fd] != nil {
		h.files[fd].synced = max(h.files[fd].synced, n)
	}
}

func (l *ledger) newProcess() uint32 {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last++
	return l.last
}

// reserve returns the lowest free descriptor of a process, and keeps it from
// others until unreserve.
func (l *ledger) reserve(proc uint32) int32 {
	l.mu.Lock()
	defer l.mu.Unlock()
	h := l.procs[proc]
	if h == nil {
		return 0 // the shadow will say ESRCH
	}
	var fd int32
	for h.files[fd] != nil || h.reserved[fd] {
		fd++
	}
	h.reserved[fd] = true
	return fd
}

func (l *ledger) unreserve(proc uint32, fd int32) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if h := l.procs[proc]; h != nil {
		delete(h.reserved, fd)
	}
}

// note notes what became of a request. If an operation failed, the shadow has
// closed what those before it opened.
func (l *ledger) note(q *wire.Request, reply *wire.Reply) {
	l.mu.Lock()
	defer l.mu.Unlock()
	failed := reply.Err() != nil
	for i := range reply.Results {
		o, r := &q.Ops[i], &reply.Results[i]
		if r.Errno == 0 && !(failed && o.Opens()) {
			l.noteOne(q.Proc, o, r)
		}
	}
}

func newHoldings(umask uint32) *holdings {
	return &holdings{umask: umask, files: map[int32]*opened{}, reserved: map[int32]bool{}, locks: map[wire.Identity]ranges{}}
}

func (l *ledger) noteOne(proc uint32, o *wire.Op, r *wire.Result) {
	if o.Code == wire.Spawn {
		h := newHoldings(o.Mode)
		h.cwd = &opened{path: r.Path, id: r.Attr.ID, flags: wire.OpenPath | wire.OpenDirectory}
		l.procs[o.Proc] = h
		return
	}
	h := l.procs[proc]
	if h == nil {
		return
	}
	switch o.Code {
	case wire.Fork:
		child := newHoldings(h.umask)
		child.cwd = h.cwd
		for fd, f := range h.files {
			child.files[fd] = f
		}
		l.procs[o.Proc] = child
	case wire.Exit:
		delete(l.procs, proc)
	case wire.Chdir:
		h.cwd = &opened{path: r.Path, id: r.Attr.ID, flags: wire.OpenPath | wire.OpenDirectory}
	case wire.Umask:
		h.umask = o.Mode
	case wire.Dup:
		if from := l.procs[o.Proc]; from != nil && from.files[o.FD] != nil {
			h.set(r.FD, from.files[o.FD])
		}
	case wire.Open:
		h.set(r.FD, &opened{path: r.Path, id: r.Attr.ID, flags: o.Flags})
	case wire.Close:
		h.set(o.FD, nil)
	case wire.Pipe, wire.EndPair:
		h.set(o.FD, &opened{})
		h.set(o.FD2, &opened{})
	case wire.Endpoint, wire.EndAccept, wire.Counter, wire.Timer, wire.Watcher, wire.Gathering:
		h.set(o.FD2, &opened{}) // which cannot be had again
	case wire.Rename:
		l.renamed(r.Path, r.Path2, o.Flags&wire.RenameExchange != 0)
	case wire.Lock:
		h.lock(o)
	case wire.Write, wire.Append, wire.Truncate, wire.Allocate:
		if f := h.files[o.FD]; f != nil && o.Path == "" {
			f.written++
		}
	}
}

// set has a descriptor lead to f, or nowhere. Closing a descriptor gives up the
// process's own locks on its file.
func (h *holdings) set(fd int32, f *opened) {
	if old := h.files[fd]; old != nil && old != f {
		delete(h.locks, old.id)
	}
	if f == nil {
		delete(h.files, fd)
	} else {
		h.files[fd] = f
	}
}

func (h *holdings) lock(o *wire.Op) {
	f := h.files[o.FD]
	if f == nil || o.Flags&wire.LockQuery != 0 {
		return
	}
	switch {
	case o.Flags&wire.LockProcess != 0:
		h.locks[f.id] = h.locks[f.id].apply(o)
	case o.Flags&wire.LockFile != 0:
		f.locks = f.locks.apply(o)
	default:
		f.whole = f.whole.apply(&wire.Op{Flags: o.Flags})
	}
}

// each calls do for each open file and working directory, once.
func (l *ledger) each(do func(*opened)) {
	seen := map[*opened]bool{}
	visit := func(f *opened) {
		if f != nil && !seen[f] {
			seen[f] = true
			do(f)
		}
	}
	for _, h := range l.procs {
		visit(h.cwd)
		for _, f := range h.files {
			visit(f)
		}
	}
}

// renamed notes that what lay at from, and below, now lies at to.
func (l *ledger) renamed(from, to string, exchange bool) {
	l.each(func(f *opened) {
		if rest, ok := below(f.path, from); ok {
			f.path = to + rest
		} else if rest, ok := below(f.path, to); ok && exchange {
			f.path = from + rest
		}
	})
}

// below returns what follows dir in p, if p is dir or lies below it.
func below(p, dir string) (rest string, ok bool) {
	rest, ok = strings.CutPrefix(p, dir)
	return rest, ok && (rest == "" || rest[0] == '/')
}

// places returns where a file may be that was at p: there, or where one of the
// renames put it of which nobody knows whether they have been done. The shadow
// sees whether it is the same file.
func (l *ledger) places(p string, pending []wire.Request) []string {
	all := []string{p}
	for i := range pending {
		for j := range pending[i].Ops {
			o := &pending[i].Ops[j]
			if o.Code != wire.Rename {
				continue
			}
			all = append(all, tails(l.absolute(pending[i].Proc, o.FD2, o.Path2), p)...)
			if o.Flags&wire.RenameExchange != 0 {
				all = append(all, tails(l.absolute(pending[i].Proc, o.FD, o.Path), p)...)
			}
		}
	}
	return all[:min(len(all), wire.MaxPaths)]
}

// absolute returns the path that an operation means.
func (l *ledger) absolute(proc uint32, dir int32, p string) string {
	if path.IsAbs(p) {
		return p
	}
	h := l.procs[proc]
	if h == nil {
		return p
	}
	at := h.cwd
	if dir != wire.CWD {
		at = h.files[dir]
	}
	if at == nil {
		return p
	}
	return path.Join(at.path, p)
}

// tails returns dir, and dir followed by each end of p: if dir is where a
// directory on the way to p went, one of them is where the file is.
func tails(dir, p string) []string {
	all := []string{dir}
	for i := len(p) - 1; i > 0; i-- {
		if p[i] == '/' {
			all = append(all, dir+p[i:])
		}
	}
	return all
}
