package client

import (
	"context"
	"fmt"

	"penumbra/shadow/wire"
)

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
	due := s.taken-s.told >= wire.Window/2 // the shadow may have less room than it was given
	if due && len(s.records) == 0 {
		s.window = min(2*s.window, wire.MaxWindow) // the receiver is fast
	}
	if now || due {
		s.told = s.taken
	}
	o := wire.Op{Offset: s.taken, Length: s.window}
	s.mu.Unlock()
	if now || due {
		go s.allow(o)
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
		o := wire.Op{Offset: s.next, Length: max(0, s.window-(s.next-s.taken)), Flags: wire.CreditResend}
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
	case len(s.records) > 0 && s.next+record.cost() > s.taken+2*s.window:
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
