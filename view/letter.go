package view

import (
	"encoding/binary"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/guest"
	"penumbra/intercept"
)

// letter is a message and where it is to go, as they lie in the guest's memory.
type letter struct {
	name     abi.Addr
	nameSize int32
	data     span // the only piece, if vector is empty
	vector   span // of struct iovec, and how many
	control  span
}

// span is a part of the guest's memory.
type span struct {
	at   abi.Addr
	size uint64
}

// Limits of a message (UIO_MAXIOV of linux/uio.h, optmem_max of socket(7)).
const (
	maxPieces  = 1024
	maxControl = 128 << 10
)

// headerSize returns the size of a struct msghdr: seven words.
func headerSize(c *intercept.Call) int { return 7 * c.Arch.PointerSize() }

// readLetters reads so many struct msghdr (sendmsg(2)), as far as they can be
// read, with gaps between them.
func readLetters(c *intercept.Call, at abi.Addr, count, gap int) []letter {
	word, size := c.Arch.PointerSize(), headerSize(c)
	b := make([]byte, count*(size+gap))
	n, _ := c.Memory().ReadAt(b, at)
	var letters []letter
	for ; n >= size && len(letters) < count; n -= size + gap {
		letters = append(letters, letter{
			name: abi.Addr(wordAt(b, 0, word)), nameSize: int32(wordAt(b, 1, word)),
			vector:  span{abi.Addr(wordAt(b, 2, word)), wordAt(b, 3, word)},
			control: span{abi.Addr(wordAt(b, 4, word)), wordAt(b, 5, word)},
		})
		b = b[size+gap:]
	}
	return letters
}

// readText reads what a letter says, of which at most limit bytes can be sent.
func (l *letter) readText(c *intercept.Call, limit int) ([]byte, abi.Errno) {
	pieces := []span{l.data}
	if l.vector.size > 0 {
		if l.vector.size > maxPieces {
			return nil, abi.EMSGSIZE
		}
		word := c.Arch.PointerSize()
		b := make([]byte, int(l.vector.size)*2*word)
		if _, err := c.Memory().ReadAt(b, l.vector.at); err != nil {
			return nil, abi.EFAULT
		}
		pieces = pieces[:0]
		for i := 0; i < len(b)/word; i += 2 {
			pieces = append(pieces, span{abi.Addr(wordAt(b, i, word)), wordAt(b, i+1, word)})
		}
	}
	var text []byte
	for _, p := range pieces {
		if p.size > uint64(limit-len(text)) {
			return nil, abi.EMSGSIZE
		}
		from := len(text)
		text = append(text, make([]byte, p.size)...)
		if _, err := c.Memory().ReadAt(text[from:], p.at); err != nil {
			return nil, abi.EFAULT
		}
	}
	return text, 0
}

// enclosed is what a letter's control messages (unix(7)) hold.
type enclosed struct {
	fds         []int // copies, to be closed
	credentials *unix.Ucred
}

// readControl reads the control messages of a letter.
func (l *letter) readControl(c *intercept.Call) (with enclosed, e abi.Errno) {
	if l.control.at == 0 || l.control.size == 0 {
		return with, 0
	}
	if l.control.size > maxControl {
		return with, abi.ENOBUFS
	}
	b := make([]byte, l.control.size)
	if _, err := c.Memory().ReadAt(b, l.control.at); err != nil {
		return with, abi.EFAULT
	}
	messages, ok := splitControl(b, c.Arch.PointerSize())
	if !ok {
		return with, abi.EINVAL
	}
	for _, m := range messages {
		if e := with.add(c.Thread, m); e != 0 {
			return with, e
		}
	}
	return with, 0
}

// controlMessage is a struct cmsghdr and what follows it.
type controlMessage struct {
	level, kind uint32
	content     []byte
}

// splitControl takes control messages apart as cmsg(3) does, where a word has so
// many bytes. It reports false if one has an impossible length.
func splitControl(b []byte, word int) (messages []controlMessage, ok bool) {
	for header := word + 8; len(b) >= header; {
		size := wordAt(b, 0, word)
		if size < uint64(header) || size > uint64(len(b)) {
			return nil, false
		}
		messages = append(messages, controlMessage{
			binary.LittleEndian.Uint32(b[word:]), binary.LittleEndian.Uint32(b[word+4:]), b[header:size]})
		b = b[min(len(b), (int(size)+word-1)&^(word-1)):]
	}
	return messages, true
}

// add adds what a control message of t holds.
func (with *enclosed) add(t *guest.Thread, m controlMessage) abi.Errno {
	value := func(i int) uint32 { return binary.LittleEndian.Uint32(m.content[4*i:]) }
	switch {
	case m.level != unix.SOL_SOCKET:
		return 0 // as the kernel, which leaves it to the protocol
	case m.kind == unix.SCM_RIGHTS:
		for i := range len(m.content) / 4 {
			fd, e := copyFD(t, int32(value(i)))
			if e != 0 {
				return e
			}
			with.fds = append(with.fds, fd)
		}
		return 0
	case m.kind == unix.SCM_CREDENTIALS && len(m.content) == 12:
		with.credentials = &unix.Ucred{Pid: int32(value(0)), Uid: value(1), Gid: value(2)}
		return 0
	}
	return abi.EINVAL
}

// wordAt returns the i-th word of b.
func wordAt(b []byte, i, word int) uint64 {
	if word == 4 {
		return uint64(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return binary.LittleEndian.Uint64(b[8*i:])
}
