package session

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"penumbra/abi"
	"penumbra/shadow/wire"
)

// A Call is a request and what becomes of its reply.
type Call struct {
	// Head and Payload are the encoded request. Both are read again whenever it
	// has to be sent again, until Do returns.
	Head    []byte
	Payload [][]byte
	// Place looks at the head of a reply and says where the payload belongs, of
	// which there are n bytes. It may be called again, if the link breaks before
	// all has arrived. An error ends the session.
	Place func(head []byte, n int) ([][]byte, error)
	// About is the caller's, for Recover.
	About any
	// Finish, if not nil, is called when all has arrived, once, before any
	// later recovery.
	Finish func()

	slot uint16
	seq  uint64
	sent bool
	// What shadow it was sent to first, on which start of its machine.
	epoch, boot wire.ID

	link *link         // by which it was sent last
	wake chan struct{} // there is another link
	done chan struct{} // closed at the end
	err  error
}

// ClientConfig says how a client reaches its shadow.
type ClientConfig struct {
	// Dial makes a link. It is called again whenever one breaks.
	Dial func(ctx context.Context) (io.ReadWriteCloser, error)
	// Lease is how long the shadow may be out of reach before the session ends.
	Lease time.Duration
	// Slots is one more than the number of requests in flight at most.
	Slots int
	// Compress offers to compress payloads.
	Compress bool
	// Silence is how long a link may be silent before it counts as broken.
	Silence time.Duration
	// Recover has all that the client holds opened anew by a shadow that has
	// lost it. An error of Recovery.Do is to be returned: the link broke, and
	// recovery begins from the start. Any other error ends the session.
	Recover func(Recovery) error
	// Notice, if not nil, is told when a link breaks (and why) or is there again
	// (nil).
	Notice func(err error)
}

// A Recovery is what there is to know and to use for it.
type Recovery struct {
	// Pending are the calls that have no reply. They are sent again afterwards.
	Pending []*Call
	// Rebooted: the shadow's machine was started anew. What was not synced may
	// be lost.
	Rebooted bool
	// Do performs calls, one after the other.
	Do func(*Call) error
}

// Client is the client's side of a session. Its methods may be called at the
// same time.
type Client struct {
	cfg    ClientConfig
	id     wire.ID
	ctx    context.Context
	cancel context.CancelFunc
	bye    atomic.Bool   // the client ends the session
	tokens chan struct{} // one a slot in use
	done   chan struct{} // closed when the session has ended

	mu    sync.Mutex
	epoch wire.ID // of the shadow that knows what the client holds
	boot  wire.ID
	slots uint16
	free  []uint16 // the last used comes last, so that few slots do most
	seqs  []uint64
	calls []*Call // by slot; nil where none is under way
	link  *link   // nil while there is none
	err   error   // why the session has ended
}

// Dial begins a session. It fails if the first attempt to reach the shadow does,
// or if the shadow refuses.
func Dial(ctx context.Context, cfg ClientConfig) (*Client, error) {
	if cfg.Lease <= 0 {
		cfg.Lease = DefaultLease
	}
	if cfg.Slots <= 1 {
		cfg.Slots = DefaultSlots
	}
	if cfg.Silence <= 0 {
		cfg.Silence = 30 * time.Second
	}
	c := &Client{cfg: cfg, id: newID(), done: make(chan struct{}), slots: uint16(min(cfg.Slots, wire.MaxSlots))}
	c.ctx, c.cancel = context.WithCancel(context.Background())
	l, err := c.connect(ctx)
	if err != nil {
		c.cancel()
		return nil, err
	}
	go c.run(l)
	return c, nil
}

// Done is closed when the session has ended; Err then says why.
func (c *Client) Done() <-chan struct{} { return c.done }

// Err returns why the session has ended, or nil.
func (c *Client) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

// Close ends the session; the shadow frees all that it holds for it. Calls that
// are under way fail.
func (c *Client) Close() error {
	c.bye.Store(true)
	c.mu.Lock()
	l := c.link
	c.mu.Unlock()
	if l != nil {
		_ = l.send(wire.Header{Kind: wire.KindBye}, nil)
	}
	c.cancel()
	<-c.done
	return nil
}

// Do sends a call and returns when its reply has arrived, however many links that
// takes. When ctx is done it asks the shadow to end what waits there with EINTR,
// and still waits for the reply, which tells what happened. A call that has not
// been sent yet then fails with EINTR by itself. An EndedError says that the
// session is over and that the call may have been performed or not.
func (c *Client) Do(ctx context.Context, call *Call) error {
	select {
	case c.tokens <- struct{}{}:
	case <-ctx.Done():
		return abi.EINTR
	case <-c.done:
		return c.Err()
	}
	defer func() { <-c.tokens }()
	if err := c.enter(call); err != nil {
		return err
	}
	interrupt, cancelled := ctx.Done(), false
	for {
		if l, flags := c.turn(call, cancelled); l != nil {
			// An error is not the call's: the link is broken, there will be another.
			_ = l.send(wire.Header{Kind: wire.KindRequest, Flags: flags, Slot: call.slot, Seq: call.seq}, call.Head, call.Payload...)
			if cancelled {
				_ = l.send(wire.Header{Kind: wire.KindCancel, Slot: call.slot, Seq: call.seq}, nil)
			}
		}
		select {
		case <-call.done:
			return call.err
		case <-call.wake:
		case <-interrupt:
			interrupt, cancelled = nil, true
			if c.withdraw(call) {
				return abi.EINTR
			}
		}
	}
}

