package sockets

import (
	"errors"
	"os"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/shadow/wire"
)

// A socket is one here, and the two flows between it and the client.
type socket struct {
	table  *Table
	id     uint32
	family wire.Family
	kind   wire.SocketType
	file   *os.File
	raw    syscall.RawConn

	order sync.Mutex

	mu      sync.Mutex
	changed sync.Cond // of what is below

	name    string // of a Unix socket, as the client has said it
	backlog int    // of one that listens; 0: it does not
	reading bool   // somebody reads from it
	closing bool

	// The flow to the client.
	next    int64 // where the next record begins
	allowed int64 // where the client's credit ends
	kept    []kept

	// The flow from the client.
	received int64 // where its next piece begins
	written  int64 // what the kernel has taken
	told     int64 // where the client knows that it may go
	queue    []piece
	draining bool
	ends     bool // it is shut down when the queue is empty
	broken   abi.Errno
}

// kept is a record that the client may ask for again.
type kept struct {
	record wire.Record
	data   []byte
}

func (k *kept) end() int64 { return k.record.Offset + wire.RecordCost + int64(len(k.data)) }

// A piece is something to be sent.
type piece struct {
	data []byte
	cost int64         // of the flow, that is not accounted for yet
	to   unix.Sockaddr // of a datagram; nil to the peer
	// release frees what to needs.
	release func()
}

func newSocket(t *Table, fd int, family wire.Family, kind wire.SocketType) *socket {
	s := &socket{table: t, family: family, kind: kind, file: os.NewFile(uintptr(fd), "socket"), allowed: wire.Window, told: wire.Window}
	s.changed.L = &s.mu
	s.raw, _ = s.file.SyscallConn() // it is open
	return s
}

// tell sends a record to the client, in its turn.
func (s *socket) tell(r wire.Record, data []byte) {
	s.order.Lock()
	defer s.order.Unlock()
	s.mu.Lock()
	if s.closing {
		s.mu.Unlock()
		return
	}
	r.Sock, r.Offset = s.id, s.next
	k := kept{r, data}
	s.next = k.end()
	s.kept = append(s.kept, k)
	s.mu.Unlock()
	s.push(&k)
}

// push sends a record. An error is not its: the client will ask for it again.
func (s *socket) push(k *kept) {
	head, err := k.record.Encode()
	push := s.table.push.Load()
	if err == nil && push != nil {
		_ = (*push)(head, k.data)
	}
}

// room waits until the client has credit for need bytes of data, and returns how
// many it has; or false if nobody wants them any more.
func (s *socket) room(need int) (int, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for !s.closing {
		if n := s.allowed - s.next - wire.RecordCost; n >= int64(need) {
			return int(n), true
		}
		s.changed.Wait()
	}
	return 0, false
}

// credit takes note of what the client has, and how much more it can take.
func (s *socket) credit(o *wire.Op) error {
	s.mu.Lock()
	if o.Offset > s.next || o.Length > wire.Window || o.Flags&^wire.CreditResend != 0 {
		s.mu.Unlock()
		return abi.EINVAL
	}
	for len(s.kept) > 0 && s.kept[0].end() <= o.Offset {
		s.kept[0] = kept{}
		s.kept = s.kept[1:]
	}
	s.allowed = max(s.allowed, o.Offset+o.Length)
	s.changed.Broadcast()
	s.mu.Unlock()
	if o.Flags&wire.CreditResend == 0 {
		return nil
	}
	s.order.Lock()
	defer s.order.Unlock()
	s.mu.Lock()
	again := append([]kept(nil), s.kept...)
	s.mu.Unlock()
	for i := range again {
		s.push(&again[i])
	}
	return nil
}

