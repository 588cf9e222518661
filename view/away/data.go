package away

import (
	"math"
	"strings"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/intercept"
	"penumbra/shadow/client"
	"penumbra/shadow/wire"
)

// maxTransfer bounds what one call moves: more is a short read or write, which a
// program has to expect of any file.
const maxTransfer = 8 << 20

// descriptor returns what the first argument of a call is to the representative.
func (t *task) descriptor() (descriptor, *client.File, error) {
	p, err := t.process()
	if err != nil {
		return descriptor{}, nil, err
	}
	return p.find(t.Args.Int32(0))
}

// pieces returns the memory that a call reads or writes, in all maxTransfer bytes at
// most.
func (t *task) pieces() ([]Piece, abi.Errno) {
	if arg(t.Call, "vec") >= 0 {
		return Pieces(t.Call, t.Args.Addr(1), int(t.Args.Int32(2)), maxTransfer)
	}
	if size := int64(t.Args[2]); size < 0 || t.Arch.PointerSize() == 4 && t.Args.Int32(2) < 0 {
		return []Piece{{t.Args.Addr(1), maxTransfer}}, 0 // the kernel cuts it likewise
	}
	return []Piece{{t.Args.Addr(1), int(min(t.Args[2], maxTransfer))}}, 0
}

// position returns where a call reads or writes, and whether it says so itself. One
// of preadv2's kind does not if it says -1.
func (t *task) position() (at int64, fixed bool, e abi.Errno) {
	if arg(t.Call, "pos") < 0 {
		return 0, false, 0
	}
	at = number(t.Call, "pos")
	switch {
	case at == -1 && strings.HasSuffix(t.Syscall.Name, "2"):
		return 0, false, 0
	case at < 0:
		return 0, false, abi.EINVAL
	}
	return at, true, 0
}

// read answers read, readv, pread64, preadv and preadv2.
func (t *task) read() intercept.Verdict {
	d, f, err := t.descriptor()
	if err != nil {
		return fail(err)
	}
	pieces, e := t.pieces()
	if e != 0 {
		return intercept.Fail(e)
	}
	at, fixed, e := t.position()
	switch {
	case e != 0:
		return intercept.Fail(e)
	case d.stream && fixed:
		return intercept.Fail(abi.ESPIPE)
	case d.stream:
		return t.readStream(d, f, pieces)
	case d.kind == wire.TypeDirectory:
		return intercept.Fail(abi.EISDIR)
	case d.flags.Load()&wire.OpenRead == 0 || d.flags.Load()&wire.OpenPath != 0:
		return intercept.Fail(abi.EBADF)
	}
	if !fixed {
		d.mu.Lock()
		defer d.mu.Unlock()
		at = d.offset
	}
	b := make([]byte, total(pieces))
	n, err := f.ReadAt(t.ctx, b, at)
	if err != nil {
		return fail(err)
	}
	if !t.commit() {
		return intercept.Run
	}
	if e := scatter(t.Memory(), pieces, b[:n]); e != 0 {
		return intercept.Fail(e)
	}
	if !fixed {
		d.offset += int64(n)
	}
	return intercept.Skip(int64(n))
}

func total(pieces []Piece) (n int) {
	for _, p := range pieces {
		n += p.Size
	}
	return n
}

// write answers write, writev, pwrite64, pwritev and pwritev2.
func (t *task) write() intercept.Verdict {
	d, f, err := t.descriptor()
	if err != nil {
		return fail(err)
	}
	pieces, e := t.pieces()
	if e != 0 {
		return intercept.Fail(e)
	}
	at, fixed, e := t.position()
	switch {
	case e != 0:
		return intercept.Fail(e)
	case d.stream && fixed:
		return intercept.Fail(abi.ESPIPE)
	case d.flags.Load()&wire.OpenWrite == 0 || d.flags.Load()&wire.OpenPath != 0:
		return intercept.Fail(abi.EBADF)
	}
	b, e := Gather(t.Call, pieces)
	if e != 0 {
		return intercept.Fail(e)
	}
	if d.stream {
		return t.writeStream(d, f, b)
	}
	defer t.writes.Add(1)
	if !fixed {
		d.mu.Lock()
		defer d.mu.Unlock()
		at = d.offset
	}
	if len(b) == 0 {
		return intercept.Skip(0)
	}
	n, end := 0, at
	if d.flags.Load()&wire.OpenAppend != 0 { // also pwrite(2), as Linux does it
		n, end, err = f.Append(t.ctx, b[:min(len(b), wire.MaxPayload)])
	} else {
		n, err = f.WriteAt(t.ctx, b, at)
		end = at + int64(n)
	}
	if err != nil {
		return fail(err)
	}
	if !fixed {
		d.offset = end
	}
	return intercept.Skip(int64(n))
}

