package network

import (
	"cmp"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/intercept"
	"penumbra/shadow/wire"
)

// connect answers connect(2).
func (n *Network) connect(r *request) (intercept.Verdict, bool) {
	s, own := n.find(r)
	if own < 0 {
		return intercept.Run, false
	}
	defer unix.Close(own)
	a, ours, e := n.addressee(r, r.args.Addr(1), r.args.Int32(2), false)
	switch {
	case s == nil && (!r.makes || e != 0 || !ours || a.Family != wire.FamilyUnix), s != nil && s.native && !ours:
		return intercept.Run, false
	case e != 0:
		return intercept.Fail(e), true
	case s != nil && s.native && a.Family == wire.FamilyNone:
		r.Leave()
		_ = s.remote.Connect(n.ctx, a) // it may not have been
		return intercept.Run, true
	case s != nil && a.Family != wire.FamilyNone && a.Family != s.family:
		return intercept.Fail(abi.EAFNOSUPPORT), true
	case s == nil || s.native:
		return n.connectUnix(r, s, own, a), true
	case s.kind == wire.SocketDatagram:
		return s.connectDatagram(r, a), true
	case a.Family == wire.FamilyNone:
		return intercept.Fail(abi.EOPNOTSUPP), true
	}
	return s.connectStream(r, own, a), true
}

// connectDatagram gives a socket a peer, or takes it.
func (s *socket) connectDatagram(r *request, a wire.Address) intercept.Verdict {
	r.Leave()
	s.network.settle()
	if err := s.remote.Connect(s.network.ctx, a); err != nil {
		return intercept.Fail(errnoOf(err))
	}
	s.change(func() { s.peer, s.own = a, wire.Address{} })
	return intercept.Skip(0)
}

// connectStream connects a socket, or waits until it is, or says how far it is.
func (s *socket) connectStream(r *request, own int, a wire.Address) intercept.Verdict {
	waits := !nonblocking(own)
	s.mu.Lock()
	was := s.state
	switch {
	case was == connected && !s.told:
		s.told = true
		s.mu.Unlock()
		return intercept.Skip(0)
	case was == connected, was == listening:
		s.mu.Unlock()
		return intercept.Fail(abi.EISCONN)
	case was == failed:
		e := s.takeError()
		s.mu.Unlock()
		return intercept.Fail(cmp.Or(e, abi.ECONNABORTED))
	case was == connecting && !waits:
		s.mu.Unlock()
		return intercept.Fail(abi.EALREADY)
	}
	s.state = connecting
	s.mu.Unlock()
	r.Leave()
	if was == idle {
		s.network.settle()
		if !waits {
			s.fill(own)
		}
		if err := s.remote.Connect(s.network.ctx, a); err != nil {
			s.change(func() { s.state = idle })
			s.unfill(0)
			return intercept.Fail(errnoOf(err))
		}
	}
	if !waits {
		return intercept.Fail(abi.EINPROGRESS)
	}
	return s.awaitConnection(r, own)
}

// awaitConnection waits for a connection to be made. A signal, or the end of
// SO_SNDTIMEO, ends the waiting, and the connection is made all the same.
func (s *socket) awaitConnection(r *request, own int) intercept.Verdict {
	e := s.await(patienceFor(r.Call, own, unix.SO_SNDTIMEO), func() bool { return s.state != connecting })
	if e != 0 {
		s.fill(own)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case e == abi.EAGAIN:
		return intercept.Fail(abi.EINPROGRESS)
	case e != 0:
		return intercept.Fail(e)
	case s.state == connected:
		s.told = true
		return intercept.Skip(0)
	}
	return intercept.Fail(cmp.Or(s.takeError(), abi.ECONNABORTED))
}

// shutdown answers shutdown(2): the pair is connected even if the socket is not.
func (s *socket) shutdown(r *request, _ int) intercept.Verdict {
	s.mu.Lock()
	defer s.mu.Unlock()
	how := r.args.Int32(1)
	connects := s.state != idle || s.kind == wire.SocketDatagram && s.peer.Family != wire.FamilyNone
	if !s.native && !connects && how >= unix.SHUT_RD && how <= unix.SHUT_RDWR {
		return intercept.Fail(abi.ENOTCONN)
	}
	return intercept.Run
}

// takeError returns what SO_ERROR has to say, once, with mu held.
func (s *socket) takeError() abi.Errno {
	e := s.err
	s.err = 0
	return e
}

// fill keeps the guest from writing: the kernel takes nothing more from it until
// unfill.
func (s *socket) fill(own int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state != connecting {
		return
	}
	b := make([]byte, 64<<10)
	for size := len(b); size > 0; {
		n, err := unix.SendmsgN(own, b[:size], nil, nil, unix.MSG_DONTWAIT|unix.MSG_NOSIGNAL)
		switch {
		case err == nil:
			s.filled += n
		case err == unix.EINTR:
		default:
			size /= 2
		}
	}
}

// unfill has what fill wrote read, but for the last bytes of it.
func (s *socket) unfill(last int) {
	s.mu.Lock()
	n := s.filled - last
	s.filled = 0
	s.mu.Unlock()
	b := make([]byte, 64<<10)
	for n > 0 {
		err := s.control(func(fd int) error {
			k, _, err := unix.Recvfrom(fd, b[:min(n, len(b))], unix.MSG_DONTWAIT)
			n -= max(k, 0)
			if err == nil && k == 0 {
				return unix.EPIPE
			}
			return err
		})
		if err != nil && err != unix.EINTR {
			return
		}
	}
}
