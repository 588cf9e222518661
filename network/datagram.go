package network

import (
	"time"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/internal/sys"
	"penumbra/shadow/client"
	"penumbra/shadow/wire"
)

// mostOutgoing is how many bytes of datagrams may wait to be sent to the shadow.
const mostOutgoing = wire.Window

// collect takes the datagrams that the guest writes to its peer.
func (s *socket) collect() {
	defer func() {
		close(s.reader)
		s.change(func() { s.ended = true })
	}()
	buf := make([]byte, client.MaxMessage)
	for {
		n, ended := 0, false
		read := s.read(func(fd int) bool {
			var err error
			n, _, err = unix.Recvfrom(fd, buf, unix.MSG_DONTWAIT)
			ended = err != nil && err != unix.EAGAIN && err != unix.EINTR || n == 0 && err == nil && hungUp(fd)
			return err == nil || ended
		})
		if !read || ended || s.isBroken() {
			return
		}
		s.relayOut(buf[:n])
	}
}

// relayOut leaves a datagram for the peer to sendOut, when there are not too many.
func (s *socket) relayOut(b []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.outgoing > mostOutgoing && !s.broken {
		news := s.news
		s.mu.Unlock()
		<-news
		s.mu.Lock()
	}
	s.post(client.Message{Data: append([]byte(nil), b...)})
}

// post leaves a datagram to sendOut, with mu held.
func (s *socket) post(m client.Message) {
	s.out = append(s.out, m)
	s.outgoing += len(m.Data) + wire.RecordCost
	s.tell()
}

// sendOut sends datagrams to the shadow, many at once if there are many.
func (s *socket) sendOut() {
	defer s.leave()
	for {
		s.mu.Lock()
		for len(s.out) == 0 && !s.ended && !s.broken {
			news := s.news
			s.mu.Unlock()
			<-news
			s.mu.Lock()
		}
		if len(s.out) == 0 || s.broken {
			s.mu.Unlock()
			return
		}
		n := min(len(s.out), wire.MaxOps)
		some := s.out[:n:n]
		s.out = s.out[n:]
		for _, m := range some {
			s.outgoing -= len(m.Data) + wire.RecordCost
		}
		s.tell()
		s.mu.Unlock()
		if s.remote.Send(s.network.ctx, some) != nil {
			return
		}
	}
}

// deliver gives the guest what arrives, with the address where it is from.
func (s *socket) deliver() {
	tags := tags{}
	defer tags.close()
	for {
		r, ok := s.remote.Next()
		if !ok {
			return
		}
		switch r.Kind {
		case wire.RecordDatagram:
			if tag, err := tags.of(&r.Addr); err == nil {
				s.drop(r.Data, unix.UnixRights(tag))
			}
		case wire.RecordFailed:
			if s.failed(&r) {
				return
			}
		}
		s.remote.Took(&r, false)
	}
}

// failed notes that a datagram came back, or that there is no socket any more.
func (s *socket) failed(r *client.Record) (over bool) {
	over = r.Sock == 0
	s.change(func() { s.err, s.broken = r.Errno, over })
	if over {
		s.kick()
	}
	return over
}

// drop gives the guest a datagram.
func (s *socket) drop(b, control []byte) {
	_ = s.end.Load().raw.Write(func(fd uintptr) bool {
		for {
			err := sys.Sendmsg(int(fd), b, control, unix.MSG_DONTWAIT|unix.MSG_NOSIGNAL)
			switch err {
			case unix.EAGAIN:
				return false
			case unix.ETOOMANYREFS:
				time.Sleep(longPause) // the guest has too many to read yet
			case unix.EINTR:
			default:
				return true
			}
		}
	})
}

// tags are files that hold addresses, by address: the last few that were needed.
// One that is on its way lives as long as its datagram.
type tags map[wire.Address]int

// of returns the descriptor of a file that holds a.
func (t tags) of(a *wire.Address) (int, error) {
	if fd, ok := t[*a]; ok {
		return fd, nil
	}
	const enough = 16
	if len(t) >= enough {
		t.close()
	}
	fd, err := unix.MemfdCreate("address", unix.MFD_CLOEXEC)
	if err != nil {
		return -1, err
	}
	if _, err := unix.Write(fd, wire.EncodeSockaddr(a)); err != nil {
		unix.Close(fd)
		return -1, err
	}
	t[*a] = fd
	return fd, nil
}

func (t tags) close() {
	for a, fd := range t {
		unix.Close(fd)
		delete(t, a)
	}
}

// readTag returns the address that came with control messages, and closes what
// they brought.
func readTag(control []byte) (a wire.Address) {
	messages, err := unix.ParseSocketControlMessage(control)
	if err != nil {
		return a
	}
	for i := range messages {
		fds, _ := unix.ParseUnixRights(&messages[i])
		for _, fd := range fds {
			b := make([]byte, anySize)
			if n, err := unix.Pread(fd, b, 0); err == nil && n >= familySize {
				a, _ = wire.DecodeSockaddr(b[:n])
			}
			unix.Close(fd)
		}
	}
	return a
}

// A datagram is what the guest has received.
type datagram struct {
	data  []byte
	size  int // which may be more, with MSG_TRUNC
	from  wire.Address
	flags int // of struct msghdr
	// control are messages of this process's kernel; what they bring is to be closed.
	control []byte
}

// receive receives a datagram of at most room bytes by a copy of the guest's end.
func (s *socket) receive(p *patience, own, room, flags int) (datagram, abi.Errno) {
	waits := flags&unix.MSG_DONTWAIT == 0 && !nonblocking(own)
	s.mu.Lock()
	e := s.takeError()
	s.mu.Unlock()
	if e != 0 {
		return datagram{}, e
	}
	for {
		d, err := s.receiveOnce(own, room, flags|unix.MSG_DONTWAIT|unix.MSG_CMSG_CLOEXEC)
		switch {
		case err == unix.EINTR:
			continue
		case err == unix.EAGAIN && waits:
			if e := awaitReadable(p, own); e != 0 {
				return datagram{}, e
			}
			continue
		case err != nil:
			return datagram{}, errnoOf(err)
		}
		return d, 0
	}
}

// receiveOnce receives a datagram that is there. One of the guest's own sockets has the
// kernel's address and control messages.
func (s *socket) receiveOnce(own, room, flags int) (datagram, error) {
	const told = unix.MSG_TRUNC
	data := make([]byte, min(room, client.MaxMessage))
	if !s.native {
		control := make([]byte, unix.CmsgSpace(4*4))
		n, controlSize, got, err := sys.Recvmsg(own, data, control, flags)
		if err != nil {
			return datagram{}, err
		}
		return datagram{data: data[:min(n, len(data))], size: n, from: readTag(control[:controlSize]), flags: got & told}, nil
	}
	const enough = 8 << 10 // SCM_MAX_FD descriptors, and credentials
	control := make([]byte, enough)
	n, controlSize, got, from, err := unix.Recvmsg(own, data, control, flags)
	if err != nil {
		return datagram{}, err
	}
	d := datagram{data: data[:min(n, len(data))], size: n, flags: got & told, control: control[:controlSize]}
	if called, ok := s.network.local.called(from); ok {
		d.from = called
	} else {
		d.from = unixAddress(from)
	}
	return d, nil
}
