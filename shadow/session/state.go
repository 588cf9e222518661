package session

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	"penumbra/shadow/wire"
)

// errBye says that the client ended its session.
var errBye = errors.New("bye")

// A state is what a server knows of a session.
type state struct {
	key      stateKey
	executor Executor
	journal  *journal
	lease    time.Duration
	memory   *semaphore.Weighted // bytes in flight
	ctx      context.Context     // done when the session ends
	cancel   context.CancelFunc
	running  sync.WaitGroup

	mu    sync.Mutex
	link  *link
	timer *time.Timer // runs while there is no link
	slots []slot
	ended bool
}

// A slot holds the last request of a client's slot.
type slot struct {
	seq    uint64
	used   bool
	busy   bool               // being performed
	link   *link              // by which it came last
	cancel context.CancelFunc // while busy
	kept   *Reply
}

func newState(key stateKey, e Executor, j *journal, slots int, lease time.Duration, memory int64) *state {
	st := &state{key: key, executor: e, journal: j, lease: lease, memory: semaphore.NewWeighted(memory), slots: make([]slot, slots)}
	st.ctx, st.cancel = context.WithCancel(context.Background())
	return st
}

// attach has st be reached by l from now on. It is false if st has ended.
func (st *state) attach(l *link) bool {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.ended {
		return false
	}
	if st.link != nil {
		st.link.close()
	}
	if st.timer != nil {
		st.timer.Stop()
		st.timer = nil
	}
	st.link = l
	return true
}

// detach says that l broke. Unless there is another link meanwhile, expired is
// called when the lease ends.
func (st *state) detach(l *link, expired func()) {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.link != l || st.ended {
		return
	}
	st.link = nil
	st.timer = time.AfterFunc(st.lease, func() {
		st.mu.Lock()
		over := st.link == nil
		st.mu.Unlock()
		if over {
			expired()
		}
	})
}

// end frees all that the session holds, once the requests that are being
// performed have ended. It may be called more than once.
func (st *state) end(over bool) {
	st.mu.Lock()
	already := st.ended
	st.ended = true
	if st.timer != nil {
		st.timer.Stop()
	}
	if st.link != nil {
		st.link.close()
	}
	st.mu.Unlock()
	if already {
		return
	}
	st.cancel()
	st.running.Wait()
	st.executor.Close()
	st.journal.close(over)
}

// linked tells the executor of l, unless there is another link already.
func (st *state) linked(l *link) {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.link == l && !st.ended {
		st.executor.Linked(
			func(head []byte) error { return l.send(wire.Header{Kind: wire.KindNotice}, head) },
			func(head, data []byte) error { return l.send(wire.Header{Kind: wire.KindPush}, head, data) })
	}
}

// serve reads from l until it breaks.
func (st *state) serve(l *link) error {
	st.linked(l)
	for {
		h, head, err := l.head()
		if err != nil {
			return err
		}
		if h.Kind != wire.KindRequest && h.Payload+h.Head != 0 {
			return fmt.Errorf("%w: frame %d with content", wire.ErrMalformed, h.Kind)
		}
		switch h.Kind {
		case wire.KindRequest:
			err = st.request(l, h, head)
		case wire.KindCancel:
			st.interrupt(h)
		case wire.KindPing:
			if h.Flags&wire.FlagIdle != 0 {
				st.trim()
			}
			l.sign(wire.Header{Kind: wire.KindPong})
		case wire.KindBye:
			return errBye
		default:
			err = fmt.Errorf("%w: frame %d from a client", wire.ErrMalformed, h.Kind)
		}
		if err != nil {
			return err
		}
	}
}

// request reads a request's payload and sees to it that it is performed, or was.
func (st *state) request(l *link, h wire.Header, head []byte) error {
	r := &Request{Head: head, link: l, state: st}
	if err := r.receive(l, h); err != nil {
		r.free()
		return err
	}
	ctx, reply, err := st.enter(l, h)
	if ctx == nil {
		r.free()
		if reply != nil {
			go st.send(l, h, *reply)
		}
		return err
	}
	r.Entry = st.journal.entry(h.Slot, h.Seq, h.Flags&wire.FlagAgain != 0, h.Flags&wire.FlagReboot != 0)
	go func() {
		defer st.running.Done()
		defer r.free()
		reply := st.executor.Execute(ctx, r)
		st.send(st.leave(h, reply), h, reply)
	}()
	return nil
}

// enter returns a context if the request is to be performed, else the reply that
// was kept, if there is one.
func (st *state) enter(l *link, h wire.Header) (context.Context, *Reply, error) {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.ended {
		return nil, nil, errors.New("the session has ended")
	}
	if int(h.Slot) >= len(st.slots) {
		return nil, nil, fmt.Errorf("%w: slot %d of %d", wire.ErrMalformed, h.Slot, len(st.slots))
	}
	s := &st.slots[h.Slot]
	switch {
	case s.used && h.Seq < s.seq:
		return nil, nil, nil // an echo from a link that is broken by now
	case s.used && h.Seq == s.seq && s.busy:
		s.link = l
		return nil, nil, nil
	case s.used && h.Seq == s.seq && s.kept != nil:
		return nil, s.kept, nil
	case s.busy:
		return nil, nil, fmt.Errorf("%w: slot %d is busy", wire.ErrMalformed, h.Slot)
	case s.used && h.Seq > s.seq+1:
		return nil, nil, fmt.Errorf("%w: request %d of slot %d follows %d", wire.ErrMalformed, h.Seq, h.Slot, s.seq)
	}
	ctx, cancel := context.WithCancel(st.ctx)
	*s = slot{seq: h.Seq, used: true, busy: true, link: l, cancel: cancel}
	st.running.Add(1)
	return ctx, nil, nil
}

// leave notes that a request was performed, and returns the link that waits for
// the reply.
func (st *state) leave(h wire.Header, reply Reply) *link {
	var kept *Reply
	if reply.Keep {
		// The buffers belong to the request, and it ends.
		k := Reply{Head: reply.Head, Keep: true}
		for _, b := range reply.Payload {
			k.Payload = append(k.Payload, append([]byte(nil), b...))
		}
		kept = &k
	}
	st.mu.Lock()
	defer st.mu.Unlock()
	s := &st.slots[h.Slot]
	s.cancel()
	s.busy, s.kept = false, kept
	return s.link
}

// send sends a reply. If it fails the client will ask again.
func (st *state) send(l *link, h wire.Header, reply Reply) {
	h = wire.Header{Kind: wire.KindReply, Slot: h.Slot, Seq: h.Seq}
	if reply.Part != nil {
		_ = l.sendPart(h, reply.Head, reply.Part)
		reply.Part.Done()
		return
	}
	send := func() error { return l.send(h, reply.Head, reply.Payload...) }
	if reply.Deliver != nil {
		reply.Deliver(send)
		return
	}
	_ = send()
}

// interrupt ends what waits.
func (st *state) interrupt(h wire.Header) {
	st.mu.Lock()
	defer st.mu.Unlock()
	if int(h.Slot) < len(st.slots) {
		if s := &st.slots[h.Slot]; s.busy && s.seq == h.Seq {
			s.cancel()
		}
	}
}

// trim drops the replies that were kept: all have arrived.
func (st *state) trim() {
	st.mu.Lock()
	defer st.mu.Unlock()
	for i := range st.slots {
		st.slots[i].kept = nil
	}
}
