package decode

import (
	"bytes"
	"encoding/binary"

	"penumbra/abi"
)

const pathMax = 4096

// failed reports whether the call has ended without filling in its memory.
func (d *Decoder) failed() bool { return d.call.Err != 0 }

var fdLayout = abi.LayoutOf("fd")

// pointed writes what argument i points to.
func (d *Decoder) pointed(i int, at abi.Addr) {
	arg := &d.args[i]
	if at == 0 {
		d.Out.Word("NULL")
		return
	}
	if arg.Dir == abi.Out && d.failed() {
		if arg.Kind == abi.KindIovec {
			d.remote(at, d.call.Args[arg.Len])
			return
		}
		d.Out.Hex(uint64(at))
		return
	}
	switch arg.Kind {
	case abi.KindPath:
		d.text(at)
	case abi.KindString:
		d.textUpTo(at, d.Limit)
	case abi.KindStrings:
		d.strings(at)
	case abi.KindBuffer:
		n, ok := d.length(i)
		if !ok || n == 0 && d.call.Value > 0 && arg.Dir == abi.Out {
			// No room was given: the call told how much it would need.
			d.Out.Hex(uint64(at))
			return
		}
		d.buffer(at, n)
	case abi.KindStruct:
		d.structs(i, at)
	case abi.KindIovec:
		d.iovecs(at, d.call.Args[arg.Len], arg.Dir)
	case abi.KindSockaddr:
		d.sockaddrAt(at, int64(d.call.Args.Int32(arg.Len)))
	case abi.KindFDSet:
		d.fdSet(at, int(d.call.Args.Int32(arg.Len)), d.fd)
	case abi.KindFDPair:
		d.array(at, fdLayout, 2)
	default:
		d.Out.Hex(uint64(at))
	}
}

// take returns room for n bytes, which is the decoder's until the next call.
func (d *Decoder) take(n int) []byte {
	const chunk = 8 << 10
	if len(d.scratch)-d.taken < n {
		d.scratch, d.taken = make([]byte, max(n, chunk)), 0
	}
	b := d.scratch[d.taken : d.taken+n : d.taken+n]
	d.taken += n
	return b
}

// read returns n bytes from the guest's memory, or nil.
func (d *Decoder) read(at abi.Addr, n int) []byte {
	b := d.take(n)
	if !d.readAll(b, at) {
		return nil
	}
	return b
}

// readAll fills b from an address.
func (d *Decoder) readAll(b []byte, at abi.Addr) bool {
	n, err := d.memory.ReadAt(b, at)
	return err == nil && n == len(b)
}

// word reads a number of size bytes.
func (d *Decoder) word(at abi.Addr, size int) (v uint64, ok bool) {
	b := d.take(8)
	clear(b)
	if !d.readAll(b[:size], at) {
		return 0, false
	}
	return binary.LittleEndian.Uint64(b), true
}

// text writes a NUL-terminated string. Paths are shown whole.
func (d *Decoder) text(at abi.Addr) { d.textUpTo(at, pathMax-1) }

func (d *Decoder) textUpTo(at abi.Addr, limit int) {
	s, cut, ok := d.stringAt(at, limit)
	if !ok {
		d.Out.Hex(uint64(at))
		return
	}
	d.Out.String(s, cut)
}

// stringAt reads a NUL-terminated string of at most limit bytes; cut says that
// it is longer.
func (d *Decoder) stringAt(at abi.Addr, limit int) (s []byte, cut, ok bool) {
	const page, chunk = 4096, 256
	n := 0
	for n < limit {
		here := uint64(at) + uint64(n)
		k := min(chunk, page-int(here%page), len(d.page)-n)
		got, err := d.memory.ReadAt(d.page[n:n+k], abi.Addr(here))
		if i := bytes.IndexByte(d.page[n:n+got], 0); i >= 0 {
			n += i
			return d.page[:min(n, limit)], n > limit, true
		}
		if err != nil || k == 0 {
			return nil, false, false
		}
		n += got
	}
	return d.page[:limit], true, true
}

