package session

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/klauspost/compress/zstd"

	"penumbra/shadow/wire"
)

// bufferSize is that of a link's reader. Larger reads bypass it.
const bufferSize = 64 << 10

// A link is one connection: what carries the session for a while.
type link struct {
	rw    io.ReadWriteCloser
	raw   syscall.RawConn // of a socket without encryption, or nil
	r     *bufio.Reader
	heard atomic.Int64 // when bytes came last, in nanoseconds since 1970
	zstd  bool         // both sides compress
	// A greeting's answer tells better than an error of writing why the link broke: until
	// it is there, that does not close it.
	greeting atomic.Bool

	writing sync.Mutex
	once    sync.Once
	closed  chan struct{}
}

func newLink(rw io.ReadWriteCloser) *link {
	l := &link{rw: rw, closed: make(chan struct{})}
	l.r = bufio.NewReaderSize(listener{l}, bufferSize)
	l.heard.Store(time.Now().UnixNano())
	switch conn := rw.(type) {
	case *net.UnixConn:
		l.raw, _ = conn.SyscallConn()
	case *net.TCPConn:
		l.raw, _ = conn.SyscallConn()
	}
	return l
}

// A listener notes when bytes arrive: a large payload on a slow link is a sign of
// life, too.
type listener struct{ l *link }

func (r listener) Read(b []byte) (int, error) {
	n, err := r.l.rw.Read(b)
	if n > 0 {
		r.l.heard.Store(time.Now().UnixNano())
	}
	return n, err
}

// close breaks the link. All that wait for it fail.
func (l *link) close() {
	l.once.Do(func() {
		close(l.closed)
		_ = l.rw.Close()
	})
}

// watch closes l when nothing was heard for silence. Each third of that it gives
// the other side a sign of life.
func (l *link) watch(silence time.Duration, sign func()) {
	tick := time.NewTicker(silence / 3)
	defer tick.Stop()
	for {
		select {
		case <-l.closed:
			return
		case <-tick.C:
		}
		if time.Since(time.Unix(0, l.heard.Load())) > silence {
			l.close()
			return
		}
		sign()
	}
}

// send sends a frame; h's lengths it sets itself. The payload is not changed. A
// link that fails is closed, so that its reader hears of it.
func (l *link) send(h wire.Header, head []byte, payload ...[]byte) error {
	size := 0
	for _, b := range payload {
		size += len(b)
	}
	if l.zstd && size >= worthCompressing {
		if small := compress(payload, size); small != nil {
			payload = [][]byte{small}
			h.Flags |= wire.FlagZstd
		}
	}
	return l.sendPlain(h, head, payload...)
}

// sendPlain is send by a link of which is not known yet whether both sides compress.
func (l *link) sendPlain(h wire.Header, head []byte, payload ...[]byte) error {
	size := 0
	for _, b := range payload {
		size += len(b)
	}
	h.Head, h.Payload = uint32(len(head)), uint32(size)
	if len(head) > wire.MaxHead || size > wire.MaxPayload {
		return fmt.Errorf("send: a frame of %d and %d bytes is too large", len(head), size)
	}
	first := make([]byte, 0, wire.HeaderSize+len(head))
	first = append(h.Append(first), head...)
	l.writing.Lock()
	defer l.writing.Unlock()
	return l.write(append(net.Buffers{first}, payload...))
}

// sign sends a frame without content, unless a frame is just being sent: that
// may take long, and is a sign of life by itself.
func (l *link) sign(h wire.Header) {
	if l.writing.TryLock() {
		defer l.writing.Unlock()
		_ = l.write(net.Buffers{h.Append(nil)})
	}
}

// write writes b, with writing held.
func (l *link) write(b net.Buffers) error {
	_, err := b.WriteTo(l.rw)
	if err != nil && !l.greeting.Load() {
		l.close()
	}
	return err
}

// head reads a frame's header and head.
func (l *link) head() (wire.Header, []byte, error) {
	h, err := wire.ReadHeader(l.r)
	if err != nil {
		return h, nil, err
	}
	head := make([]byte, h.Head)
	_, err = io.ReadFull(l.r, head)
	return h, head, err
}

// payload reads the payload of h into the slices of into, as readv(2) does.
func (l *link) payload(h wire.Header, into [][]byte) error {
	rest := int(h.Payload)
	for _, b := range into {
		n := min(rest, len(b))
		if _, err := io.ReadFull(l.r, b[:n]); err != nil {
			return err
		}
		rest -= n
	}
	if rest > 0 {
		return fmt.Errorf("%w: %d bytes of payload too many", wire.ErrMalformed, rest)
	}
	return nil
}

// unpack reads a compressed payload, and returns it as it was.
func (l *link) unpack(h wire.Header) ([]byte, error) {
	if !l.zstd {
		return nil, fmt.Errorf("%w: a compressed payload, which was not agreed upon", wire.ErrMalformed)
	}
	small := make([]byte, h.Payload)
	if _, err := io.ReadFull(l.r, small); err != nil {
		return nil, err
	}
	b, err := expander().DecodeAll(small, nil)
	if err == nil && len(b) > wire.MaxPayload {
		err = fmt.Errorf("more than %d bytes", wire.MaxPayload)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: compressed payload: %w", wire.ErrMalformed, err)
	}
	return b, nil
}

// worthCompressing is how large a payload has to be for compression to be tried.
const worthCompressing = 4 << 10

var compressor = sync.OnceValue(func() *zstd.Encoder {
	e, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1),
		zstd.WithWindowSize(wire.MaxPayload))
	if err != nil {
		panic(err) // the options are constants
	}
	return e
})

var expander = sync.OnceValue(func() *zstd.Decoder {
	d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(wire.MaxPayload))
	if err != nil {
		panic(err) // the options are constants
	}
	return d
})

// compress returns the payload compressed, or nil if that saves less than an
// eighth.
func compress(payload [][]byte, size int) []byte {
	whole := payload[0]
	if len(payload) > 1 {
		whole = make([]byte, 0, size)
		for _, b := range payload {
			whole = append(whole, b...)
		}
	}
	small := compressor().EncodeAll(whole, make([]byte, 0, size))
	if len(small) > size-size/8 {
		return nil
	}
	return small
}