// send takes a piece of the flow from the client, and sends as much of it as can
// be sent at once. The rest is queued.
func (s *socket) send(o *wire.Op, r *wire.Result) error {
	p := piece{release: func() {}}
	for _, b := range o.Data {
		p.data = append(p.data, b...) // the request's memory is not ours to keep
	}
	p.cost = wire.RecordCost + int64(len(p.data))
	var failed error
	if o.Addr.Family != wire.FamilyNone {
		if p.to, p.release, failed = s.table.cfg.reach(&o.Addr); failed != nil {
			p.release = func() {}
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.mayTake(o.Offset, p.cost); err != nil {
		p.release()
		return err
	}
	s.received += p.cost
	switch {
	case failed != nil:
		s.spent(&p)
	case !s.draining:
		failed = s.attempt(&p)
	}
	switch {
	case failed != nil && s.kind == wire.SocketDatagram:
		go s.tell(wire.Record{Kind: wire.RecordFailed, Errno: wire.ErrnoOf(failed)}, nil)
	case failed != nil:
		s.broken = wire.ErrnoOf(failed)
		return failed
	case p.cost > 0:
		s.enqueue(p)
	}
	s.told = s.written + wire.Window
	r.Offset = s.told
	return nil
}

// mayTake returns why a piece cannot be taken, or nil, with mu held.
func (s *socket) mayTake(offset, cost int64) error {
	switch {
	case offset != s.received || offset+cost > s.written+wire.Window:
		return abi.EINVAL
	case s.ends || s.closing:
		return abi.EPIPE
	case s.broken != 0:
		return s.broken
	}
	return nil
}

// enqueue leaves p to who drains the queue, with mu held.
func (s *socket) enqueue(p piece) {
	s.queue = append(s.queue, p)
	if !s.draining {
		s.draining = true
		s.table.leaving.Add(1)
		go s.drain()
	}
}

// spent says that nothing of p is left, with mu held.
func (s *socket) spent(p *piece) {
	s.written += p.cost
	p.cost, p.data = 0, nil
	p.release()
}

// attempt sends as much of p as the kernel takes at once, with mu held.
func (s *socket) attempt(p *piece) (err error) {
	ctlErr := s.raw.Control(func(fd uintptr) { _, err = s.write(int(fd), p) })
	if ctlErr != nil {
		return abi.EPIPE
	}
	return err
}

// write sends as much of p as the kernel takes. It reports whether that was all.
// Of a message that fails nothing is left.
func (s *socket) write(fd int, p *piece) (all bool, err error) {
	for {
		n, err := unix.SendmsgN(fd, p.data, nil, p.to, unix.MSG_NOSIGNAL|unix.MSG_DONTWAIT)
		switch {
		case err == unix.EINTR:
			continue
		case err == unix.EAGAIN || err == unix.ENOBUFS && s.kind != wire.SocketDatagram:
			return false, nil
		case err != nil:
			s.spent(p)
			return true, err
		}
		p.data = p.data[n:]
		if s.kind != wire.SocketStream || len(p.data) == 0 {
			s.spent(p)
			return true, nil
		}
		s.written += int64(n)
		p.cost -= int64(n)
	}
}

// drain sends what is queued until nothing is left.
func (s *socket) drain() {
	defer s.table.leaving.Done()
	for {
		var err error
		waited := s.raw.Write(func(fd uintptr) bool {
			s.mu.Lock()
			defer s.mu.Unlock()
			for len(s.queue) > 0 {
				var all bool
				if all, err = s.write(int(fd), &s.queue[0]); !all {
					return false
				}
				s.queue = s.queue[1:]
				if err != nil || s.written+wire.Window-s.told >= wire.Window/2 {
					return true
				}
			}
			return true
		})
		if err == nil && waited != nil {
			err = abi.EPIPE // it was closed
		}
		if s.drained(err) {
			return
		}
	}
}

// drained tells the client of what was sent, and reports whether that was all.
func (s *socket) drained(err error) bool {
	s.mu.Lock()
	fatal := err != nil && s.kind != wire.SocketDatagram
	if fatal {
		s.broken = wire.ErrnoOf(err)
		for i := range s.queue {
			s.spent(&s.queue[i])
		}
		s.queue = nil
	}
	limit := s.written + wire.Window
	news := limit != s.told
	s.told = limit
	done := len(s.queue) == 0
	if done {
		s.draining = false
		if s.ends && !fatal {
			s.finish()
		}
	}
	last := done && s.closing
	s.mu.Unlock()
	if err != nil {
		s.tell(wire.Record{Kind: wire.RecordFailed, Errno: wire.ErrnoOf(err)}, nil)
	}
	if news {
		s.tell(wire.Record{Kind: wire.RecordLimit, Limit: limit}, nil)
	}
	if last {
		s.close()
	}
	return done
}

// finish tells the peer that nothing more comes, with mu held.
func (s *socket) finish() {
	_ = s.raw.Control(func(fd uintptr) { _ = unix.Shutdown(int(fd), unix.SHUT_WR) })
}

// shutdown ends one direction or both.
func (s *socket) shutdown(o *wire.Op) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var err error
	if o.Flags&wire.ShutdownRead != 0 {
		_ = s.raw.Control(func(fd uintptr) { err = unix.Shutdown(int(fd), unix.SHUT_RD) })
	}
	if o.Flags&wire.ShutdownWrite != 0 && err == nil {
		if s.ends = true; !s.draining {
			_ = s.raw.Control(func(fd uintptr) { err = unix.Shutdown(int(fd), unix.SHUT_WR) })
		}
	}
	return err
}

// hangup gives the socket up: when what is queued has been sent it is closed.
func (s *socket) hangup() {
	s.mu.Lock()
	already := s.closing
	s.closing = true
	s.kept = nil
	s.changed.Broadcast()
	draining := s.draining
	s.mu.Unlock()
	if already {
		return
	}
	_ = s.file.SetReadDeadline(time.Unix(1, 0)) // who reads comes back
	if !draining {
		s.close()
	}
}

func (s *socket) close() {
	if err := s.file.Close(); !errors.Is(err, os.ErrClosed) {
		s.table.gone()
	}
}