// strings writes an array of strings that a null pointer ends.
func (d *Decoder) strings(at abi.Addr) {
	size := d.call.Arch.PointerSize()
	if _, ok := d.word(at, size); !ok {
		d.Out.Hex(uint64(at))
		return
	}
	d.Out.List()
	for n := 0; ; n++ {
		p, ok := d.word(at+abi.Addr(n*size), size)
		if ok && p == 0 {
			break
		}
		d.Out.Item()
		if !ok {
			d.Out.More()
			break
		}
		if uint64(n) >= d.shown(uint64(n)+1) {
			d.Out.More()
			break
		}
		d.textUpTo(abi.Addr(p), d.Limit)
	}
	d.Out.EndList()
}

// length returns how many bytes argument i's buffer holds: before the call
// what the guest gave, after it what the kernel has filled in.
func (d *Decoder) length(i int) (n uint64, ok bool) {
	arg := &d.args[i]
	switch arg.Length {
	case abi.LengthBytes, abi.LengthElements:
		n = d.call.Args[arg.Len]
		if k := d.args[arg.Len].Kind; k == abi.KindInt || k == abi.KindUint || d.call.Arch.PointerSize() == 4 {
			n = uint64(uint32(n))
		}
		n = (n + uint64(max(arg.Per, 1)) - 1) / uint64(max(arg.Per, 1))
	case abi.LengthAtPointer:
		n, ok = d.word(d.call.Args.Addr(arg.Len), 4)
		if !ok {
			return 0, false
		}
	case abi.LengthFixed:
		n = uint64(arg.Fixed)
	default:
		n = 1
	}
	if arg.Dir == abi.Out && d.call.Syscall.Returns == abi.KindBytes {
		n = min(n, uint64(d.call.Value))
	}
	return n, true
}

// buffer writes n bytes as a string.
func (d *Decoder) buffer(at abi.Addr, n uint64) {
	shown := min(n, uint64(d.Limit))
	b := d.read(at, int(shown))
	if b == nil {
		d.Out.Hex(uint64(at))
		return
	}
	d.Out.String(b, n > shown)
}

// structs writes the structures or numbers that argument i points to.
func (d *Decoder) structs(i int, at abi.Addr) {
	arg := &d.args[i]
	l := arg.Layout
	switch arg.Length {
	case abi.LengthElements, abi.LengthFixed:
		n, _ := d.length(i)
		if arg.Dir&abi.Out != 0 && d.call.Syscall.Returns == abi.KindCount {
			n = min(n, uint64(d.call.Value))
		}
		d.array(at, l, n)
	default:
		if arg.Length == abi.LengthBytes && d.call.Args[arg.Len] < uint64(l.Size(d.call.Arch)) {
			d.Out.Hex(uint64(at)) // less than the kernel would take
			return
		}
		if l.Kind != abi.KindStruct && d.structures[l] == nil {
			d.array(at, l, 1)
			return
		}
		d.structAt(at, l)
	}
}

// array writes n elements.
func (d *Decoder) array(at abi.Addr, l *abi.Layout, n uint64) {
	size := l.Size(d.call.Arch)
	shown := d.shown(n)
	b := d.read(at, int(shown)*size)
	if b == nil {
		d.Out.Hex(uint64(at))
		return
	}
	d.Out.List()
	for k := range int(shown) {
		d.Out.Item()
		d.element(l, b[k*size:(k+1)*size])
	}
	if shown < n {
		d.Out.Item()
		d.Out.More()
	}
	d.Out.EndList()
}

// structAt writes the structure at an address.
func (d *Decoder) structAt(at abi.Addr, l *abi.Layout) {
	b := d.read(at, l.Size(d.call.Arch))
	if b == nil {
		d.Out.Hex(uint64(at))
		return
	}
	d.element(l, b)
}

// element writes a structure or number that lies in b.
func (d *Decoder) element(l *abi.Layout, b []byte) {
	if write := d.structures[l]; write != nil {
		write(d, l, b)
		return
	}
	if l.Kind != abi.KindStruct {
		d.plain(l.Kind, l.Set, numberIn(l, b))
		return
	}
	d.record(l, b)
}

