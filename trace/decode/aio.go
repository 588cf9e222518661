package decode

import (
	"penumbra/abi"
)

// asyncCalls are those of asynchronous I/O (io_submit(2)) and io_uring(7).
func asyncCalls() map[string]special {
	return map[string]special{
		"io_setup":          {values: map[int]valueWriter{1: newContext}},
		"io_submit":         {values: map[int]valueWriter{1: ulongValue, 2: submitted}},
		"io_cancel":         {values: map[int]valueWriter{1: cancelled}},
		"io_uring_register": {values: map[int]valueWriter{2: registered}},
	}
}

func asyncStructures() map[string]structureWriter {
	return map[string]structureWriter{
		"iocb":            func(d *Decoder, l *abi.Layout, b []byte) { d.iocb(l, b, true) },
		"io_event":        (*Decoder).ioEvent,
		"io_uring_params": (*Decoder).ringParams,
	}
}

// newContext writes the context that io_setup(2) has made.
func newContext(d *Decoder, i int) {
	at := d.call.Args.Addr(i)
	v, ok := d.word(at, d.call.Arch.PointerSize())
	if !ok || d.failed() {
		d.address(uint64(at))
		return
	}
	d.Out.List()
	d.Out.Item()
	d.address(v)
	d.Out.EndList()
}

// submitted writes the requests that an array points to.
func submitted(d *Decoder, i int) {
	size := d.call.Arch.PointerSize()
	at, n := d.call.Args.Addr(i), d.call.Args[1]
	shown := min(n, uint64(d.Limit))
	raw := d.read(at, int(shown)*size)
	if raw == nil {
		d.address(uint64(at))
		return
	}
	d.Out.List()
	for ; len(raw) >= size; raw = raw[size:] {
		d.Out.Item()
		d.structArg(abi.Addr(pointerIn(raw, size)), iocbLayout)
	}
	if shown < n {
		d.Out.Item()
		d.Out.More()
	}
	d.Out.EndList()
}

var iocbLayout = abi.LayoutOf("iocb")

// cancelled writes which request is not to be done any more.
func cancelled(d *Decoder, i int) {
	b := d.read(d.call.Args.Addr(i), iocbLayout.Size(d.call.Arch))
	if b == nil {
		d.address(d.call.Args[i])
		return
	}
	d.iocb(iocbLayout, b, false)
}

// Requests, by their numbers in linux/aio_abi.h.
const (
	aioRead, aioWrite, aioReadVector, aioWriteVector = 0, 1, 7, 8
	aioHasEventFD                                    = 1 // IOCB_FLAG_RESFD
)

// iocb writes a request; whole says what about, too.
func (d *Decoder) iocb(l *abi.Layout, b []byte, whole bool) {
	a := d.call.Arch
	get := func(name string) uint64 { return l.Field(name).Get(a, b) }
	d.Out.Record()
	d.Out.Field("aio_data")
	d.Out.Hex(get("aio_data"))
	for _, name := range []string{"aio_key", "aio_rw_flags"} {
		if get(name) != 0 {
			d.field(l.Field(name), b)
		}
	}
	d.field(l.Field("aio_lio_opcode"), b)
	if get("aio_reqprio") != 0 {
		d.field(l.Field("aio_reqprio"), b)
	}
	d.field(l.Field("aio_fildes"), b)
	opcode := get("aio_lio_opcode")
	if whole && (opcode <= aioWrite || opcode == aioReadVector || opcode == aioWriteVector) {
		d.transfer(l, b, opcode)
	}
	d.Out.EndRecord()
}

// transfer writes what a request reads or writes, and where.
func (d *Decoder) transfer(l *abi.Layout, b []byte, opcode uint64) {
	a := d.call.Arch
	at, n := l.Field("aio_buf").Get(a, b), l.Field("aio_nbytes").Get(a, b)
	d.Out.Field("aio_buf")
	switch opcode {
	case aioRead:
		d.address(at)
	case aioWrite:
		d.buffer(abi.Addr(at), n)
	case aioReadVector:
		d.vectorsOf(abi.Addr(at), n, ^uint64(0), func(base abi.Addr, _ uint64) { d.address(uint64(base)) })
	default:
		d.vectors(abi.Addr(at), n, ^uint64(0))
	}
	if opcode <= aioWrite {
		d.field(l.Field("aio_nbytes"), b)
	}
	d.field(l.Field("aio_offset"), b)
	if l.Field("aio_flags").Get(a, b)&aioHasEventFD != 0 {
		d.Out.Field("aio_flags")
		d.Out.Flags(iocbFlags, l.Field("aio_flags").Get(a, b), a)
		d.field(l.Field("aio_resfd"), b)
	}
}

var iocbFlags = abi.FlagSetOf("iocb_flags")

// ioEvent writes what became of a request.
func (d *Decoder) ioEvent(l *abi.Layout, b []byte) {
	d.Out.Record()
	d.Out.Field("data")
	d.Out.Hex(l.Field("data").Get(d.call.Arch, b))
	d.fields(l, b, "obj", "res", "res2")
	d.Out.EndRecord()
}

// ringParams writes what a ring is asked for, and if there is one what it is
// like.
func (d *Decoder) ringParams(l *abi.Layout, b []byte) {
	const attach = 1 << 5 // IORING_SETUP_ATTACH_WQ
	a := d.call.Arch
	d.Out.Record()
	d.fields(l, b, "flags", "sq_thread_cpu", "sq_thread_idle")
	if l.Field("flags").Get(a, b)&attach != 0 {
		d.field(l.Field("wq_fd"), b)
	}
	if !d.failed() {
		d.fields(l, b, "sq_entries", "cq_entries", "features")
		d.ringOffsets(l.Field("sq_off"), b)
		d.ringOffsets(l.Field("cq_off"), b)
	}
	d.Out.EndRecord()
}

// ringOffsets writes where in a ring its parts lie.
func (d *Decoder) ringOffsets(f *abi.Field, b []byte) {
	a := d.call.Arch
	b = b[f.Offset(a) : f.Offset(a)+f.Size(a)]
	d.Out.Field(f.Name)
	d.Out.Record()
	for inner := range f.Layout.Fields(a) {
		if inner.Name != "user_addr" || inner.Get(a, b) != 0 {
			d.field(inner, b)
		}
	}
	d.Out.EndRecord()
}

// registered writes what is registered with a ring.
func registered(d *Decoder, i int) {
	const buffers, files = 0, 2 // IORING_REGISTER_*
	at, n := d.call.Args.Addr(i), uint64(uint32(d.call.Args[i+1]))
	switch opcode := d.call.Args.Int32(1); {
	case at == 0 || opcode != buffers && opcode != files:
		d.address(uint64(at))
	case opcode == buffers:
		d.vectorsOf(at, n, ^uint64(0), func(base abi.Addr, _ uint64) { d.address(uint64(base)) })
	default:
		d.array(at, fdLayout, n)
	}
}
