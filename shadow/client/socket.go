package client

import (
	"context"
	"fmt"
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
	asking bool  // the shadow has been asked to send again
	again  bool  // it has to be asked once more
	// The flow that leaves.
	sent, limit int64
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
	s := &Socket{c: c, kind: kind, limit: wire.Window}
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
	s.c.dropSocket(s)
	_, err := s.one(ctx, wire.Op{Code: wire.Hangup})
	return err
}

// A Message is what Send sends: bytes of a stream, or a message, to an address or
// to the peer.
type Message struct {
	To   wire.Address
	Data []byte
}

// MaxMessage is how many bytes a Message may have at most.
const MaxMessage = wire.Window - wire.RecordCost

// Send sends messages, at most wire.MaxOps of them, and waits for room first. It
// must not be called by several goroutines at once. What becomes of a datagram
// nobody tells, unless it comes back as RecordFailed.
func (s *Socket) Send(ctx context.Context, messages []Message) error {
	for len(messages) > 0 {
		n, err := s.fitting(messages)
		if err != nil {
			return err
		}
		ops := make([]wire.Op, n)
		at := s.sent
		for i, m := range messages[:n] {
			ops[i] = wire.Op{Code: wire.Send, Sock: s.id, Offset: at, Addr: m.To, Data: [][]byte{m.Data}}
			at += wire.RecordCost + int64(len(m.Data))
		}
		reply, err := s.c.do(ctx, 0, nil, ops...)
		if err != nil {
			return s.explain(err)
		}
		s.mu.Lock()
		s.sent = at
		s.limit = max(s.limit, reply.Results[n-1].Offset)
		s.mu.Unlock()
		messages = messages[n:]
	}
	return nil
}

// fitting waits until the first message may be sent, and returns how many may.
func (s *Socket) fitting(messages []Message) (n int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		at := s.sent
		for n < len(messages) && n < wire.MaxOps {
			if at += wire.RecordCost + int64(len(messages[n].Data)); at > s.limit {
				break
			}
			n++
		}
		switch {
		case s.over != 0:
			return 0, s.over
		case s.broken != 0:
			return 0, s.broken
		case s.closed:
			return 0, abi.EPIPE
		case n > 0:
			return n, nil
		}
		s.changed.Wait()
	}
}

// Room returns how many bytes a message may have that is to be sent without
// waiting; it may be negative.
func (s *Socket) Room() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.limit - s.sent - wire.RecordCost
}

// Next waits for the next record. It is false after Close. The caller says by Took
// when it has made use of it.
func (s *Socket) Next() (Record, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.records) == 0 && !s.closed {
		s.changed.Wait()
	}
	if s.closed {
		return Record{}, false
	}
	r := s.records[0]
	s.records[0] = Record{}
	s.records = s.records[1:]
	return r, true
}

// Took gives the shadow credit for a record. If now is set it hears of that at
// once, else when much has been taken.
func (s *Socket) Took(r *Record, now bool) {
	s.mu.Lock()
	s.taken += r.cost()
	tell := now || s.taken-s.told >= wire.Window/2
	if tell {
		s.told = s.taken
	}
	at := s.taken
	s.mu.Unlock()
	if tell {
		go s.allow(wire.Op{Offset: at, Length: wire.Window})
	}
}

func (s *Socket) allow(o wire.Op) {
	o.Code, o.Sock = wire.Credit, s.id
	_, _ = s.c.one(context.Background(), 0, nil, o) // an error: there is no such socket any more
}

// resend asks for what has not arrived.
func (s *Socket) resend() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.again = true; s.asking {
		return
	}
	s.asking = true
	for s.again && s.over == 0 && !s.closed {
		s.again = false
		o := wire.Op{Offset: s.next, Length: max(0, wire.Window-(s.next-s.taken)), Flags: wire.CreditResend}
		s.mu.Unlock()
		s.allow(o)
		s.mu.Lock()
	}
	s.asking = false
}

// pushed takes a record from the link. It is session.ClientConfig.Pushed.
func (c *Client) pushed(r *wire.Record, data []byte) error {
	c.sockets.mu.Lock()
	s := c.sockets.all[r.Sock]
	c.sockets.mu.Unlock()
	if s == nil {
		return nil // it was closed, or its connection is yet to be told of again
	}
	record := Record{Record: *r, Data: data}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case r.Offset < s.next || s.closed:
		return nil // it has come before
	case r.Offset > s.next:
		go s.resend()
		return nil
	case len(s.records) > 0 && s.next+record.cost() > s.taken+2*wire.Window:
		return fmt.Errorf("%w: a record without credit", wire.ErrMalformed)
	}
	s.next += record.cost()
	switch r.Kind {
	case wire.RecordLimit:
		s.limit = max(s.limit, r.Limit)
	case wire.RecordFailed:
		if s.kind != wire.SocketDatagram {
			s.broken = r.Errno
		}
	case wire.RecordConnection:
		if r.New < wire.ShadowSocket {
			return fmt.Errorf("%w: connection %d", wire.ErrMalformed, r.New)
		}
		record.Socket = c.addSocket(r.New, s.kind)
		if c.relinked() {
			go record.Socket.resend() // its first records may have been lost
		}
	}
	s.records = append(s.records, record)
	s.changed.Broadcast()
	return nil
}

func (c *Client) relinked() bool {
	c.sockets.mu.Lock()
	defer c.sockets.mu.Unlock()
	return c.sockets.era > 0
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
