package network

import (
	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/guest"
	"penumbra/intercept"
	"penumbra/shadow/client"
	"penumbra/shadow/wire"
)

// addressee returns the address that a call names, as the shadow knows it. It is
// false if that is one of this machine: a Unix socket's that is here.
func (n *Network) addressee(r *request, at abi.Addr, size int32, make bool) (a wire.Address, ours bool, e abi.Errno) {
	a, e = readAddress(r.Call, at, size)
	if e != 0 || !isPath(&a) {
		return a, true, e
	}
	place, shadow := n.cfg.Place(r.Call, a.Name, make)
	if !shadow {
		return a, false, 0
	}
	if a.Name = place; len(place) > wire.MaxUnixName {
		return a, true, abi.ENAMETOOLONG
	}
	return a, true, 0
}

// isPath reports whether a names a Unix socket by a path.
func isPath(a *wire.Address) bool {
	return a.Family == wire.FamilyUnix && a.Name != "" && a.Name[0] != 0
}

// bind answers bind(2).
func (n *Network) bind(r *request) (intercept.Verdict, bool) {
	s, own := n.find(r)
	if own < 0 {
		return intercept.Run, false
	}
	defer unix.Close(own)
	a, ours, e := n.addressee(r, r.args.Addr(1), r.args.Int32(2), true)
	switch {
	case s == nil && (!r.makes || e != 0 || !ours || a.Family != wire.FamilyUnix), s != nil && !ours:
		return intercept.Run, false
	case e != 0:
		return intercept.Fail(e), true
	case s != nil && a.Family != s.family:
		return intercept.Fail(abi.EAFNOSUPPORT), true
	case a.Family == wire.FamilyUnix:
		return n.bindUnix(r, s, own, a), true
	}
	r.Leave()
	n.settle()
	name, err := s.remote.Bind(n.ctx, a, 0)
	if err != nil {
		return intercept.Fail(errnoOf(err)), true
	}
	s.change(func() { s.own = name })
	n.name(s)
	return intercept.Skip(0), true
}

// listen answers listen(2).
func (s *socket) listen(r *request, _ int) intercept.Verdict {
	if s.kind == wire.SocketDatagram {
		return intercept.Fail(abi.EOPNOTSUPP)
	}
	s.mu.Lock()
	was := s.state
	s.mu.Unlock()
	if was != idle && was != listening {
		return intercept.Fail(abi.EINVAL)
	}
	if s.native && s.here.private {
		return intercept.Run
	}
	r.Leave()
	if err := s.remote.Listen(s.network.ctx, int(r.args.Int32(1))); err != nil {
		return intercept.Fail(errnoOf(err))
	}
	s.change(func() { s.state = listening })
	if s.native {
		if was == idle {
			go s.admit()
		}
		return intercept.Run
	}
	s.network.name(s)
	return intercept.Skip(0)
}

// accept answers accept(2) and accept4(2): there is a byte for each connection.
func (s *socket) accept(r *request, own int) intercept.Verdict {
	var flags int32
	if r.name == "accept4" {
		flags = r.args.Int32(3)
	}
	if s.native {
		return s.acceptNative(r, own, flags)
	}
	s.mu.Lock()
	listens := s.state == listening
	s.mu.Unlock()
	switch {
	case flags&^(unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC) != 0, !listens && s.kind != wire.SocketDatagram:
		return intercept.Fail(abi.EINVAL)
	case !listens:
		return intercept.Fail(abi.EOPNOTSUPP)
	}
	p := patienceFor(r.Call, own, unix.SO_RCVTIMEO)
	for {
		var token [1]byte
		n, _, err := unix.Recvfrom(own, token[:], unix.MSG_DONTWAIT)
		switch {
		case err == unix.EINTR:
			continue
		case err == unix.EAGAIN && nonblocking(own):
			return intercept.Fail(abi.EAGAIN)
		case err == unix.EAGAIN:
			if e := awaitReadable(p, own); e != 0 {
				return intercept.Fail(e)
			}
			continue
		case err != nil:
			return intercept.Fail(errnoOf(err))
		case n == 0:
			return intercept.Fail(abi.EINVAL) // it was shut down
		}
		if c := s.take(); c != nil {
			return s.hand(r, c, flags)
		}
	}
}

// take returns the connection that has waited longest.
func (s *socket) take() *connection {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.waiting) == 0 {
		return nil
	}
	c := s.waiting[0]
	s.waiting = s.waiting[1:]
	return c
}

// hand gives the guest a connection.
func (s *socket) hand(r *request, c *connection, flags int32) intercept.Verdict {
	s.remote.Took(&c.record, true)
	c.socket.holder.Store(int64(r.Thread.Process().ID))
	if e := writeAddress(r.Call, &c.record.Addr, r.args.Addr(1), r.args.Addr(2)); e != 0 {
		unix.Close(c.fd)
		return intercept.Fail(e)
	}
	_ = unix.SetNonblock(c.fd, flags&unix.SOCK_NONBLOCK != 0)
	return intercept.Give(c.fd, flags&unix.SOCK_CLOEXEC != 0)
}

// tellName answers getsockname(2).
func (s *socket) tellName(r *request) intercept.Verdict {
	s.mu.Lock()
	name := s.own
	s.mu.Unlock()
	if name.Family == wire.FamilyNone {
		r.Leave()
		var err error
		if name, _, err = s.remote.Names(s.network.ctx); err != nil {
			name = wire.Address{Family: s.family} // it is no more
		}
	}
	if e := writeAddress(r.Call, &name, r.args.Addr(1), r.args.Addr(2)); e != 0 {
		return intercept.Fail(e)
	}
	return intercept.Skip(0)
}

// tellPeer answers getpeername(2).
func (s *socket) tellPeer(r *request) intercept.Verdict {
	s.mu.Lock()
	peer := s.peer
	s.mu.Unlock()
	if peer.Family == wire.FamilyNone {
		return intercept.Fail(abi.ENOTCONN)
	}
	if e := writeAddress(r.Call, &peer, r.args.Addr(1), r.args.Addr(2)); e != 0 {
		return intercept.Fail(e)
	}
	return intercept.Skip(0)
}

// remoteOf returns the shadow's socket of s, which may be nil.
func (s *socket) remoteOf() (*client.Socket, wire.SocketType) {
	if s == nil {
		return nil, 0
	}
	return s.remote, s.kind
}

// umaskOf returns the file mode creation mask of the thread that makes a call.
func umaskOf(r *request) uint32 {
	mask, err := guest.Umask(r.Thread.ID())
	if err != nil {
		return 0o777 // it has died
	}
	return mask
}
