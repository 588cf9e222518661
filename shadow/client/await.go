package client

import (
	"context"
	"sync"
	"time"

	"penumbra/abi"
	"penumbra/shadow/wire"
)

// waiters are all those who wait for descriptors of representatives. However many
// they are, one request waits for them: others have to find a slot.
type waiters struct {
	mu      sync.Mutex
	all     map[*waiter]bool
	changed chan struct{} // has room for one
	running bool
}

// A waiter waits until one of its descriptors is ready.
type waiter struct {
	entries []wire.PollEntry
	ready   chan struct{} // closed
}

// PollEntry returns what asks about f.
func (f *File) PollEntry(events uint16) wire.PollEntry {
	return wire.PollEntry{Proc: f.p.id, FD: f.fd, Events: events}
}

// Poll returns what is ready now, for each entry; poll(2).
func (c *Client) Poll(ctx context.Context, entries []wire.PollEntry) ([]uint16, error) {
	return c.poll(ctx, entries, 0)
}

func (c *Client) poll(ctx context.Context, entries []wire.PollEntry, flags uint32) ([]uint16, error) {
	b, err := c.fetch(ctx, 0, wire.Op{Code: wire.Poll, Flags: flags, Data: [][]byte{wire.EncodePoll(entries)}})
	if err != nil {
		return nil, err
	}
	events, err := wire.DecodeEvents(b, len(entries))
	if err != nil {
		return nil, abi.EIO
	}
	return events, nil
}

// crowded is how long somebody waits where a poll has no room for more.
const crowded = 10 * time.Millisecond

// Await waits until one of some descriptors may be ready, or ctx is done: then the
// error is EINTR.
func (c *Client) Await(ctx context.Context, entries []wire.PollEntry) error {
	w := &waiter{entries: entries, ready: make(chan struct{})}
	l := &c.waiters
	l.mu.Lock()
	if l.all == nil {
		l.all, l.changed = map[*waiter]bool{}, make(chan struct{}, 1)
	}
	total := len(entries)
	for other := range l.all {
		total += len(other.entries)
	}
	if total > wire.MaxPoll {
		l.mu.Unlock()
		select {
		case <-time.After(crowded):
			return nil
		case <-ctx.Done():
			return abi.EINTR
		}
	}
	l.all[w] = true
	l.change()
	if !l.running {
		l.running = true
		go c.serveWaiters()
	}
	l.mu.Unlock()
	defer func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.all[w] {
			delete(l.all, w)
			l.change()
		}
	}()
	select {
	case <-w.ready:
		return nil
	case <-ctx.Done():
		return abi.EINTR
	case <-c.Done():
		return c.Err()
	}
}

// change tells the one who asks that there is something else to be asked, with mu
// held.
func (l *waiters) change() {
	select {
	case l.changed <- struct{}{}:
	default:
	}
}

// take returns all who wait, and false if it need not go on.
func (l *waiters) take() ([]*waiter, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var all []*waiter
	for w := range l.all {
		all = append(all, w)
	}
	select {
	case <-l.changed: // what it told of is in all
	default:
	}
	l.running = len(all) > 0
	return all, l.running
}

// serveWaiters asks for all who wait until nobody does.
func (c *Client) serveWaiters() {
	l := &c.waiters
	for {
		all, ok := l.take()
		if !ok {
			return
		}
		var entries []wire.PollEntry
		for _, w := range all {
			entries = append(entries, w.entries...)
		}
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan []uint16, 1)
		go func() {
			// An error: the session is over, or it was cancelled.
			events, _ := c.poll(ctx, entries, wire.PollWait)
			done <- events
		}()
		select {
		case events := <-done:
			l.wake(all, events)
		case <-l.changed:
		case <-c.Done():
			l.wake(all, nil)
		}
		cancel()
	}
}

// wake wakes those of whose descriptors one is ready; if that is not known, all.
func (l *waiters) wake(all []*waiter, events []uint16) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, w := range all {
		ready := events == nil
		for i := range w.entries {
			ready = ready || events[i] != 0
		}
		if events != nil {
			events = events[len(w.entries):]
		}
		if ready && l.all[w] {
			delete(l.all, w)
			close(w.ready)
		}
	}
}