// enter gives call a slot.
func (c *Client) enter(call *Call) error {
	call.wake, call.done = make(chan struct{}, 1), make(chan struct{})
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil {
		return c.err
	}
	last := len(c.free) - 1
	call.slot, c.free = c.free[last], c.free[:last]
	c.seqs[call.slot]++
	call.seq = c.seqs[call.slot]
	c.calls[call.slot] = call
	return nil
}

// turn returns the link by which call has to be sent now, if any, and with which
// flags. A cancelled call that was sent by the link already is only cancelled
// there, by withdraw.
func (c *Client) turn(call *Call, cancelled bool) (*link, uint8) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.link == nil || call.link == c.link {
		return nil, 0
	}
	if !call.sent {
		call.sent, call.epoch, call.boot = true, c.epoch, c.boot
	}
	var flags uint8
	if call.epoch != c.epoch {
		flags |= wire.FlagAgain
	}
	if call.boot != c.boot {
		flags |= wire.FlagReboot
	}
	call.link = c.link
	return c.link, flags
}

// withdraw takes back a call that was never sent, or else asks the shadow to end
// it.
func (c *Client) withdraw(call *Call) (gone bool) {
	c.mu.Lock()
	if !call.sent && c.calls[call.slot] == call {
		c.seqs[call.slot]-- // the shadow has to see every number
		c.release(call)
		c.mu.Unlock()
		return true
	}
	l := call.link
	c.mu.Unlock()
	if l != nil {
		_ = l.send(wire.Header{Kind: wire.KindCancel, Slot: call.slot, Seq: call.seq}, nil)
	}
	return false
}

// release frees the slot of call, with mu held.
func (c *Client) release(call *Call) {
	c.calls[call.slot] = nil
	c.free = append(c.free, call.slot)
}

// run serves link after link until the session ends.
func (c *Client) run(l *link) {
	for {
		err := c.serve(l)
		l.close()
		c.mu.Lock()
		c.link = nil
		c.mu.Unlock()
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
		l.close()
		return nil, err
	}
	c.install(l, w)
	return l, nil
}

// greet exchanges hello and welcome.
func (c *Client) greet(l *link) (*wire.Welcome, error) {
	hello := wire.Hello{Oldest: wire.Version, Newest: wire.Version, Session: c.id, Epoch: c.epoch,
		Lease: uint32(max(1, c.cfg.Lease/time.Second)), Slots: c.slots}
	if c.cfg.Compress {
		hello.Features = wire.FeatureZstd
	}
	if err := l.send(wire.Header{Kind: wire.KindHello}, hello.Encode()); err != nil {
		return nil, fmt.Errorf("greet the shadow: %w", err)
	}
	h, head, err := l.head()
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

// serve reads from l until it breaks.
func (c *Client) serve(l *link) error {
	stop := context.AfterFunc(c.ctx, l.close)
	defer stop()
	for {
		h, head, err := l.head()
		if err != nil {
			return fmt.Errorf("the link broke: %w", err)
		}
		switch h.Kind {
		case wire.KindPong:
		case wire.KindReply:
			if err := c.reply(l, h, head); err != nil {
				return err
			}
		case wire.KindRefuse:
			r, err := wire.DecodeRefuse(head)
			if err != nil {
				return err
			}
			if !r.Again {
				return &refusedError{r.Why}
			}
			return errors.New(r.Why)
		default:
			return fmt.Errorf("%w: frame %d from a shadow", wire.ErrMalformed, h.Kind)
		}
	}
}

// reply gives a reply to the call that it belongs to.
func (c *Client) reply(l *link, h wire.Header, head []byte) error {
	c.mu.Lock()
	var call *Call
	if int(h.Slot) < len(c.calls) {
		call = c.calls[h.Slot]
	}
	c.mu.Unlock()
	if call == nil || call.seq != h.Seq {
		return fmt.Errorf("%w: a reply that nobody waits for", wire.ErrMalformed)
	}
	if err := c.take(l, call, h, head); err != nil {
		return err
	}
	if call.Finish != nil {
		call.Finish()
	}
	c.mu.Lock()
	c.release(call)
	c.mu.Unlock()
	close(call.done)
	return nil
}

// take reads the payload of a reply to where it belongs.
func (c *Client) take(l *link, call *Call, h wire.Header, head []byte) error {
	if h.Flags&wire.FlagZstd == 0 {
		into, err := call.Place(head, int(h.Payload))
		if err != nil {
			return &brokenError{err}
		}
		return l.payload(h, into)
	}
	whole, err := l.unpack(h)
	if err != nil {
		return err
	}
	into, err := call.Place(head, len(whole))
	if err != nil {
		return &brokenError{err}
	}
	for _, b := range into {
		whole = whole[copy(b, whole):]
	}
	if len(whole) > 0 {
		return fmt.Errorf("%w: %d bytes of payload too many", wire.ErrMalformed, len(whole))
	}
	return nil
}
