package session

import (
	"io"
	"sync"

	"penumbra/abi"
	"penumbra/shadow/wire"
)

// A Request is what an Executor has to perform.
type Request struct {
	Head, Payload []byte
	Entry         *Entry

	link    *link // by which it came
	state   *state
	charged int64    // bytes of the session's memory
	pooled  [][]byte // to be given back
}

// Buffer returns n bytes, at most wire.MaxPayload, for the payload of the reply,
// valid until that was sent. They count as memory in flight, for which it waits if
// need be. A request that has some of it already does not wait, as others may wait
// for that: it gets ENOMEM.
func (r *Request) Buffer(n int) ([]byte, error) {
	size := int64(n)
	i := class(n)
	if i >= 0 {
		size = classes[i]
	}
	if r.charged > 0 {
		if !r.state.memory.TryAcquire(size) {
			return nil, abi.ENOMEM
		}
	} else if err := r.state.memory.Acquire(r.state.ctx, size); err != nil {
		return nil, abi.EIO // the session is over
	}
	r.charged += size
	if i < 0 {
		return make([]byte, n), nil
	}
	b, _ := pools[i].Get().([]byte)
	if b == nil {
		b = make([]byte, classes[i])
	}
	r.pooled = append(r.pooled, b)
	return b[:n:n], nil
}

// Parts reports whether a Part is the better reply.
func (r *Request) Parts() bool { return r.link.raw != nil && !r.link.zstd }

// Large buffers are used again and again, in a few sizes.
var (
	classes = [...]int64{64 << 10, 256 << 10, wire.MaxPayload}
	pools   [len(classes)]sync.Pool
)

// class returns which size n bytes take, or -1 if they are not worth pooling.
func class(n int) int {
	const worthPooling = 16 << 10
	if n < worthPooling {
		return -1
	}
	for i, size := range classes {
		if int64(n) <= size {
			return i
		}
	}
	return -1
}

// receive reads the payload.
func (r *Request) receive(l *link, h wire.Header) error {
	if h.Payload == 0 {
		return nil
	}
	if h.Flags&wire.FlagZstd != 0 {
		return r.unpack(l, h)
	}
	b, err := r.Buffer(int(h.Payload))
	if err != nil {
		return err
	}
	r.Payload = b
	_, err = io.ReadFull(l.r, b)
	return err
}

// unpack reads a compressed payload. How large it will be is known too late, so
// that it counts as the largest.
func (r *Request) unpack(l *link, h wire.Header) error {
	if err := r.state.memory.Acquire(r.state.ctx, wire.MaxPayload); err != nil {
		return err
	}
	r.charged += wire.MaxPayload
	var err error
	r.Payload, err = l.unpack(h)
	return err
}

// free gives back what r has.
func (r *Request) free() {
	r.state.memory.Release(r.charged)
	for _, b := range r.pooled {
		pools[class(len(b))].Put(b)
	}
}
