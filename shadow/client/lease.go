package client

import (
	"context"
	"slices"
	"sync"

	"penumbra/shadow/wire"
)

// A Change is what has happened to a name in a directory that there is a lease
// on.
type Change = wire.Change

// The leases of a client.
type leases struct {
	changed func([]Change)

	mu      sync.Mutex
	last    uint32
	filling map[uint32]*filling
}

// filling are the changes to a directory that is yet being listed, in several
// pieces: they have to come behind the listing.
type filling struct {
	changes []Change
	over    bool
}

// mostFilling bounds them.
const mostFilling = 1 << 16

// number returns a number for another lease, or 0 if nobody would hear of it.
func (l *leases) number() uint32 {
	if l.changed == nil {
		return 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last++
	return l.last
}

// tell is session.ClientConfig.Changed.
func (l *leases) tell(changes []Change) {
	l.mu.Lock()
	changes = slices.DeleteFunc(changes, l.hold)
	l.mu.Unlock()
	if len(changes) > 0 {
		l.changed(changes)
	}
}

// hold keeps a change back if its directory is being listed, with mu held.
func (l *leases) hold(c Change) bool {
	if c.All {
		for _, f := range l.filling {
			f.over = true
		}
		return false
	}
	f := l.filling[c.Lease]
	switch {
	case f == nil:
		return false
	case c.Gone && c.Name == "" || len(f.changes) >= mostFilling:
		f.over = true
	}
	f.changes = append(f.changes, c)
	return true
}

// fill begins to keep changes back.
func (l *leases) fill(number uint32) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.filling == nil {
		l.filling = map[uint32]*filling{}
	}
	l.filling[number] = &filling{}
}

// filled ends that, and returns what was kept back, and whether the lease is
// there still.
func (l *leases) filled(number uint32) (changes []Change, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f := l.filling[number]
	delete(l.filling, number)
	if f == nil || f.over {
		return nil, false
	}
	return f.changes, true
}

// Unwatch ends a lease.
func (p *Process) Unwatch(ctx context.Context, lease uint32) error { return p.c.Unwatch(ctx, lease) }

// Unwatch ends a lease.
func (c *Client) Unwatch(ctx context.Context, lease uint32) error {
	_, err := c.one(ctx, 0, nil, wire.Op{Code: wire.Unwatch, Lease: lease})
	return err
}