func numberIn(l *abi.Layout, b []byte) uint64 {
	var v uint64
	switch len(b) {
	case 1:
		v = uint64(b[0])
	case 2:
		v = uint64(binary.LittleEndian.Uint16(b))
	case 4:
		v = uint64(binary.LittleEndian.Uint32(b))
		if l.Signed {
			v = uint64(int64(int32(v)))
		}
	case 8:
		v = binary.LittleEndian.Uint64(b)
	}
	return v
}

// field writes field f of the structure in b, with its name.
func (d *Decoder) field(f *abi.Field, b []byte) {
	d.Out.Field(f.Name)
	a := d.call.Arch
	switch {
	case f.Kind == abi.KindStruct && !f.Array:
		d.element(f.Layout, b[f.Offset(a):f.Offset(a)+f.Size(a)])
	case f.Kind == abi.KindChars:
		s := b[f.Offset(a) : f.Offset(a)+f.Size(a)]
		if i := bytes.IndexByte(s, 0); i >= 0 {
			s = s[:i]
		}
		d.Out.String(s, false)
	case f.Kind == abi.KindMode:
		d.mode(f.Get(a, b))
	case f.Array:
		d.Out.More()
	case f.Signed && f.Kind != abi.KindFlags:
		d.plainField(f, b)
	default:
		d.plain(f.Kind, f.Set, f.Get(a, b))
	}
}

func (d *Decoder) plainField(f *abi.Field, b []byte) {
	v := f.Get(d.call.Arch, b)
	switch f.Kind {
	case abi.KindFD, abi.KindDirFD, abi.KindFlags, abi.KindDev, abi.KindSignal:
		d.plain(f.Kind, f.Set, v)
	default:
		d.Out.Int(int64(v))
	}
}

// iovecs writes n vectors and the data they point to.
func (d *Decoder) iovecs(at abi.Addr, n uint64, dir abi.Dir) {
	filled := ^uint64(0)
	if dir == abi.Out {
		filled = uint64(max(d.call.Value, 0))
	}
	d.vectors(at, n, filled)
}

// vectors writes n vectors, of whose data so many bytes are filled in.
func (d *Decoder) vectors(at abi.Addr, n, filled uint64) { d.vectorsOf(at, n, filled, d.buffer) }

// vectorsOf is like vectors, with data written as write does.
func (d *Decoder) vectorsOf(at abi.Addr, n, filled uint64, write func(abi.Addr, uint64)) {
	size := 2 * d.call.Arch.PointerSize()
	const most = 1024 // UIO_MAXIOV
	if n > ^uint64(0)/uint64(size) {
		d.Out.Hex(uint64(at)) // no such array fits into memory
		return
	}
	shown := min(d.shown(n), most)
	raw := d.read(at, int(shown)*size)
	if raw == nil {
		d.Out.Hex(uint64(at))
		return
	}
	d.Out.List()
	for k := range int(shown) {
		base, length := pointerIn(raw[k*size:], size/2), pointerIn(raw[k*size+size/2:], size/2)
		d.Out.Item()
		d.Out.Record()
		d.Out.Field("iov_base")
		if base == 0 {
			d.Out.Word("NULL")
		} else {
			write(abi.Addr(base), min(length, filled))
		}
		d.Out.Field("iov_len")
		d.Out.Uint(length)
		d.Out.EndRecord()
		if filled != ^uint64(0) {
			if filled != ^uint64(0) {
				filled -= min(length, filled)
			}
		}
	}
	if shown < n {
		d.Out.Item()
		d.Out.More()
	}
	d.Out.EndList()
}

func pointerIn(b []byte, size int) uint64 {
	if size == 4 {
		return uint64(binary.LittleEndian.Uint32(b))
	}
	return binary.LittleEndian.Uint64(b)
}

// maxSet bounds the descriptors of a set.
const maxSet = 1 << 16

// fdSet writes the descriptors below n in a set of select(2), each by write.
func (d *Decoder) fdSet(at abi.Addr, n int, write func(fd int32)) {
	n = min(max(n, 0), maxSet)
	b := d.read(at, (n+7)/8)
	if b == nil {
		d.Out.Hex(uint64(at))
		return
	}
	d.Out.Bag(false)
	for fd := range n {
		if b[fd/8]>>(fd%8)&1 != 0 {
			d.Out.Item()
			write(int32(fd))
		}
	}
	d.Out.EndBag()
}
