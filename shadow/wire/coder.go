package wire

import (
	"encoding/binary"
	"fmt"
	"strings"
)

// A coder encodes or decodes: one description of a message, a sequence of calls,
// does both, so that the two cannot differ.
type coder struct {
	b       []byte // written so far, or yet to be read
	reading bool
	err     error // the first

	payload []byte   // when reading: data yet to be handed out
	data    [][]byte // when writing: data that follows the head
}

// fail takes note of what is wrong, and lets nothing more be read.
func (c *coder) fail(format string, args ...any) {
	if c.err == nil {
		c.err = fmt.Errorf("%w: %s", ErrMalformed, fmt.Sprintf(format, args...))
	}
	c.b = nil
}

// next returns the next n bytes, or nil if there are fewer.
func (c *coder) next(n int) []byte {
	if len(c.b) < n {
		c.fail("cut short")
		return nil
	}
	b := c.b[:n:n]
	c.b = c.b[n:]
	return b
}

// end fails if something is left over.
func (c *coder) end() error {
	if c.err == nil && len(c.b) > 0 {
		c.fail("%d bytes too many", len(c.b))
	}
	if c.err == nil && len(c.payload) > 0 {
		c.fail("%d bytes of payload too many", len(c.payload))
	}
	return c.err
}

func (c *coder) u8(v *uint8) {
	if !c.reading {
		c.b = append(c.b, *v)
	} else if b := c.next(1); b != nil {
		*v = b[0]
	}
}

func (c *coder) u16(v *uint16) {
	if !c.reading {
		c.b = binary.LittleEndian.AppendUint16(c.b, *v)
	} else if b := c.next(2); b != nil {
		*v = binary.LittleEndian.Uint16(b)
	}
}

func (c *coder) u32(v *uint32) {
	if !c.reading {
		c.b = binary.LittleEndian.AppendUint32(c.b, *v)
	} else if b := c.next(4); b != nil {
		*v = binary.LittleEndian.Uint32(b)
	}
}

func (c *coder) u64(v *uint64) {
	if !c.reading {
		c.b = binary.LittleEndian.AppendUint64(c.b, *v)
	} else if b := c.next(8); b != nil {
		*v = binary.LittleEndian.Uint64(b)
	}
}

func (c *coder) i32(v *int32) {
	u := uint32(*v)
	c.u32(&u)
	*v = int32(u)
}

func (c *coder) i64(v *int64) {
	u := uint64(*v)
	c.u64(&u)
	*v = int64(u)
}

// boolean is a byte that is 0 or 1.
func (c *coder) boolean(v *bool) {
	var u uint8
	if *v {
		u = 1
	}
	c.u8(&u)
	if u > 1 {
		c.fail("%d for yes or no", u)
	}
	*v = u == 1
}

// text is a string of at most most bytes, none of them NUL: a length of 16 bits,
// and the bytes.
func (c *coder) text(v *string, most int) {
	if !c.reading && (len(*v) > most || strings.IndexByte(*v, 0) >= 0) {
		c.fail("a name of %d bytes, or with a NUL", len(*v))
		return
	}
	n := uint16(len(*v))
	c.u16(&n)
	if !c.reading {
		c.b = append(c.b, *v...)
		return
	}
	if int(n) > most {
		c.fail("a name of %d bytes, more than %d", n, most)
		return
	}
	*v = string(c.next(int(n)))
	if strings.IndexByte(*v, 0) >= 0 {
		c.fail("a name with a NUL")
	}
}

// fixed are bytes of a known number.
func (c *coder) fixed(v []byte) {
	if !c.reading {
		c.b = append(c.b, v...)
	} else if b := c.next(len(v)); b != nil {
		copy(v, b)
	}
}

// bulk are bytes of the payload: the head holds their number only.
func (c *coder) bulk(v *[][]byte) {
	var n uint32
	for _, b := range *v {
		n += uint32(len(b))
	}
	c.u32(&n)
	if !c.reading {
		c.data = append(c.data, *v...)
		return
	}
	if int64(n) > int64(len(c.payload)) {
		c.fail("%d bytes of data, and a payload of %d", n, len(c.payload))
		return
	}
	*v = [][]byte{c.payload[:n:n]}
	c.payload = c.payload[n:]
}
