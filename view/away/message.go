package away

import (
	"encoding/binary"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/intercept"
	"penumbra/shadow/client"
	"penumbra/shadow/wire"
)

// A message is a struct msghdr of the guest's (recvmsg(2)): where it lies, and what it
// says.
type message struct {
	at          abi.Addr
	word        int
	name        abi.Addr
	nameSize    int32
	pieces      []Piece
	controlSize uint64
}

// The words of a struct msghdr. Behind it, in a struct mmsghdr, is a size.
const (
	wordName = iota
	wordNameSize
	wordPieces
	wordPieceCount
	wordControl
	wordControlSize
	wordFlags
	messageWords
)

// messageAt reads a struct msghdr.
func (t *task) messageAt(at abi.Addr) (*message, abi.Errno) {
	m := &message{at: at, word: t.Arch.PointerSize()}
	b := make([]byte, messageWords*m.word)
	if _, err := t.Memory().ReadAt(b, at); err != nil {
		return nil, abi.EFAULT
	}
	word := func(i int) uint64 {
		if m.word == 4 {
			return uint64(binary.LittleEndian.Uint32(b[4*i:]))
		}
		return binary.LittleEndian.Uint64(b[8*i:])
	}
	m.name, m.nameSize, m.controlSize = abi.Addr(word(wordName)), int32(word(wordNameSize)), word(wordControlSize)
	if word(wordControl) == 0 {
		m.controlSize = 0
	}
	count := word(wordPieceCount)
	if count > maxPieces {
		return nil, abi.EMSGSIZE
	}
	var e abi.Errno
	m.pieces, e = Pieces(t.Call, abi.Addr(word(wordPieces)), int(count), maxTransfer)
	return m, e
}

// put writes a word of the struct msghdr, or the int that lies in its place.
func (t *task) put(m *message, word int, v uint64) abi.Errno {
	n := m.word
	if word == wordNameSize || word == wordFlags || word == messageWords {
		n = 4
	}
	if _, err := t.Memory().WriteAt(binary.LittleEndian.AppendUint64(nil, v)[:n], m.at+abi.Addr(word*m.word)); err != nil {
		return abi.EFAULT
	}
	return 0
}

// behind returns where the struct mmsghdr behind that of m lies.
func (m *message) behind() abi.Addr { return m.at + abi.Addr((messageWords+1)*m.word) }

// messageFlags are those that reach the shadow.
var messageFlags = []struct {
	here  uint64
	there uint32
}{
	{unix.MSG_PEEK, wire.MessagePeek}, {unix.MSG_OOB, wire.MessageOOB}, {unix.MSG_TRUNC, wire.MessageTruncated},
	{unix.MSG_EOR, wire.MessageEnd}, {unix.MSG_MORE, wire.MessageMore}, {unix.MSG_DONTROUTE, wire.MessageDontRoute},
}

// hereOnly are the flags that say how a call behaves here.
const hereOnly = unix.MSG_DONTWAIT | unix.MSG_NOSIGNAL | unix.MSG_WAITALL | unix.MSG_WAITFORONE | unix.MSG_CMSG_CLOEXEC | unix.MSG_CONFIRM

// thereFlags returns the protocol's flags for those of a message.
func thereFlags(how uint64) (flags uint32, e abi.Errno) {
	how &= 0xffffffff
	for _, f := range messageFlags {
		if how&f.here != 0 {
			flags |= f.there
			how &^= f.here
		}
	}
	if how&^hereOnly != 0 {
		return 0, abi.EINVAL // the queue of errors, and others that the protocol lacks
	}
	return flags, 0
}

// send sends a message. Control messages, as those that carry descriptors, are
// refused.
func (t *task) send(d descriptor, f *client.File, m *message, how uint64) (int, abi.Errno) {
	flags, e := thereFlags(how)
	if e != 0 {
		return 0, e
	}
	if m.controlSize > 0 {
		return 0, abi.EOPNOTSUPP
	}
	var to wire.Address
	if m.name != 0 && m.nameSize > 0 {
		if to, e = t.addressAt(m.name, m.nameSize); e != 0 {
			return 0, e
		}
	}
	b, e := Gather(t.Call, m.pieces)
	switch {
	case e != 0:
		return 0, e
	case !d.splits() && len(b) > wire.MaxPayload:
		return 0, abi.EMSGSIZE
	}
	w := patienceFor(d, how&unix.MSG_DONTWAIT == 0, d.limit(sending))
	n, e := t.each(w, f.PollEntry(unix.POLLOUT), b, d.splits(), func(b []byte) (int, error) {
		return f.SendMessage(t.ctx, b, flags, to)
	})
	if e == abi.EPIPE && how&unix.MSG_NOSIGNAL == 0 && d.socket.kind != wire.SocketDatagram {
		t.Signal(abi.Signal(unix.SIGPIPE))
	}
	if n > 0 {
		return n, 0
	}
	return 0, e
}

// result returns the verdict on a call that comes to a number.
func result(n int, e abi.Errno) intercept.Verdict {
	if e != 0 {
		return intercept.Fail(e)
	}
	return intercept.Skip(int64(n))
}

