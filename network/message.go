package network

import (
	"encoding/binary"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/intercept"
	"penumbra/shadow/client"
	"penumbra/shadow/wire"
)

// A header is a struct msghdr of the guest's (recvmsg(2)): where it lies, and what
// it says.
type header struct {
	at          abi.Addr
	word        int
	name        abi.Addr
	nameSize    int32
	pieces      []piece
	size        int // of all pieces
	controlSize uint64
}

// A piece is a part of the guest's memory.
type piece struct {
	at   abi.Addr
	size int
}

// The words of a struct msghdr.
const (
	wordName = iota
	wordNameSize
	wordPieces
	wordPieceCount
	wordControl
	wordControlSize
	wordFlags
	headerWords
)

// maxPieces is UIO_MAXIOV of linux/uio.h.
const maxPieces = 1024

func wordAt(b []byte, i, word int) uint64 {
	if word == 4 {
		return uint64(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return binary.LittleEndian.Uint64(b[8*i:])
}

// readHeader reads the struct msghdr at an address.
func readHeader(c *intercept.Call, at abi.Addr) (*header, abi.Errno) {
	h := &header{at: at, word: c.Arch.PointerSize()}
	b := make([]byte, headerWords*h.word)
	if _, err := c.Memory().ReadAt(b, at); err != nil {
		return nil, abi.EFAULT
	}
	h.name, h.nameSize = abi.Addr(wordAt(b, wordName, h.word)), int32(wordAt(b, wordNameSize, h.word))
	h.controlSize = wordAt(b, wordControlSize, h.word)
	count := wordAt(b, wordPieceCount, h.word)
	if count > maxPieces {
		return nil, abi.EMSGSIZE
	}
	vector := make([]byte, int(count)*2*h.word)
	if _, err := c.Memory().ReadAt(vector, abi.Addr(wordAt(b, wordPieces, h.word))); err != nil && count > 0 {
		return nil, abi.EFAULT
	}
	for i := 0; i < 2*int(count); i += 2 {
		if e := h.add(abi.Addr(wordAt(vector, i, h.word)), wordAt(vector, i+1, h.word)); e != 0 {
			return nil, e
		}
	}
	return h, 0
}

func (h *header) add(at abi.Addr, size uint64) abi.Errno {
	const most = 1<<31 - 1
	if size > most {
		return abi.EINVAL
	}
	h.pieces = append(h.pieces, piece{at, int(size)})
	h.size += int(size)
	return 0
}

// text reads what the pieces hold.
func (h *header) text(c *intercept.Call) ([]byte, abi.Errno) {
	if h.size > client.MaxMessage {
		return nil, abi.EMSGSIZE
	}
	text := make([]byte, 0, h.size)
	for _, p := range h.pieces {
		from := len(text)
		text = text[:from+p.size]
		if _, err := c.Memory().ReadAt(text[from:], p.at); err != nil && p.size > 0 {
			return nil, abi.EFAULT
		}
	}
	return text, 0
}

// fill writes b to the pieces.
func (h *header) fill(c *intercept.Call, b []byte) abi.Errno {
	for _, p := range h.pieces {
		n := min(p.size, len(b))
		if _, err := c.Memory().WriteAt(b[:n], p.at); err != nil && n > 0 {
			return abi.EFAULT
		}
		b = b[n:]
	}
	return 0
}

// put writes a word of the struct msghdr, or the int that lies in its place.
func (h *header) put(c *intercept.Call, word int, v uint64) abi.Errno {
	b := binary.LittleEndian.AppendUint64(nil, v)
	n := h.word
	if word == wordNameSize || word == wordFlags {
		n = 4
	}
	if _, err := c.Memory().WriteAt(b[:n], h.at+abi.Addr(word*h.word)); err != nil {
		return abi.EFAULT
	}
	return 0
}

// stride is how far a struct mmsghdr is from the next.
func stride(word int) abi.Addr { return abi.Addr((headerWords + 1) * word) }

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
	if s == nil && !r.makes {
		return intercept.Run, false
	}
	if s == nil {
		if s, e = n.adoptSender(r, own, all); s == nil && e == 0 {
			return intercept.Run, false
		} else if e != 0 {
			return intercept.Fail(e), true
		}
	}
	if s.kind != wire.SocketDatagram || !named(all) {
		return intercept.Run, true
	}
	return s.sendAll(r, own, all), true
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

// adoptSender makes a Unix socket of the guest's one of the shadow's, if it sends
// to a name of the shadow's.
func (n *Network) adoptSender(r *request, own int, all []*header) (*socket, abi.Errno) {
	h := all[0]
	if h.name == 0 || h.nameSize <= familySize {
		return nil, 0
	}
	a, ours, e := n.addressee(r, h.name, h.nameSize, false)
	if e != 0 || !ours || a.Family != wire.FamilyUnix {
		return nil, 0
	}
	if kind, err := unix.GetsockoptInt(own, unix.SOL_SOCKET, unix.SO_TYPE); err != nil || kind != unix.SOCK_DGRAM {
		return nil, 0
	}
	r.Leave()
	remote, kind, e := n.unixSocket(own)
	if e != 0 {
		return nil, e
	}
	s, e := n.adopt(r, own, remote, kind)
	if e == 0 {
		s.start()
	}
	return s, e
}

// sendAll takes datagrams from the guest. Of several, those that were taken count.
func (s *socket) sendAll(r *request, own int, all []*header) intercept.Verdict {
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

// receiveFrom answers recvfrom(2) that asks for the sender.
func (s *socket) receiveFrom(r *request, own int) intercept.Verdict {
	if s.kind != wire.SocketDatagram {
		return intercept.Run
	}
	h := &header{}
	if e := h.add(r.args.Addr(1), min(r.args[2], 1<<30)); e != 0 {
		return intercept.Fail(e)
	}
	d, e := s.receive(patienceFor(r.Call, own, unix.SO_RCVTIMEO), own, h.size, int(r.args.Int32(3)))
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
	if s.kind != wire.SocketDatagram {
		return intercept.Run
	}
	h, e := readHeader(r.Call, r.args.Addr(1))
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
	if e == 0 {
		e = h.put(r.Call, wordControlSize, 0)
	}
	if e == 0 {
		e = h.put(r.Call, wordFlags, uint64(d.flags))
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
