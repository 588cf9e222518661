package sockets

import (
	"time"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/internal/sys"
	"penumbra/shadow/wire"
)

// read reads once into b, when there is something, by call. It is false if the
// socket is given up.
func (s *socket) read(call func(fd int) error) (error, bool) {
	var err error
	waited := s.raw.Read(func(fd uintptr) bool {
		for {
			err = call(int(fd))
			if err != unix.EINTR {
				return err != unix.EAGAIN
			}
		}
	})
	return err, waited == nil
}

// begin starts a reader, if there is none.
func (s *socket) begin(reader func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.reading && !s.closing {
		s.reading = true
		go reader()
	}
}

// pieceSize is how much is read from a stream at once, at most.
const pieceSize = 64 << 10

// readStream sends to the client what arrives, until the end.
func (s *socket) readStream() {
	var buf []byte
	for {
		room, ok := s.room(1)
		if !ok {
			return
		}
		if len(buf) == 0 {
			buf = make([]byte, pieceSize)
		}
		n := 0
		err, ok := s.read(func(fd int) (err error) {
			n, _, err = unix.Recvfrom(fd, buf[:min(room, len(buf))], 0)
			return err
		})
		switch {
		case !ok:
			return
		case err != nil:
			s.tell(wire.Record{Kind: wire.RecordFailed, Errno: wire.ErrnoOf(err)}, nil)
			return
		case n == 0:
			s.ended()
			return
		}
		data := buf[:n:n]
		if buf = buf[n:]; len(buf) < pieceSize/8 {
			buf = nil
		}
		s.tell(wire.Record{Kind: wire.RecordData}, data)
	}
}

// ended says that the peer sends nothing more. A Unix socket also knows whether it
// receives anything.
func (s *socket) ended() {
	r := wire.Record{Kind: wire.RecordEnd}
	_ = s.control(func(fd int) error {
		fds := []unix.PollFd{{Fd: int32(fd)}}
		if n, _ := unix.Poll(fds, 0); n > 0 && fds[0].Revents&unix.POLLHUP != 0 && s.family == wire.FamilyUnix {
			r = wire.Record{Kind: wire.RecordFailed, Errno: abi.EPIPE}
		}
		return nil
	})
	s.tell(r, nil)
}

// readMessages does the same with a sequence of messages.
func (s *socket) readMessages() {
	for {
		data, _, err, ok := s.message()
		switch {
		case !ok:
			return
		case err != nil:
			s.tell(wire.Record{Kind: wire.RecordFailed, Errno: wire.ErrnoOf(err)}, nil)
			return
		case len(data) == 0:
			s.ended()
			return
		}
		s.tell(wire.Record{Kind: wire.RecordData}, data)
	}
}

// readDatagrams sends to the client what arrives, and from whom.
func (s *socket) readDatagrams() {
	for {
		data, from, err, ok := s.message()
		switch {
		case !ok:
			return
		case err != nil:
			s.tell(wire.Record{Kind: wire.RecordFailed, Errno: wire.ErrnoOf(err)}, nil)
			if _, ok := s.room(0); !ok {
				return
			}
			continue
		}
		s.tell(wire.Record{Kind: wire.RecordDatagram, Addr: addressOf(from, s.family)}, data)
	}
}

// message reads a message when the client has credit for all of it.
func (s *socket) message() (data []byte, from unix.Sockaddr, err error, ok bool) {
	size := 0
	err, ok = s.read(func(fd int) (err error) {
		var none [1]byte
		size, _, err = unix.Recvfrom(fd, none[:], unix.MSG_PEEK|unix.MSG_TRUNC)
		return err
	})
	if err != nil || !ok {
		return nil, nil, err, ok
	}
	size = min(size, wire.Window-wire.RecordCost)
	if _, ok := s.room(size); !ok {
		return nil, nil, nil, false
	}
	data = make([]byte, size)
	n := 0
	err, ok = s.read(func(fd int) (err error) {
		n, from, err = unix.Recvfrom(fd, data, 0)
		return err
	})
	return data[:max(n, 0)], from, err, ok
}

// accept sends to the client who connects, as many as the backlog says before it
// has taken any.
func (s *socket) accept() {
	for s.admits() {
		fd := -1
		var from unix.Sockaddr
		err, ok := s.read(func(own int) (err error) {
			fd, from, err = unix.Accept4(own, unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC)
			return err
		})
		switch {
		case !ok:
			return
		case err == unix.ECONNABORTED:
			continue
		case err == unix.EMFILE || err == unix.ENFILE || err == unix.ENOBUFS || err == unix.ENOMEM:
			time.Sleep(100 * time.Millisecond) // somebody will close a file
			continue
		case err != nil:
			s.tell(wire.Record{Kind: wire.RecordFailed, Errno: wire.ErrnoOf(err)}, nil)
			return
		}
		s.admit(fd, from)
	}
}

// admits waits until the client can take one more, and reports whether it will.
func (s *socket) admits() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for !s.closing {
		if len(s.kept) <= s.backlog {
			return true
		}
		s.changed.Wait()
	}
	return false
}

// admit makes the connection fd a socket of the client's.
func (s *socket) admit(fd int, from unix.Sockaddr) {
	c := newSocket(s.table, fd, s.family, s.kind)
	c.name = s.name
	if err := s.table.add(c, 0); err != nil {
		c.file.Close() // it has too many
		return
	}
	own, _ := unix.Getsockname(fd)
	s.tell(wire.Record{Kind: wire.RecordConnection, New: c.id, Addr: addressOf(from, s.family), Addr2: c.ownName(own)}, nil)
	c.begin(c.reader())
}

func (s *socket) reader() func() {
	if s.kind == wire.SocketSequence {
		return s.readMessages
	}
	return s.readStream
}

// connected has been found out: it is, or err says why not.
func (s *socket) connected(err error) {
	r := wire.Record{Kind: wire.RecordConnected, Errno: wire.ErrnoOf(err)}
	if err != nil {
		_ = s.control(sys.Disconnect) // it may be tried again
	}
	if err == nil {
		_ = s.raw.Control(func(fd uintptr) {
			own, _ := unix.Getsockname(int(fd))
			peer, _ := unix.Getpeername(int(fd))
			r.Addr, r.Addr2 = addressOf(peer, s.family), s.ownName(own)
		})
	}
	s.tell(r, nil)
	if err == nil {
		s.begin(s.reader())
	}
}

// awaitConnection waits until it is known what became of a connection that has
// begun.
func (s *socket) awaitConnection() {
	var err error
	waited := s.raw.Write(func(fd uintptr) bool {
		code, e := unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_ERROR)
		switch {
		case e != nil:
			err = e
		case code != 0:
			err = unix.Errno(code)
		default:
			if _, e := unix.Getpeername(int(fd)); e != nil {
				return false // poll(2) has spoken too soon
			}
		}
		return true
	})
	if waited != nil {
		err = abi.ECONNABORTED
	}
	s.connected(err)
}
