package view

import (
	"encoding/binary"
	"strings"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/intercept"
)

// transfer is what a view has to know of a call that moves content by
// descriptor. It is read off the table of calls.
type transfer struct {
	ends   []end
	length int // the argument with the number of bytes, or -1
	vector int // the argument that points to iovecs, their number in the next; or -1
	flags  int // the argument with flags of preadv2(2), or -1
}

// end is a descriptor that content comes from or goes to.
type end struct {
	fd     int // the argument
	writes bool
	// Where: in an argument, or two halves; in memory that one points to; or,
	// with all -1, where the descriptor's offset is.
	offset, high, pointer int
	wide                  bool // the memory holds 64 bits whatever the architecture
}

// transferOf returns what s moves on a, or nil.
func transferOf(a abi.Arch, s *abi.Syscall) *transfer {
	if s.Class != abi.ClassDesc || s.Returns != abi.KindBytes || !s.Interruptible {
		return nil
	}
	t := &transfer{length: -1, vector: -1, flags: -1}
	for i, arg := range s.ArgsOn(a) {
		switch {
		case arg.Kind == abi.KindFD:
			// Of two, their names tell which is which.
			t.ends = append(t.ends, end{fd: i, writes: strings.Contains(arg.Name, "out"), offset: -1, high: -1, pointer: -1})
			continue
		case len(t.ends) == 0:
			return nil
		}
		last := &t.ends[len(t.ends)-1]
		switch {
		case arg.Kind == abi.KindBuffer || arg.Kind == abi.KindIovec:
			if arg.Dir == abi.InOut {
				return nil // vmsplice: memory of a pipe
			}
			last.writes = arg.Dir == abi.In
			if arg.Kind == abi.KindIovec {
				t.vector = i
			}
		case arg.Kind == abi.KindSize:
			t.length = i
		case arg.Kind == abi.KindOffset || arg.Kind == abi.KindOffsetLow:
			last.offset = i
		case arg.Kind == abi.KindOffsetHigh:
			last.high = i
		case arg.Kind == abi.KindStruct:
			last.pointer, last.wide = i, arg.Of == "s64"
		case arg.Of == "rwf":
			t.flags = i
		}
	}
	if t.length < 0 && t.vector < 0 {
		return nil
	}
	return t
}

// bytes returns how many bytes c asks for.
func (t *transfer) bytes(c *intercept.Call) int64 {
	const most = 0x7ffff000 // MAX_RW_COUNT, linux/fs.h
	if t.length >= 0 {
		return int64(min(c.Args[t.length], most))
	}
	const maxVectors = 1024 // UIO_MAXIOV
	count := c.Args[t.vector+1]
	if count > maxVectors {
		return 0 // EINVAL
	}
	word := c.Arch.PointerSize()
	vectors := make([]byte, 2*word*int(count))
	if _, err := c.Memory().ReadAt(vectors, c.Args.Addr(t.vector)); err != nil {
		return 0 // EFAULT
	}
	var sum uint64
	for ; len(vectors) > 0; vectors = vectors[2*word:] {
		if word == 4 {
			sum += uint64(binary.LittleEndian.Uint32(vectors[4:]))
		} else {
			sum += min(binary.LittleEndian.Uint64(vectors[8:]), most)
		}
	}
	return int64(min(sum, most))
}

// at returns where c begins at end e, and false if that is where the
// descriptor's offset is.
func (t *transfer) at(c *intercept.Call, e end) (int64, bool) {
	switch {
	case e.offset >= 0:
		off := c.Args[e.offset]
		if e.high >= 0 {
			off = off&0xffffffff | c.Args[e.high]<<32
		}
		// preadv2(2): -1 means the descriptor's.
		return int64(off), t.flags < 0 || int64(off) != -1
	case e.pointer >= 0 && c.Args[e.pointer] != 0:
		b := make([]byte, 8)
		if !e.wide {
			b = b[:c.Arch.PointerSize()]
		}
		if _, err := c.Memory().ReadAt(b, c.Args.Addr(e.pointer)); err != nil {
			return 0, true // EFAULT
		}
		if len(b) == 4 {
			return int64(int32(binary.LittleEndian.Uint32(b))), true
		}
		return int64(binary.LittleEndian.Uint64(b)), true
	}
	return 0, false
}

// appends reports whether c writes at the end of a file that it has open with
// flags.
func (t *transfer) appends(c *intercept.Call, flags int) bool {
	const rwfAppend, rwfNoAppend = 0x10, 0x20 // linux/fs.h
	if t.flags >= 0 && c.Args[t.flags]&(rwfAppend|rwfNoAppend) != 0 {
		return c.Args[t.flags]&rwfAppend != 0
	}
	return flags&unix.O_APPEND != 0
}