// seek answers lseek and _llseek.
func (t *task) seek() intercept.Verdict {
	d, f, err := t.descriptor()
	if err != nil {
		return fail(err)
	}
	wide := t.Syscall.Name == "_llseek"
	off, whence := int64(0), int32(0)
	if wide {
		off, whence = int64(t.Args[1]<<32|t.Args[2]&0xffffffff), t.Args.Int32(4)
	} else {
		off, whence = number(t.Call, "offset"), t.Args.Int32(2)
	}
	if d.stream {
		return intercept.Fail(abi.ESPIPE)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	base := int64(0)
	switch whence {
	case unix.SEEK_SET:
	case unix.SEEK_CUR:
		base = d.offset
	case unix.SEEK_END:
		attr, err := f.Stat(t.ctx)
		if err != nil {
			return fail(err)
		}
		base = attr.Size
	case unix.SEEK_DATA, unix.SEEK_HOLE:
		what := uint32(wire.SeekData)
		if whence == unix.SEEK_HOLE {
			what = wire.SeekHole
		}
		if off < 0 {
			return intercept.Fail(abi.ENXIO)
		}
		if off, err = f.Seek(t.ctx, off, what); err != nil {
			return fail(err)
		}
	default:
		return intercept.Fail(abi.EINVAL)
	}
	if off += base; off < 0 && d.kind != wire.TypeDirectory {
		return intercept.Fail(abi.EINVAL)
	}
	d.offset, d.listed, d.ended = off, nil, false // the cookies stay
	switch {
	case wide:
		return give(t.Call, 3, put(nil, 8, uint64(off)))
	case t.Arch.PointerSize() == 4 && off > math.MaxInt32:
		return intercept.Fail(abi.EOVERFLOW)
	}
	return intercept.Skip(off)
}

func (t *task) truncateFile() intercept.Verdict {
	d, f, err := t.descriptor()
	size := number(t.Call, "length")
	switch {
	case err != nil:
		return fail(err)
	case size < 0 || d.flags.Load()&wire.OpenWrite == 0:
		return intercept.Fail(abi.EINVAL)
	}
	defer t.writes.Add(1)
	return done(f.Truncate(t.ctx, size))
}

func (t *task) allocate() intercept.Verdict {
	_, f, err := t.descriptor()
	if err != nil {
		return fail(err)
	}
	const keep, punch, zero = 1, 2, 16 // linux/falloc.h
	mode := t.Args[1]
	var how uint32
	for _, bit := range []struct {
		here  uint64
		there uint32
	}{{keep, wire.AllocateKeepSize}, {punch, wire.AllocatePunch}, {zero, wire.AllocateZero}} {
		if mode&bit.here != 0 {
			how, mode = how|bit.there, mode&^bit.here
		}
	}
	off, size := number(t.Call, "offset"), number(t.Call, "len")
	switch {
	case mode != 0:
		return intercept.Fail(abi.EOPNOTSUPP)
	case off < 0 || size <= 0:
		return intercept.Fail(abi.EINVAL)
	}
	defer t.writes.Add(1)
	return done(f.Allocate(t.ctx, how, off, size))
}

func (t *task) sync() intercept.Verdict {
	_, f, err := t.descriptor()
	if err != nil {
		return fail(err)
	}
	return done(f.Sync(t.ctx, t.Syscall.Name == "fdatasync"))
}

// advise answers calls that only advise.
func (t *task) advise() intercept.Verdict {
	_, _, err := t.descriptor()
	return done(err)
}
