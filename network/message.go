package network

import (
	"encoding/binary"

	"penumbra/abi"
	"penumbra/intercept"
	"penumbra/shadow/client"
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
	control     abi.Addr
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
	h.control = abi.Addr(wordAt(b, wordControl, h.word))
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
