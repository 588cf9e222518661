package spool

import (
	"os"
	"slices"
	"sync"

	"penumbra/access"
	"penumbra/access/internal/handle"
)

// A Table has those who open the same file share its spool, so that each sees
// what the others have written.
type Table struct {
	mu   sync.Mutex
	open map[string]*entry
}

type entry struct {
	mu    sync.Mutex // held while the spool is made
	spool *Spool
	uses  int // with Table.mu
}

// Open returns a handle on the spool of a file, by its name and its identity as
// this is now: the name may have become another file's. fill makes the spool if
// there is none; an empty identity means that it cannot be shared.
func (t *Table) Open(name, identity string, flag int, fill func() (*Spool, error)) (access.File, error) {
	if identity == "" {
		s, err := fill()
		if err != nil {
			return nil, err
		}
		return s.Alone(name, flag), nil
	}
	e := t.enter(name, identity)
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.spool == nil {
		s, err := fill()
		if err != nil {
			_ = t.leave(name, e)
			return nil, err
		}
		t.mu.Lock()
		e.spool, s.ids = s, append(s.ids, identity)
		t.mu.Unlock()
	} else if flag&os.O_TRUNC != 0 {
		e.spool.mu.Lock()
		err := e.spool.host.Truncate(0)
		e.spool.dirty.Store(true)
		e.spool.mu.Unlock()
		if err != nil {
			_ = t.leave(name, e)
			return nil, access.Failed("open", name, err)
		}
	}
	return &file{handle.Handle{Name: name, Flag: flag}, e.spool, func() error { return t.leave(name, e) }}, nil
}

// Has reports whether somebody has the file of that name and identity open.
func (t *Table) Has(name, identity string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	e := t.open[name]
	return e != nil && e.spool != nil && e.spool.knows(identity)
}

// Identities returns by what s is known.
func (t *Table) Identities(s *Spool) []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return s.ids
}

// Identify says by what s is known from now on.
func (t *Table) Identify(s *Spool, identities ...string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	s.ids = slices.Clone(identities)
}

func (t *Table) enter(name, identity string) *entry {
	t.mu.Lock()
	defer t.mu.Unlock()
	e := t.open[name]
	if e == nil || e.spool != nil && !e.spool.knows(identity) {
		e = &entry{}
		if t.open == nil {
			t.open = map[string]*entry{}
		}
		t.open[name] = e
	}
	e.uses++
	return e
}

func (t *Table) leave(name string, e *entry) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if e.uses--; e.uses > 0 {
		return nil
	}
	if t.open[name] == e {
		delete(t.open, name)
	}
	if e.spool == nil {
		return nil
	}
	return e.spool.host.Close()
}
