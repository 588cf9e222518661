package server

import (
	"sync"
	"time"

	"penumbra/shadow/session"
	"penumbra/shadow/wire"
)

// A lease has the client told of what changes in a directory. It is for a
// directory, wherever that is moved to, but holds no descriptor: there may be
// thousands, and one that is open does not tell that it was removed.
type lease struct {
	number uint32
	at     *export
	rel    string // where the directory was in at
	id     wire.Identity

	// With leases.mu:
	told    bool             // the client knows that it has this lease
	over    bool             // and, if told, has to know
	void    bool             // what it has to know is nothing: it gave it up itself
	watched map[string]int32 // inotify's numbers, of the directory ("") and of what needs its own in it
	changed map[string]bool  // names to tell of; at once if true
}

// The leases of a session.
type leases struct {
	limit int // of count

	// telling puts notices in an order: who has taken changes sends them before
	// another takes later ones.
	telling sync.Mutex

	mu      sync.Mutex
	notice  func(head []byte) error // by the present link
	link    int                     // which of them that is
	watcher *watcher                // nil until there is a lease
	closed  bool
	held    map[uint32]*lease
	watches map[int32]map[ref]bool // by inotify's numbers
	count   int                    // refs in them
	dirty   map[*lease]bool        // those with changes
	ended   []uint32               // leases whose end is to be told
	all     bool                   // that of all is
	next    time.Time              // when what is not told at once may be told
	timer   *time.Timer            // runs until then
}

// A ref says what a watch is for: a name in a leased directory, or "" for that
// itself.
type ref struct {
	lease *lease
	name  string
}

// mostUntold is how many names may change before the client knows that it has a
// lease.
const mostUntold = 4096

func newLeases(limit int) *leases {
	return &leases{limit: limit, held: map[uint32]*lease{}, watches: map[int32]map[ref]bool{}, dirty: map[*lease]bool{}}
}

// Linked implements session.Executor. The client takes all leases that it knew
// for ended.
func (x *executor) Linked(notice func([]byte) error, push session.Push) {
	x.sockets.Link(push)
	l := x.leases
	l.mu.Lock()
	defer l.mu.Unlock()
	l.notice = notice
	l.link++
	l.part()
}

// part ends, with mu held, what the client knows of by a link that is broken.
func (l *leases) part() {
	for _, le := range l.held {
		if le.told {
			le.void = true
			l.end(le)
		}
	}
	l.ended, l.all = nil, false
}

// begin makes a lease on a directory, in place of one that has its number. It is
// nil if the directory cannot be watched.
func (l *leases) begin(number uint32, f *file) *lease {
	l.giveUp(number)
	path, err := f.at.pathOf(f.fd)
	if err != nil || !tells(f.fd) {
		return nil
	}
	rel, ok := within(path, f.at.name)
	if !ok {
		return nil
	}
	le := &lease{number: number, at: f.at, rel: rel, id: f.id, watched: map[string]int32{}, changed: map[string]bool{}}
	if !l.watch(le, "", procPath(f.fd), directoryEvents) {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if le.over {
		return nil
	}
	l.held[number] = le
	return le
}

// of returns the lease with a number, if it is one on f.
func (l *leases) of(number uint32, f *file) *lease {
	l.mu.Lock()
	defer l.mu.Unlock()
	if le := l.held[number]; le != nil && le.id == f.id {
		return le
	}
	return nil
}

// giveUp ends a lease of which the client expects nothing more.
func (l *leases) giveUp(number uint32) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if le := l.held[number]; le != nil {
		le.void = true
		l.end(le)
	}
}

// end ends a lease, with mu held.
func (l *leases) end(le *lease) {
	if le.over {
		return
	}
	le.over = true
	if l.held[le.number] == le {
		delete(l.held, le.number)
	}
	delete(l.dirty, le)
	for name := range le.watched {
		l.unwatch(le, name)
	}
	if le.told && !le.void {
		l.ended = append(l.ended, le.number)
	}
}

// deliver has a reply sent that tells the client of leases. From then on it hears of
// changes, beginning with those that there were meanwhile: no other reply gets
// ahead of these, since telling is held.
func (l *leases) deliver(begun []*lease, send func() error) {
	l.telling.Lock()
	if err := send(); err == nil { // else the client will ask again
		l.known(begun)
	}
	l.telling.Unlock()
	l.tell(true)
}

func (l *leases) known(begun []*lease) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, le := range begun {
		le.told = true
		if le.over && !le.void {
			l.ended = append(l.ended, le.number)
		}
	}
}

// change notes that a name has changed, with mu held.
func (l *leases) change(le *lease, name string, atOnce bool) {
	if le.over {
		return
	}
	if !le.told && len(le.changed) >= mostUntold {
		l.end(le)
		return
	}
	le.changed[name] = le.changed[name] || atOnce
	l.dirty[le] = true
}

// close frees everything. There are no requests any more.
func (l *leases) close() {
	l.telling.Lock() // the exports are about to be closed
	l.mu.Lock()
	for _, le := range l.held {
		le.void = true
		l.end(le)
	}
	l.ended, l.all, l.closed = nil, false, true
	w := l.watcher
	if l.timer != nil {
		l.timer.Stop()
	}
	l.mu.Unlock()
	l.telling.Unlock()
	if w != nil {
		w.close()
	}
}
