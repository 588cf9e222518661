package sockets

import (
	"errors"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/shadow/wire"
)

// A piece is something to be sent.
type piece struct {
	data   []byte
	cost   int64            // of the flow, that is not accounted for yet
	to     syscall.Sockaddr // of a datagram; nil to the peer
	failed error            // there is nothing at that address
	// release frees what to needs.
	release func()
}

// send takes a piece of the flow from the client, and sends as much of it as can be
// sent at once. The rest is queued. A piece that has overtaken others waits for them.
func (s *socket) send(o *wire.Op, r *wire.Result) error {
	p := piece{release: func() {}}
	for _, b := range o.Data {
		p.data = append(p.data, b...) // the request's memory is not ours to keep
	}
	p.cost = wire.RecordCost + int64(len(p.data))
	if o.Addr.Family != wire.FamilyNone {
		to, release, err := s.table.cfg.reach(&o.Addr)
		if p.failed = err; err == nil {
			p.to, p.release = to, release
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.mayTake(o.Offset, p.cost); err != nil {
		p.release()
		return err
	}
	if o.Offset > s.received {
		if s.early == nil {
			s.early = map[int64]piece{}
		}
		s.early[o.Offset], s.ahead = p, s.ahead+p.cost
		r.Offset = s.told
		return nil
	}
	err := s.take(p)
	for next, ok := s.early[s.received]; ok && err == nil; next, ok = s.early[s.received] {
		delete(s.early, s.received)
		s.ahead -= next.cost
		err = s.take(next)
	}
	s.grant()
	r.Offset = s.told
	return err
}

// mayTake returns why a piece cannot be taken, or nil, with mu held.
func (s *socket) mayTake(offset, cost int64) error {
	_, twice := s.early[offset]
	switch {
	case offset < s.received || twice || offset+cost > s.told || s.ahead+cost > s.in.size():
		return abi.EINVAL
	case s.ends || s.closing:
		return abi.EPIPE
	case s.broken != 0:
		return s.broken
	}
	return nil
}

// grant lets the client go as far as there is room, with mu held.
func (s *socket) grant() (news bool) {
	size := int64(wire.Window)
	if !s.draining {
		s.in.passed(s.written)
		size = s.in.size()
	}
	before := s.told
	s.told = max(s.told, s.written+size)
	return s.told != before
}

// take takes the piece that is next, with mu held.
func (s *socket) take(p piece) error {
	s.received += p.cost
	failed := p.failed
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
		n, err := syscall.SendmsgN(fd, p.data, nil, p.to, unix.MSG_NOSIGNAL|unix.MSG_DONTWAIT)
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

// errClosed says that the socket was closed meanwhile.
var errClosed error = abi.EPIPE

// Pauses before a datagram is tried again.
const (
	shortPause = time.Millisecond
	longPause  = 16 * time.Millisecond
)

// drain sends what is queued until nothing is left.
func (s *socket) drain() {
	defer s.table.leaving.Done()
	for pause := shortPause; ; {
		stalled, err := s.sendQueued()
		if s.drained(err) {
			return
		}
		if !stalled {
			pause = shortPause
			continue
		}
		select {
		case <-time.After(pause):
		case <-s.table.abandoned:
			s.file.Close()
		}
		pause = min(2*pause, longPause)
	}
}

// sendQueued sends what is queued, until all is, or one piece failed, or the client
// should hear of it. It has stalled if a Unix socket, which is not the peer, has no
// room for a datagram: when it has the kernel tells nobody.
func (s *socket) sendQueued() (stalled bool, err error) {
	waited := s.raw.Write(func(fd uintptr) bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		for len(s.queue) > 0 {
			var all bool
			if all, err = s.write(int(fd), &s.queue[0]); !all {
				stalled = s.family == wire.FamilyUnix && s.queue[0].to != nil
				return stalled
			}
			s.queue = s.queue[1:]
			if err != nil || s.written+wire.Window-s.told >= wire.Window/2 {
				return true
			}
		}
		return true
	})
	if err == nil && waited != nil {
		err = errClosed
	}
	return stalled, err
}

// drained tells the client of what was sent, and reports whether that was all.
func (s *socket) drained(err error) bool {
	s.mu.Lock()
	fatal := err != nil && (s.kind != wire.SocketDatagram || err == errClosed)
	if fatal {
		s.broken = wire.ErrnoOf(err)
		for i := range s.queue {
			s.spent(&s.queue[i])
		}
		s.queue = nil
	}
	done := len(s.queue) == 0
	s.draining = !done
	news := s.grant()
	limit := s.told
	if done {
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
	for offset, p := range s.early {
		p.release()
		delete(s.early, offset)
	}
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
		s.mu.Lock()
		s.in.close()
		s.out.close()
		s.mu.Unlock()
		s.table.gone()
	}
}
