package session

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"penumbra/shadow/wire"
)

// run serves link after link until the session ends.
func (c *Client) run(l *link) {
	for {
		err := explain(l, c.serve(l))
		l.close()
		c.mu.Lock()
		c.link = nil
		c.mu.Unlock()
		if c.cfg.Changed != nil {
			// The shadow ends all leases at a new link: nobody knows which notices
			// have arrived.
			c.cfg.Changed([]wire.Change{{All: true}})
		}
		if c.cfg.Notice != nil && !c.bye.Load() {
			c.cfg.Notice(err)
		}
		if l, err = c.reconnect(err); err != nil {
			c.end(err)
			return
		}
		if c.cfg.Notice != nil {
			c.cfg.Notice(nil)
		}
	}
}

// end lets all calls fail, and all to come.
func (c *Client) end(why error) {
	c.mu.Lock()
	c.err = &EndedError{why}
	for _, call := range c.calls {
		if call != nil {
			c.release(call)
			call.err = c.err
			close(call.done)
		}
	}
	c.mu.Unlock()
	close(c.done)
	c.cancel()
}

// A refusedError says that the shadow will not have the client, ever.
type refusedError struct{ why string }

func (e *refusedError) Error() string { return "the shadow refuses: " + e.why }

// A brokenError is an error that another link does not mend.
type brokenError struct{ err error }

func (e *brokenError) Error() string { return e.err.Error() }
func (e *brokenError) Unwrap() error { return e.err }

// final reports whether another attempt is in vain after err.
func final(err error) bool {
	var refused *refusedError
	var broken *brokenError
	return errors.As(err, &refused) || errors.As(err, &broken)
}

// reconnect makes a link, with longer and longer pauses, until the lease ends.
func (c *Client) reconnect(cause error) (*link, error) {
	if c.bye.Load() {
		return nil, ErrClosed
	}
	if final(cause) {
		return nil, cause
	}
	ctx, cancel := context.WithTimeout(c.ctx, c.cfg.Lease)
	defer cancel()
	for pause := 2 * time.Millisecond; ; pause = min(2*pause, 5*time.Second) {
		l, err := c.connect(ctx)
		if err == nil || final(err) {
			return l, err
		}
		// Not all clients of a shadow at once.
		timer := time.NewTimer(pause/2 + rand.N(pause))
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			if c.ctx.Err() != nil {
				return nil, ErrClosed
			}
			return nil, fmt.Errorf("%w; last: %w", ErrLease, err)
		}
	}
}

// connect makes a link, greets the shadow, and recovers if it is another.
func (c *Client) connect(ctx context.Context) (*link, error) {
	rw, err := c.cfg.Dial(ctx)
	if err != nil {
		return nil, fmt.Errorf("reach the shadow: %w", err)
	}
	l := newLink(rw)
	stop := context.AfterFunc(ctx, l.close)
	go l.watch(c.cfg.Silence, func() { c.ping(l) })
	w, err := c.greet(l)
	if err == nil && w.Epoch != c.epoch {
		err = c.recover(l, w)
	}
	if !stop() && err == nil {
		err = ctx.Err()
	}
	if err != nil {
		err = explain(l, err)
		l.close()
		return nil, err
	}
	c.install(l, w)
	return l, nil
}

// An Explainer is a link that may know better why it broke than the error that it
// returned, as a program does that has said something on its standard error.
type Explainer interface{ Explain(err error) error }

// explain returns err, or what l knows about it.
func explain(l *link, err error) error {
	if x, ok := l.rw.(Explainer); ok && err != nil && !final(err) {
		return x.Explain(err)
	}
	return err
}

// firstSlot is the slot of the first call: slot 0 is for recovery.
const firstSlot = 1

