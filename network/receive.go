package network

import (
	"time"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/intercept"
	"penumbra/shadow/wire"
)

// receiveFrom answers recvfrom(2) that asks for the sender.
func (s *socket) receiveFrom(r *request, own int) intercept.Verdict {
	switch {
	case s.family != wire.FamilyUnix && r.flags()&unix.MSG_ERRQUEUE != 0:
		return intercept.Fail(abi.EAGAIN) // nothing is ever told there
	case s.isUnconnected():
		return intercept.Fail(abi.ENOTCONN)
	case s.kind != wire.SocketDatagram || r.args.Addr(4) == 0:
		return intercept.Run
	}
	h := &header{}
	if e := h.add(r.args.Addr(1), min(r.args[2], 1<<30)); e != 0 {
		return intercept.Fail(e)
	}
	d, e := s.receive(patienceFor(r.Call, own, unix.SO_RCVTIMEO), own, h.size, int(r.args.Int32(3)))
	closeEnclosed(d.control)
	if e == 0 {
		e = h.fill(r.Call, d.data)
	}
	if e == 0 {
		e = writeAddress(r.Call, &d.from, r.args.Addr(4), r.args.Addr(5))
	}
	if e != 0 {
		return intercept.Fail(e)
	}
	return intercept.Skip(int64(d.size))
}

// receiveMessage answers recvmsg(2).
func (s *socket) receiveMessage(r *request, own int) intercept.Verdict {
	if s.isUnconnected() {
		return intercept.Fail(abi.ENOTCONN)
	}
	queue := s.family != wire.FamilyUnix && r.flags()&unix.MSG_ERRQUEUE != 0
	if s.kind != wire.SocketDatagram && !queue {
		return intercept.Run
	}
	h, e := readHeader(r.Call, r.args.Addr(1))
	switch {
	case e == 0 && h.name != 0 && h.nameSize < 0:
		return intercept.Fail(abi.EINVAL)
	case e == 0 && queue:
		return intercept.Fail(abi.EAGAIN)
	}
	if e == 0 && s.native && h.name == 0 {
		return intercept.Run // there is nothing that the kernel would tell amiss
	}
	size := 0
	if e == 0 {
		size, e = s.receiveInto(r, patienceFor(r.Call, own, unix.SO_RCVTIMEO), own, h, int(r.args.Int32(2)))
	}
	if e != 0 {
		return intercept.Fail(e)
	}
	return intercept.Skip(int64(size))
}

// receiveInto receives a datagram into what h says.
func (s *socket) receiveInto(r *request, p *patience, own int, h *header, flags int) (int, abi.Errno) {
	d, e := s.receive(p, own, h.size, flags)
	if e == 0 {
		e = h.fill(r.Call, d.data)
	}
	if e == 0 && h.name != 0 {
		e = writeAddress(r.Call, &d.from, h.name, h.at+abi.Addr(wordNameSize*h.word))
	}
	if e != 0 {
		closeEnclosed(d.control)
		return d.size, e
	}
	size, whole, e := h.handControl(r.Call, d.control, flags&unix.MSG_CMSG_CLOEXEC != 0)
	if !whole {
		d.flags |= unix.MSG_CTRUNC
	}
	if e == 0 {
		e = h.put(r.Call, wordControlSize, uint64(size))
	}
	if e == 0 {
		e = h.put(r.Call, wordFlags, uint64(d.flags|flags&unix.MSG_CMSG_CLOEXEC))
	}
	return d.size, e
}

// receiveMessages answers recvmmsg(2).
func (s *socket) receiveMessages(r *request, own int) intercept.Verdict {
	if s.kind != wire.SocketDatagram {
		return intercept.Run
	}
	flags := int(r.args.Int32(3))
	limit, e := readTimeout(r)
	if e != 0 {
		return intercept.Fail(e)
	}
	var count int64
	for at := r.args.Addr(1); count < int64(min(uint32(r.args[2]), maxPieces)); count++ {
		h, e := readHeader(r.Call, at)
		size := 0
		if e == 0 {
			size, e = s.receiveInto(r, patienceFor(r.Call, own, unix.SO_RCVTIMEO), own, h, flags&^unix.MSG_WAITFORONE)
		}
		if e == 0 {
			e = h.put(r.Call, headerWords, uint64(uint32(size)))
		}
		switch {
		case e != 0 && count == 0:
			return intercept.Fail(e)
		case e != 0:
			return intercept.Skip(count)
		}
		if flags&unix.MSG_WAITFORONE != 0 {
			flags |= unix.MSG_DONTWAIT
		}
		if !limit.IsZero() && !time.Now().Before(limit) {
			return intercept.Skip(count + 1)
		}
		at += stride(r.Arch.PointerSize())
	}
	return intercept.Skip(count)
}

// readTimeout reads when a recvmmsg shall not go on any more. It is looked at when a
// message has come, as recvmmsg(2) says.
func readTimeout(r *request) (time.Time, abi.Errno) {
	at := r.args.Addr(4)
	if at == 0 {
		return time.Time{}, 0
	}
	word := r.Arch.PointerSize()
	if r.name == "recvmmsg_time64" {
		word = 8
	}
	b := make([]byte, 2*word)
	if _, err := r.Memory().ReadAt(b, at); err != nil {
		return time.Time{}, abi.EFAULT
	}
	seconds, nanoseconds := int64(wordAt(b, 0, word)), int64(wordAt(b, 1, word))
	if word == 4 {
		seconds, nanoseconds = int64(int32(seconds)), int64(int32(nanoseconds))
	}
	if seconds < 0 || nanoseconds < 0 || nanoseconds >= 1e9 {
		return time.Time{}, abi.EINVAL
	}
	const most = 1 << 32 // seconds, that a Duration can hold
	return time.Now().Add(time.Duration(min(seconds, most))*time.Second + time.Duration(nanoseconds)), 0
}
