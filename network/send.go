package network

import (
	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/intercept"
	"penumbra/shadow/client"
	"penumbra/shadow/wire"
)

// sendTo answers sendto(2), sendmsg(2) and sendmmsg(2) of datagrams that have an
// address. Those to the peer the kernel takes.
func (n *Network) sendTo(r *request) (intercept.Verdict, bool) {
	s, own := n.find(r)
	if own < 0 {
		return intercept.Run, false
	}
	defer unix.Close(own)
	var all []*header
	var e abi.Errno
	switch r.name {
	case "sendto":
		h := &header{name: r.args.Addr(4), nameSize: r.args.Int32(5)}
		e = h.add(r.args.Addr(1), r.args[2])
		all = []*header{h}
	case "sendmsg":
		var h *header
		h, e = readHeader(r.Call, r.args.Addr(1))
		all = []*header{h}
	default:
		for i := range min(uint32(r.args[2]), maxPieces) {
			h, failed := readHeader(r.Call, r.args.Addr(1)+abi.Addr(i)*stride(r.Arch.PointerSize()))
			if failed != 0 {
				break
			}
			all = append(all, h)
		}
	}
	if e != 0 || len(all) == 0 {
		return intercept.Run, false // the kernel says why
	}
	if s == nil || s.native {
		return n.sendUnix(r, s, own, all)
	}
	switch {
	case s.isUnconnected():
		if r.flags()&unix.MSG_NOSIGNAL == 0 {
			r.Signal(abi.SIGPIPE)
		}
		return intercept.Fail(abi.EPIPE), true
	case s.kind != wire.SocketDatagram && named(all):
		return s.sendPastName(r), true
	case s.kind != wire.SocketDatagram:
		return intercept.Run, true
	case !named(all):
		return s.sendToPeer(all), true
	}
	return s.sendAll(r, own, all), true
}

// sendPastName makes a call of a stream that has an address, which TCP does not look at
// (tcp_sendmsg_locked, net/ipv4/tcp.c), and the pair would refuse.
func (s *socket) sendPastName(r *request) intercept.Verdict {
	return s.network.cfg.Send(r.Call, r.name, r.args, nil)
}

// sendToPeer lets the pair have datagrams without an address, unless the shadow's
// socket would refuse the first of them; udp(7).
func (s *socket) sendToPeer(all []*header) intercept.Verdict {
	s.mu.Lock()
	peer := s.peer.Family != wire.FamilyNone
	s.mu.Unlock()
	switch {
	case s.family != wire.FamilyUnix && all[0].size > maxUDP:
		return intercept.Fail(abi.EMSGSIZE)
	case !peer:
		return intercept.Fail(abi.EDESTADDRREQ)
	}
	return intercept.Run
}

// named reports whether any message has an address.
func named(all []*header) bool {
	for _, h := range all {
		if h.name != 0 && h.nameSize > 0 {
			return true
		}
	}
	return false
}

// sendAll takes datagrams from the guest. Of several, those that were taken count.
func (s *socket) sendAll(r *request, own int, all []*header) intercept.Verdict {
	if r.flags()&unix.MSG_OOB != 0 {
		return intercept.Fail(abi.EOPNOTSUPP)
	}
	p := patienceFor(r.Call, own, unix.SO_SNDTIMEO)
	for i, h := range all {
		e := s.sendOne(r, p, h)
		switch {
		case e != 0 && i == 0:
			return intercept.Fail(e)
		case e != 0:
			return intercept.Skip(int64(i))
		case r.name != "sendmmsg":
			return intercept.Skip(int64(h.size))
		}
		if e := h.put(r.Call, headerWords, uint64(h.size)); e != 0 {
			return intercept.Fail(e)
		}
	}
	return intercept.Skip(int64(len(all)))
}

// sendOne takes a datagram from the guest; it waits while many are on their way.
func (s *socket) sendOne(r *request, p *patience, h *header) abi.Errno {
	m := client.Message{}
	if h.name != 0 && h.nameSize > 0 {
		a, ours, e := s.network.addressee(r, h.name, h.nameSize, false)
		switch {
		case e != 0:
			return e
		case !ours:
			return abi.ECONNREFUSED // nobody of this machine hears a socket of the shadow's
		case a.Family != s.family && a.Family != wire.FamilyNone:
			return abi.EAFNOSUPPORT
		}
		m.To = a
	}
	var e abi.Errno
	if m.Data, e = h.text(r.Call); e != 0 {
		return e
	}
	if s.family != wire.FamilyUnix && len(m.Data) > maxUDP {
		return abi.EMSGSIZE
	}
	if e := s.await(p, func() bool { return s.outgoing <= mostOutgoing || s.broken || s.err != 0 }); e != 0 {
		return e
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch e := s.takeError(); {
	case e != 0:
		return e // of an earlier one, as udp(7) has it
	case s.broken:
		return abi.EPIPE
	}
	s.post(m)
	return 0
}

// maxUDP is how much a datagram of IPv4 holds.
const maxUDP = 65507
