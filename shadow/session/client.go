package session

import (
	"context"
	"io"
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
	// Finish, if not nil, is called when all has arrived, once, before any later
	// notice or recovery. It must not wait for a call.
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
	// First, if not nil, is a call that is sent together with the greeting: Dial
	// returns when its reply has arrived.
	First *Call
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
	// Changed, if not nil, is told what changes where the client has leases, and
	// All whenever a link breaks. It is called by the goroutine that reads the
	// link, in the order in which notices and replies arrive: what came before a
	// reply it has seen when the reply's Finish is called. It must not wait for a
	// call.
	Changed func([]wire.Change)
	// Pushed, if not nil, is given the records of the flows of sockets, whose data
	// it may keep. It is called by the same goroutine, and must not wait. An error
	// ends the session.
	Pushed func(r *wire.Record, data []byte) error
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
	if cfg.First != nil {
		if err := c.await(ctx, cfg.First); err != nil {
			_ = c.Close()
			return nil, err
		}
	}
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
	if err := c.enter(call); err != nil {
		<-c.tokens
		return err
	}
	return c.await(ctx, call)
}

// await returns when the reply to a call that has a slot and a token has arrived.
func (c *Client) await(ctx context.Context, call *Call) error {
	defer func() { <-c.tokens }()
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
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil {
		return c.err
	}
	c.assign(call)
	return nil
}

// assign is enter with mu held.
func (c *Client) assign(call *Call) {
	call.wake, call.done = make(chan struct{}, 1), make(chan struct{})
	last := len(c.free) - 1
	call.slot, c.free = c.free[last], c.free[:last]
	c.seqs[call.slot]++
	call.seq = c.seqs[call.slot]
	c.calls[call.slot] = call
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
