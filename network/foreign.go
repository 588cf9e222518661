package network

import (
	"time"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/intercept"
	"penumbra/shadow/client"
	"penumbra/shadow/wire"
)

// admit has those who connect at the shadow reach the guest's own socket.
func (s *socket) admit() {
	for {
		r, ok := s.remote.Next()
		if !ok {
			return
		}
		switch r.Kind {
		case wire.RecordConnection:
			s.introduce(&r)
		case wire.RecordFailed:
			s.leave()
			return
		}
		s.remote.Took(&r, true)
	}
}

// introduce connects for somebody who has connected at the shadow.
func (s *socket) introduce(r *client.Record) {
	n := s.network
	fd, err := n.local.stranger(types[s.kind], &r.Addr)
	if err == nil {
		if r.Addr.Name != "" {
			s.here.byNamed.Store(true)
		}
		n.local.noteEnd(inodeOf(fd), r.Socket) // before the guest can ask who it is
		err = s.reach(fd)
	}
	if err != nil {
		n.local.forgetEnd(inodeOf(fd))
		unix.Close(fd)
		_ = r.Socket.Close(n.ctx)
		return
	}
	c := n.attach(r.Socket, s.family, s.kind, fd, 0)
	c.holder.Store(s.holder.Load())
	c.state, c.told = connected, true
	c.start()
}

// reach connects fd to the guest's own socket, and waits while too many wait there.
func (s *socket) reach(fd int) error {
	const refusals = 10 // the guest may be about to listen
	pause := shortPause
	for refused := 0; ; {
		err := unix.Connect(fd, s.here.address())
		switch {
		case err == unix.ECONNREFUSED && refused < refusals:
			refused++
		case err != unix.EAGAIN && err != unix.EINTR:
			return err
		}
		select {
		case <-s.gone:
			return err
		case <-time.After(pause):
		}
		pause = min(2*pause, longPause)
	}
}

// stranger makes a socket for somebody at the shadow, whose name the guest is told.
func (l *locals) stranger(kind int, called *wire.Address) (int, error) {
	fd, err := unix.Socket(unix.AF_UNIX, kind|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err == nil && called.Name != "" {
		var name string
		if name, err = l.give(fd, *called); err == nil {
			err = unix.Unlink(name) // nobody is to find it by that
		}
	}
	return fd, err
}

// noteEnd notes who is behind our end of a connection.
func (l *locals) noteEnd(inode uint64, who *client.Socket) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ends[inode] = who
}

func (l *locals) forgetEnd(inode uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.ends, inode)
}

// sendUnix answers sendto(2) and its kin of Unix sockets; s is nil if own is not known
// yet. It is false if the kernel, or the view, is to make the call.
func (n *Network) sendUnix(r *request, s *socket, own int, all []*header) (intercept.Verdict, bool) {
	kind, err := unix.GetsockoptInt(own, unix.SOL_SOCKET, unix.SO_TYPE)
	if err != nil || kind != unix.SOCK_DGRAM || !named(all) {
		return intercept.Run, false
	}
	first := all[0]
	if first.name == 0 || first.nameSize <= familySize {
		return n.cfg.Send(r.Call, r.name, r.args, nil), true
	}
	a, ours, e := n.addressee(r, first.name, first.nameSize, false)
	if e != 0 || !ours || a.Family != wire.FamilyUnix || !r.makes && s == nil {
		return intercept.Run, false
	}
	r.Leave()
	if err := n.open(); err != nil {
		return intercept.Fail(errnoOf(err)), true
	}
	here, e := n.findLocal(a)
	switch {
	case e != 0:
		return intercept.Fail(e), true
	case here != nil:
		return n.cfg.Send(r.Call, r.name, r.args, here.address()), true
	}
	if s == nil {
		remote, kind, e := n.unixSocket(own)
		if e != 0 {
			return intercept.Fail(e), true
		}
		s = n.native(r, remote, kind, own)
	}
	return s.sendAll(r, own, all[:1]), true
}

// adoptDatagram connects a datagram socket of the guest's to one of ours, which stands
// for its peer at the shadow.
func (s *socket) adoptDatagram(own int, peer wire.Address) abi.Errno {
	n := s.network
	ours, err := unix.Socket(unix.AF_UNIX, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return errnoOf(err)
	}
	name, err := n.local.give(ours, peer)
	if err == nil {
		err = unix.Connect(own, &unix.SockaddrUnix{Name: name})
		_ = unix.Unlink(name)
	}
	if err != nil {
		unix.Close(ours)
		return errnoOf(err)
	}
	e := newEnd(ours)
	if before := s.end.Swap(e); before != nil {
		before.file.Close() // who collects from it ends
	}
	go s.collectUnix(e)
	return 0
}

// collectUnix takes the datagrams that the guest writes to a peer at the shadow.
func (s *socket) collectUnix(e *end) {
	buf := make([]byte, client.MaxMessage)
	for {
		size := 0
		var err error
		read := e.raw.Read(func(fd uintptr) bool {
			size, _, err = unix.Recvfrom(int(fd), buf, unix.MSG_DONTWAIT)
			return err != unix.EAGAIN && err != unix.EINTR
		})
		if read != nil || err != nil {
			return
		}
		s.relayOut(buf[:size])
	}
}

// deliverHere gives the guest what arrives at the shadow's socket.
func (s *socket) deliverHere() {
	who := correspondents{}
	defer who.close()
	for {
		r, ok := s.remote.Next()
		if !ok {
			return
		}
		switch r.Kind {
		case wire.RecordDatagram:
			s.bring(&r, who)
		case wire.RecordFailed:
			if s.failed(&r) {
				return
			}
		}
		s.remote.Took(&r, false)
	}
}

// bring sends a datagram on to the guest's own socket. One that is connected to
// somebody else does not take it, as it would not from others.
func (s *socket) bring(r *client.Record, who correspondents) {
	s.network.local.mu.Lock()
	here := s.here
	s.network.local.mu.Unlock()
	if here == nil {
		return
	}
	send := func(fd int) error {
		return unix.Sendto(fd, r.Data, unix.MSG_DONTWAIT|unix.MSG_NOSIGNAL, here.address())
	}
	for pause := shortPause; ; pause = min(2*pause, longPause) {
		err := s.control(send)
		if err == unix.EBADF || err == unix.EPERM {
			var fd int
			if fd, err = who.of(&s.network.local, &r.Addr); err == nil {
				err = send(fd)
			}
		}
		if err != unix.EAGAIN && err != unix.EINTR {
			return
		}
		select {
		case <-s.gone:
			return
		case <-time.After(pause):
		}
	}
}

// correspondents are sockets for those at the shadow who have sent datagrams, the last
// few of them.
type correspondents map[wire.Address]int

func (c correspondents) of(l *locals, a *wire.Address) (int, error) {
	if fd, ok := c[*a]; ok {
		return fd, nil
	}
	const enough = 16
	if len(c) >= enough {
		c.close()
	}
	fd, err := l.stranger(unix.SOCK_DGRAM, a)
	if err != nil {
		unix.Close(fd)
		return -1, err
	}
	c[*a] = fd
	return fd, nil
}

func (c correspondents) close() {
	for a, fd := range c {
		unix.Close(fd)
		delete(c, a)
	}
}
