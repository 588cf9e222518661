package wire

import (
	"encoding/binary"
	"fmt"
	"io"
)

// HeaderSize is the size of an encoded Header in bytes.
const HeaderSize = 20

// Kind says what a frame is.
type Kind uint8

const (
	KindHello   Kind = 1 + iota // client: who I am; first on each link
	KindWelcome                 // shadow: the answer to hello
	KindRefuse                  // shadow: the other answer, and the last frame
	KindRequest                 // client
	KindReply                   // shadow: to the request of that slot and sequence number
	KindCancel                  // client: end the request of that slot with EINTR if it waits
	KindPing                    // client: answer with pong
	KindPong                    // shadow
	KindBye                     // client: the session is over; free all
	KindNotice                  // shadow: what has changed where the client has leases
	KindPush                    // shadow: a record of a socket's flow
	kindEnd
)

// Flags of frames.
const (
	FlagAgain  = 1 << iota // of a request: it was sent before, to a shadow of another epoch
	FlagReboot             // and since then the shadow's machine was started anew
	FlagIdle               // of a ping: every reply has arrived, none has to be kept
	FlagZstd               // the payload is compressed
	flagsEnd
)

// A Header begins each frame. Head bytes of encoded message follow, then Payload
// bytes of data.
type Header struct {
	Kind    Kind
	Flags   uint8
	Slot    uint16
	Head    uint32
	Payload uint32
	Seq     uint64
}

// Append appends the encoded header to b.
func (h Header) Append(b []byte) []byte {
	b = append(b, byte(h.Kind), h.Flags)
	b = binary.LittleEndian.AppendUint16(b, h.Slot)
	b = binary.LittleEndian.AppendUint32(b, h.Head)
	b = binary.LittleEndian.AppendUint32(b, h.Payload)
	return binary.LittleEndian.AppendUint64(b, h.Seq)
}

// DecodeHeader decodes the header at the begin of b, which holds HeaderSize
// bytes at least. Lengths beyond the limits are errors that wrap ErrMalformed.
func DecodeHeader(b []byte) (Header, error) {
	h := Header{
		Kind:    Kind(b[0]),
		Flags:   b[1],
		Slot:    binary.LittleEndian.Uint16(b[2:]),
		Head:    binary.LittleEndian.Uint32(b[4:]),
		Payload: binary.LittleEndian.Uint32(b[8:]),
		Seq:     binary.LittleEndian.Uint64(b[12:]),
	}
	switch {
	case h.Kind == 0 || h.Kind >= kindEnd:
		return h, fmt.Errorf("%w: frame of kind %d", ErrMalformed, h.Kind)
	case h.Flags >= flagsEnd:
		return h, fmt.Errorf("%w: frame flags %#x", ErrMalformed, h.Flags)
	case h.Head > MaxHead:
		return h, fmt.Errorf("%w: head of %d bytes, more than %d", ErrMalformed, h.Head, MaxHead)
	case h.Payload > MaxPayload:
		return h, fmt.Errorf("%w: payload of %d bytes, more than %d", ErrMalformed, h.Payload, MaxPayload)
	case h.Slot >= MaxSlots:
		return h, fmt.Errorf("%w: slot %d", ErrMalformed, h.Slot)
	}
	return h, nil
}

// ReadHeader reads a header. At the end of r between two frames it returns
// io.EOF itself.
func ReadHeader(r io.Reader) (Header, error) {
	var b [HeaderSize]byte
	if _, err := io.ReadFull(r, b[:]); err != nil {
		return Header{}, err
	}
	return DecodeHeader(b[:])
}
