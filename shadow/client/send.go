package client

import (
	"context"

	"penumbra/abi"
	"penumbra/shadow/wire"
)

// A Message is what Send sends: bytes of a stream, or a message, to an address or
// to the peer.
type Message struct {
	To   wire.Address
	Data []byte
}

// MaxMessage is how many bytes a Message may have at most.
const MaxMessage = wire.Window - wire.RecordCost

// mostFlying is how many requests of a socket may be under way: enough to keep a link
// busy, and few enough for small writes to be gathered meanwhile.
const mostFlying = 32

// Send sends messages, and waits for room first. When it returns they are on their way,
// and their data must not be changed any more; the next call tells if that failed. It
// must not be called by several goroutines at once. What becomes of a datagram nobody
// tells, unless it comes back as RecordFailed.
func (s *Socket) Send(ctx context.Context, messages []Message) error {
	for len(messages) > 0 {
		n, at, err := s.board(messages)
		if err != nil {
			return err
		}
		ops := make([]wire.Op, n)
		for i, m := range messages[:n] {
			ops[i] = wire.Op{Code: wire.Send, Sock: s.id, Offset: at, Addr: m.To, Data: [][]byte{m.Data}}
			at += wire.RecordCost + int64(len(m.Data))
		}
		go s.fly(ctx, ops)
		messages = messages[n:]
	}
	return nil
}

// board waits until the first message may be sent, and returns how many may, and where
// in the flow they begin.
func (s *Socket) board(messages []Message) (n int, at int64, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		end := s.sent
		for n < len(messages) && n < wire.MaxOps && s.flying < mostFlying {
			next := end + wire.RecordCost + int64(len(messages[n].Data))
			if next > s.limit {
				break
			}
			end = next
			n++
		}
		switch {
		case s.over != 0:
			return 0, 0, s.over
		case s.broken != 0:
			return 0, 0, s.broken
		case s.closed:
			return 0, 0, abi.EPIPE
		case n > 0:
			at, s.sent = s.sent, end
			s.flying++
			return n, at, nil
		}
		s.changed.Wait()
	}
}

// fly sends pieces, which the shadow puts in order.
func (s *Socket) fly(ctx context.Context, ops []wire.Op) {
	reply, err := s.c.do(ctx, 0, nil, ops...)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.flying--
	s.changed.Broadcast()
	if err == nil {
		s.limit = max(s.limit, reply.Results[len(ops)-1].Offset)
	} else if s.broken == 0 {
		s.broken = Errno(err)
	}
}

// land waits until nothing is on its way any more.
func (s *Socket) land() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.flying > 0 {
		s.changed.Wait()
	}
}

// Flush waits until all that was sent has arrived at the shadow.
func (s *Socket) Flush() error {
	s.land()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken != 0 {
		return s.broken
	}
	return nil
}