// greet exchanges hello and welcome.
func (c *Client) greet(l *link) (*wire.Welcome, error) {
	hello := wire.Hello{Oldest: wire.Version, Newest: wire.Version, Session: c.id, Epoch: c.epoch,
		Lease: uint32(max(1, c.cfg.Lease/time.Second)), Slots: c.slots}
	if c.cfg.Compress {
		hello.Features = wire.FeatureZstd
	}
	answered := make(chan struct{})
	l.greeting.Store(true)
	defer func() { l.greeting.Store(false); close(answered) }()
	if err := l.send(wire.Header{Kind: wire.KindHello}, hello.Encode()); err != nil {
		return nil, fmt.Errorf("greet the shadow: %w", err)
	}
	if c.calls == nil && c.cfg.First != nil {
		first := wire.Header{Kind: wire.KindRequest, Slot: firstSlot, Seq: 1}
		// The shadow may not read on before its welcome was.
		go func() {
			if l.sendPlain(first, c.cfg.First.Head, c.cfg.First.Payload...) != nil {
				<-answered
				l.close()
			}
		}()
	}
	h, head, err := l.head()
	if errors.Is(err, wire.ErrMalformed) {
		return nil, fmt.Errorf("greet the shadow: %w: is this a shadow?", err)
	}
	if err != nil {
		return nil, fmt.Errorf("greet the shadow: %w", err)
	}
	switch h.Kind {
	case wire.KindWelcome:
		w, err := wire.DecodeWelcome(head)
		switch {
		case err != nil:
			return nil, &brokenError{fmt.Errorf("welcome: %w", err)}
		case w.Version != wire.Version:
			return nil, &brokenError{fmt.Errorf("welcome: the shadow speaks version %d of the protocol, and this is %d", w.Version, wire.Version)}
		case w.Slots > c.slots || c.calls != nil && w.Slots < c.slots:
			return nil, &brokenError{fmt.Errorf("welcome: the shadow offers %d slots instead of %d", w.Slots, c.slots)}
		}
		l.zstd = w.Features&hello.Features&wire.FeatureZstd != 0
		return w, nil
	case wire.KindRefuse:
		r, err := wire.DecodeRefuse(head)
		if err == nil && r.Again {
			return nil, fmt.Errorf("the shadow refuses for now: %s", r.Why)
		} else if err == nil {
			return nil, &refusedError{r.Why}
		}
	}
	return nil, &brokenError{fmt.Errorf("%w: neither welcome nor refusal: is this a shadow?", wire.ErrMalformed)}
}

// recover has all that c holds opened anew.
func (c *Client) recover(l *link, w *wire.Welcome) error {
	if c.calls == nil || c.cfg.Recover == nil {
		return nil // nothing can be held yet
	}
	c.mu.Lock()
	var pending []*Call
	for _, call := range c.calls {
		if call != nil {
			pending = append(pending, call)
		}
	}
	c.mu.Unlock()
	var seq uint64
	var broken error
	err := c.cfg.Recover(Recovery{Pending: pending, Rebooted: w.Boot != c.boot, Do: func(call *Call) error {
		seq++
		broken = c.exchange(l, call, seq)
		return broken
	}})
	if err != nil && broken == nil {
		return &brokenError{err}
	}
	return err
}

// exchange performs a call in slot 0 of a link that nobody else uses yet.
func (c *Client) exchange(l *link, call *Call, seq uint64) error {
	if err := l.send(wire.Header{Kind: wire.KindRequest, Seq: seq}, call.Head, call.Payload...); err != nil {
		return err
	}
	for {
		h, head, err := l.head()
		if err != nil {
			return err
		}
		if h.Kind == wire.KindPong {
			continue
		}
		if h.Kind != wire.KindReply || h.Slot != 0 || h.Seq != seq {
			return &brokenError{fmt.Errorf("%w: frame %d in place of the reply", wire.ErrMalformed, h.Kind)}
		}
		if err := c.take(l, call, h, head); err != nil {
			return err
		}
		if call.Finish != nil {
			call.Finish()
		}
		return nil
	}
}

// install lets calls use l.
func (c *Client) install(l *link, w *wire.Welcome) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.epoch, c.boot = w.Epoch, w.Boot
	if c.calls == nil {
		c.slots = w.Slots
		c.calls, c.seqs = make([]*Call, w.Slots), make([]uint64, w.Slots)
		for slot := w.Slots - 1; slot > 0; slot-- {
			c.free = append(c.free, slot)
		}
		c.tokens = make(chan struct{}, w.Slots-1)
		if call := c.cfg.First; call != nil {
			c.tokens <- struct{}{}
			c.assign(call) // the first slot, which is that it was sent with
			call.sent, call.epoch, call.boot, call.link = true, c.epoch, c.boot, l
		}
	}
	c.link = l
	for _, call := range c.calls {
		if call != nil {
			select {
			case call.wake <- struct{}{}:
			default:
			}
		}
	}
}

// ping gives the shadow a sign of life.
func (c *Client) ping(l *link) {
	c.mu.Lock()
	h := wire.Header{Kind: wire.KindPing}
	if c.link == l && len(c.free) == int(c.slots)-1 {
		h.Flags = wire.FlagIdle
	}
	greeted := c.link == l
	c.mu.Unlock()
	if greeted {
		l.sign(h)
	}
}
