package network

import (
	"context"
	"errors"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/shadow/client"
	"penumbra/shadow/wire"
)

// pieceSize is how much is read from the guest at once, at most.
const pieceSize = 128 << 10

// read calls f when there may be something to be read from the guest, until it
// returns true. It is false if our end was closed.
func (s *socket) read(f func(fd int) bool) bool {
	end := s.end.Load()
	for {
		err := end.raw.Read(func(fd uintptr) bool { return f(int(fd)) })
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			return err == nil
		}
		_ = end.file.SetReadDeadline(time.Time{}) // it was a kick
		if done := false; s.control(func(fd int) error { done = f(fd); return nil }) != nil || done {
			return done
		}
	}
}

// kick has read ask f once more.
func (s *socket) kick() {
	if e := s.end.Load(); e != nil {
		_ = e.file.SetReadDeadline(time.Unix(1, 0))
	}
}

// hungUp reports whether nothing goes either way any more.
func hungUp(fd int) bool {
	fds := []unix.PollFd{{Fd: int32(fd)}}
	n, _ := unix.Poll(fds, 0)
	return n > 0 && fds[0].Revents&unix.POLLHUP != 0
}

// closedByGuest returns an error if nothing goes either way any more.
func closedByGuest(fd int) error {
	if hungUp(fd) {
		return unix.EPIPE
	}
	return nil
}

// fromGuest relays what the guest writes, once it is connected.
func (s *socket) fromGuest() {
	defer func() {
		close(s.reader)
		if !s.isBroken() { // else reset has yet to do something before
			s.leave()
		}
	}()
	began := s.read(func(fd int) bool { return s.isState(connected) || s.isState(failed) || hungUp(fd) })
	if !began || !s.isState(connected) {
		s.unfill(1) // so that the guest finds it broken, and can write
		return
	}
	s.unfill(0)
	switch whole := s.relay(); {
	case s.isState(failed), whole && s.control(closedByGuest) != nil:
		return
	case whole:
		_ = s.remote.Shutdown(s.network.ctx, wire.ShutdownWrite)
	default:
		_ = s.control(func(fd int) error { return unix.Shutdown(fd, unix.SHUT_RD) })
	}
	s.read(func(fd int) bool { return hungUp(fd) || s.isState(failed) })
}

// relay sends what the guest writes, until its end. It is false if the shadow does
// not take more.
func (s *socket) relay() bool {
	var buf []byte // what was sent stays the socket's
	for {
		if len(buf) < pieceSize/8 {
			buf = make([]byte, pieceSize)
		}
		n, ended := 0, false
		s.read(func(fd int) bool {
			if s.isState(failed) {
				return true
			}
			var err error
			n, _, err = unix.Recvfrom(fd, buf, unix.MSG_DONTWAIT)
			ended = err == nil && n == 0 || err != nil && err != unix.EAGAIN && err != unix.EINTR
			return n > 0 || ended
		})
		if n <= 0 {
			return ended
		}
		if s.remote.Send(s.network.ctx, []client.Message{{Data: buf[:n:n]}}) != nil {
			return false
		}
		buf = buf[n:]
	}
}

func (s *socket) isBroken() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.broken
}

func (s *socket) isState(is state) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state == is
}

// isUnconnected reports whether a stream has no peer and is about to have none: its
// pair is connected all the same.
func (s *socket) isUnconnected() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.kind != wire.SocketDatagram && !s.native && (s.state == idle || s.state == listening)
}

// leave gives up a socket that the guest has closed, or can do nothing with any
// more but ask about it.
func (s *socket) leave() {
	s.once.Do(func() {
		_ = s.remote.Close(context.Background())
		s.network.part(s)
		close(s.gone)
		s.mu.Lock()
		waiting, unsure := s.waiting, s.ended || s.state == failed
		s.waiting = nil
		if s.state == listening {
			s.state = failed
		}
		s.mu.Unlock()
		for _, c := range waiting {
			unix.Close(c.fd)
		}
		if unsure {
			s.network.retire(s)
		} else {
			s.forget()
		}
		s.network.relays.Done()
	})
}

// toGuest relays what comes from the shadow.
func (s *socket) toGuest() {
	for {
		r, ok := s.remote.Next()
		if !ok {
			return
		}
		switch r.Kind {
		case wire.RecordData:
			s.give(r.Data)
		case wire.RecordConnection:
			s.arrive(&r)
			continue // it is taken when the guest has it
		case wire.RecordConnected:
			s.connected(&r)
		case wire.RecordEnd:
			s.change(func() { s.ended = true })
			_ = s.control(func(fd int) error { return unix.Shutdown(fd, unix.SHUT_WR) })
		case wire.RecordFailed:
			s.reset(&r)
			return
		}
		s.remote.Took(&r, false)
	}
}

// give writes to the guest all of b, however long that takes. What the guest does
// not want any more is lost, as it is by a kernel's socket.
func (s *socket) give(b []byte) {
	_ = s.end.Load().raw.Write(func(fd uintptr) bool {
		for len(b) > 0 {
			n, err := unix.SendmsgN(int(fd), b, nil, nil, unix.MSG_DONTWAIT|unix.MSG_NOSIGNAL)
			switch {
			case err == unix.EAGAIN:
				return false
			case err == unix.EINTR:
			case err != nil:
				return true
			default:
				b = b[n:]
			}
		}
		return true
	})
}

// arrive has a connection wait for the guest to accept it.
func (s *socket) arrive(r *client.Record) {
	n := s.network
	c, fd, err := n.pair(r.Socket, s.family, s.kind)
	if err != nil {
		_ = r.Socket.Close(n.ctx)
		s.remote.Took(r, true)
		return
	}
	c.protocol, c.state, c.told = s.protocol, connected, true
	c.own, c.peer = r.Addr2, r.Addr
	c.start()
	s.mu.Lock()
	listens := s.state == listening
	if listens {
		s.waiting = append(s.waiting, &connection{c, fd, *r})
	}
	s.mu.Unlock()
	if !listens {
		unix.Close(fd)
		return
	}
	s.give([]byte{1})
}

// connected notes what became of a connection that was begun.
func (s *socket) connected(r *client.Record) {
	s.mu.Lock()
	sync := s.filled == 0 // somebody waits for it
	switch {
	case r.Errno == 0:
		s.state = connected
		if s.family != wire.FamilyUnix { // else what the guest calls them is known
			s.own, s.peer = r.Addr2, r.Addr
		}
	case sync:
		s.state, s.err = idle, r.Errno
	default:
		s.state, s.err = failed, r.Errno
	}
	s.tell()
	s.mu.Unlock()
	s.kick()
}

// part closes our end of a socket, and forgets its names.
func (n *Network) part(s *socket) {
	if e := s.end.Load(); e != nil {
		_ = s.control(func(fd int) error { n.local.forgetEnd(inodeOf(fd)); return nil })
		e.file.Close()
	}
	n.local.drop(s)
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.named, s)
}

// retire keeps what is known of a socket that the guest may still ask about.
func (n *Network) retire(s *socket) {
	const many = 64
	n.mu.Lock()
	n.over = append(n.over, s)
	due := len(n.over) >= many
	n.mu.Unlock()
	if due {
		n.sweep()
	}
}
