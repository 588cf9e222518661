package client

import (
	"context"
	"sync"

	"penumbra/abi"
	"penumbra/shadow/wire"
)

// A Socket is a socket at the shadow. What comes from it are records, which Next
// hands out one after the other; they come by themselves, as far ahead as the
// receiver's credit goes. What is sent to it is a flow as well.
//
// Nothing of both is lost when a link breaks. Sockets do not outlive the shadow:
// afterwards their last record says ECONNRESET, and calls fail with that.
type Socket struct {
	c    *Client
	id   uint32
	kind wire.SocketType

	mu      sync.Mutex
	changed sync.Cond // of what is below
	records []Record
	// The flow that comes.
	next   int64 // where the next record has to begin
	taken  int64 // where the records that were taken end
	told   int64 // how much of that the shadow knows
	window int64 // how much may be under way
	asking bool  // the shadow has been asked to send again
	again  bool  // it has to be asked once more
	// The flow that leaves.
	sent, limit int64
	flying      int       // requests that are under way
	broken      abi.Errno // why nothing more can be sent
	over        abi.Errno // why it is no more
	closed      bool
}

// A Record is a piece of what comes from a socket.
type Record struct {
	wire.Record
	Data []byte
	// Socket is the new one, of a connection.
	Socket *Socket
}

func (r *Record) cost() int64 { return wire.RecordCost + int64(len(r.Data)) }

// sockets are those of a client, by number.
type sockets struct {
	mu   sync.Mutex
	all  map[uint32]*Socket
	last uint32
	era  int // of links
}

// add makes a Socket for the number id, or for the next one if that is 0.
func (c *Client) addSocket(id uint32, kind wire.SocketType) *Socket {
	s := &Socket{c: c, kind: kind, window: wire.Window, limit: wire.Window}
	s.changed.L = &s.mu
	l := &c.sockets
	l.mu.Lock()
	defer l.mu.Unlock()
	if id == 0 {
		if l.last++; l.last >= wire.ShadowSocket {
			l.last = 1
		}
		id = l.last
	}
	if l.all == nil {
		l.all = map[uint32]*Socket{}
	}
	s.id = id
	l.all[id] = s
	return s
}

func (c *Client) dropSocket(s *Socket) {
	c.sockets.mu.Lock()
	defer c.sockets.mu.Unlock()
	if c.sockets.all[s.id] == s {
		delete(c.sockets.all, s.id)
	}
}

// NewSocket makes a socket at the shadow. EACCES says that the shadow permits none.
func (c *Client) NewSocket(ctx context.Context, family wire.Family, kind wire.SocketType) (*Socket, error) {
	s := c.addSocket(0, kind)
	if _, err := s.one(ctx, wire.Op{Code: wire.Socket, Family: family, Type: kind}); err != nil {
		c.dropSocket(s)
		return nil, err
	}
	return s, nil
}

// one performs an operation on s.
func (s *Socket) one(ctx context.Context, o wire.Op) (*wire.Result, error) {
	s.mu.Lock()
	over := s.over
	s.mu.Unlock()
	if over != 0 {
		return nil, over
	}
	o.Sock = s.id
	r, err := s.c.one(ctx, 0, nil, o)
	return r, s.explain(err)
}

// explain returns why the socket is over in place of what another shadow says of
// one that it does not know.
func (s *Socket) explain(err error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil && s.over != 0 {
		return s.over
	}
	return err
}

// Bind gives s a name, and returns what it is now. mode are the permissions of the
// file that a path becomes.
func (s *Socket) Bind(ctx context.Context, a wire.Address, mode uint32) (wire.Address, error) {
	r, err := s.one(ctx, wire.Op{Code: wire.Bind, Addr: a, Mode: mode & 0o777})
	if err != nil {
		return wire.Address{}, err
	}
	return r.Addr, nil
}

// Connect begins to connect; a record tells the end, RecordConnected. A datagram
// socket is connected at once, and none follows; no address disconnects it.
func (s *Socket) Connect(ctx context.Context, a wire.Address) error {
	_, err := s.one(ctx, wire.Op{Code: wire.Connect, Addr: a})
	return err
}

// Listen lets others connect, backlog of them before they are taken. Records tell
// of each.
func (s *Socket) Listen(ctx context.Context, backlog int) error {
	_, err := s.one(ctx, wire.Op{Code: wire.Listen, Length: int64(max(backlog, 1))})
	return err
}

// Names returns s's own address and its peer's, which has no family if there is none.
func (s *Socket) Names(ctx context.Context) (own, peer wire.Address, err error) {
	r, err := s.one(ctx, wire.Op{Code: wire.SocketNames})
	if err != nil {
		return own, peer, err
	}
	return r.Addr, r.Addr2, nil
}

// Option returns an option's value.
func (s *Socket) Option(ctx context.Context, o wire.Option) ([]byte, error) {
	return s.c.fetch(ctx, 0, wire.Op{Code: wire.GetOption, Sock: s.id, Option: o})
}

// SetOption sets an option.
func (s *Socket) SetOption(ctx context.Context, o wire.Option, value []byte) error {
	_, err := s.one(ctx, wire.Op{Code: wire.SetOption, Option: o, Data: [][]byte{value}})
	return err
}

// Shutdown ends directions, wire.ShutdownRead and wire.ShutdownWrite, behind what
// was sent.
func (s *Socket) Shutdown(ctx context.Context, directions uint32) error {
	if directions&wire.ShutdownWrite != 0 {
		s.land()
	}
	_, err := s.one(ctx, wire.Op{Code: wire.Shutdown, Flags: directions})
	return err
}

// Close gives s up. What was sent goes its way.
func (s *Socket) Close(ctx context.Context) error {
	s.mu.Lock()
	already := s.closed
	s.closed = true
	s.records = nil
	s.changed.Broadcast()
	s.mu.Unlock()
	if already {
		return nil
	}
	s.land()
	s.c.dropSocket(s)
	_, err := s.one(ctx, wire.Op{Code: wire.Hangup})
	return err
}

// each calls f for each socket.
func (c *Client) eachSocket(f func(*Socket)) {
	c.sockets.mu.Lock()
	var all []*Socket
	for _, s := range c.sockets.all {
		all = append(all, s)
	}
	c.sockets.mu.Unlock()
	for _, s := range all {
		f(s)
	}
}

// linked is told of links that break, and of those that come after them.
func (c *Client) linked(err error) {
	if err == nil {
		c.eachSocket(func(s *Socket) { go s.resend() })
		return
	}
	c.sockets.mu.Lock()
	c.sockets.era++
	c.sockets.mu.Unlock()
}

// resetSockets says that the shadow that had them is no more.
func (c *Client) resetSockets(why abi.Errno) {
	c.eachSocket(func(s *Socket) {
		s.mu.Lock()
		s.over = why
		s.records = append(s.records, Record{Record: wire.Record{Kind: wire.RecordFailed, Errno: why}})
		s.changed.Broadcast()
		s.mu.Unlock()
	})
}