func (t *task) sendTo() intercept.Verdict {
	d, f, err := t.endpoint()
	if err != nil {
		return fail(err)
	}
	m := &message{name: t.Args.Addr(4), nameSize: t.Args.Int32(5), pieces: []Piece{{t.Args.Addr(1), int(min(t.Args[2], maxTransfer))}}}
	return result(t.send(d, f, m, t.Args[3]))
}

func (t *task) sendMessage() intercept.Verdict {
	d, f, err := t.endpoint()
	if err != nil {
		return fail(err)
	}
	m, e := t.messageAt(t.Args.Addr(1))
	if e != 0 {
		return intercept.Fail(e)
	}
	return result(t.send(d, f, m, t.Args[2]))
}

// sendMessages answers sendmmsg(2): of several, those that were sent count.
func (t *task) sendMessages() intercept.Verdict {
	d, f, err := t.endpoint()
	if err != nil {
		return fail(err)
	}
	return t.several(func(m *message, _ int) (int, abi.Errno) { return t.send(d, f, m, t.Args[3]) })
}

// several calls do for each struct mmsghdr of a call, until it fails.
func (t *task) several(do func(m *message, i int) (int, abi.Errno)) intercept.Verdict {
	at := t.Args.Addr(1)
	for i := range int(min(uint32(t.Args[2]), maxPieces)) {
		m, e := t.messageAt(at)
		n := 0
		if e == 0 {
			n, e = do(m, i)
		}
		if e == 0 {
			e = t.put(m, messageWords, uint64(uint32(n)))
		}
		switch {
		case e != 0 && i == 0:
			return intercept.Fail(e)
		case e != 0:
			return intercept.Skip(int64(i))
		}
		at = m.behind()
	}
	return intercept.Skip(int64(min(uint32(t.Args[2]), maxPieces)))
}

// receive receives a message into m's memory, and returns how long it is.
func (t *task) receive(d descriptor, f *client.File, m *message, how uint64, wait bool) (n int, got client.Received, e abi.Errno) {
	flags, e := thereFlags(how)
	if e != 0 {
		return 0, got, e
	}
	w := patienceFor(d, wait && how&unix.MSG_DONTWAIT == 0, d.limit(receiving))
	b := make([]byte, min(total(m.pieces), wire.MaxKept))
	all := how&unix.MSG_WAITALL != 0 && how&unix.MSG_PEEK == 0 && d.splits()
	size := 0 // what lies in b
	for {
		e = t.try(w, f.PollEntry(unix.POLLIN), func() (err error) {
			got, err = f.ReceiveMessage(t.ctx, b[size:], flags)
			return err
		})
		if e != 0 && size == 0 {
			return 0, got, e
		}
		if e == 0 {
			size += got.Size
			n += int(got.Length)
		}
		if !all || e != 0 || got.Size == 0 || size == len(b) {
			return n, got, scatter(t.Memory(), m.pieces, b[:size])
		}
	}
}

func (t *task) receiveFrom() intercept.Verdict {
	d, f, err := t.endpoint()
	if err != nil {
		return fail(err)
	}
	m := &message{pieces: []Piece{{t.Args.Addr(1), int(min(t.Args[2], maxTransfer))}}}
	n, got, e := t.receive(d, f, m, t.Args[3], true)
	if e == 0 {
		e = t.tellAddress(&got.From, t.Args.Addr(4), t.Args.Addr(5))
	}
	return result(n, e)
}

// receiveInto receives what a struct msghdr asks for.
func (t *task) receiveInto(d descriptor, f *client.File, m *message, how uint64, wait bool) (int, abi.Errno) {
	n, got, e := t.receive(d, f, m, how, wait)
	if e == 0 && m.name != 0 {
		e = t.tellAddress(&got.From, m.name, m.at+abi.Addr(wordNameSize*m.word))
	}
	if e == 0 {
		e = t.put(m, wordControlSize, 0)
	}
	if e == 0 {
		seen := uint64(0)
		for _, flag := range messageFlags {
			if got.Flags&flag.there != 0 {
				seen |= flag.here
			}
		}
		e = t.put(m, wordFlags, seen)
	}
	return n, e
}

func (t *task) receiveMessage() intercept.Verdict {
	d, f, err := t.endpoint()
	if err != nil {
		return fail(err)
	}
	m, e := t.messageAt(t.Args.Addr(1))
	if e != 0 {
		return intercept.Fail(e)
	}
	return result(t.receiveInto(d, f, m, t.Args[2], true))
}

// receiveMessages answers recvmmsg(2). Its limit is looked at when a message has come.
func (t *task) receiveMessages() intercept.Verdict {
	d, f, err := t.endpoint()
	if err != nil {
		return fail(err)
	}
	limit, e := t.limit(4)
	if e != 0 {
		return intercept.Fail(e)
	}
	w := pollPatience(limit)
	how := t.Args[3]
	return t.several(func(m *message, i int) (int, abi.Errno) {
		if i > 0 && (limit == 0 || w.isOver()) {
			return 0, abi.EAGAIN
		}
		wait := i == 0 || how&unix.MSG_WAITFORONE == 0
		return t.receiveInto(d, f, m, how, wait)
	})
}
