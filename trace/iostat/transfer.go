package iostat

import (
	"encoding/binary"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/trace"
)

// transfer enters a call that moved bytes between a descriptor and memory.
func (c *Collector) transfer(t *thread, call *trace.Call, r *role) {
	d := c.met(t, call.Args.Int32(int(r.fd)))
	if d == nil {
		c.fileless(t, call, r.dir.op())
		return
	}
	if r.socket && r.flags >= 0 && call.Args[r.flags]&unix.MSG_PEEK != 0 {
		c.managed(t, call, r) // the bytes stay where they are
		return
	}
	q := c.request(call, r.dir)
	q.asked = q.got
	if r.size >= 0 {
		q.asked = call.Args[r.size]
	}
	if r.mem >= 0 {
		q.mem = call.Args.Addr(int(r.mem))
	}
	switch {
	case r.vector:
		q.asked = c.vectorSize(call, q.mem, q.asked, q.got)
	case r.action == messages:
		q.asked, q.got = c.messageBytes(call, q.mem)
	}
	if r.pos >= 0 {
		// preadv2(2) takes -1 for the offset of the descriptor.
		q.at = offset(call.Args, r.pos, r.posHi)
		q.placed = q.at >= 0
	}
	c.moved(t, d, call.Args.Int32(int(r.fd)), call, &q)
}

// request returns what the times and the result of a call say of a request.
func (c *Collector) request(call *trace.Call, dir direction) request {
	q := request{dir: dir, at: -1, begin: call.Begin.Sub(c.start), end: call.End.Sub(c.start)}
	if !call.Failed() {
		q.got = uint64(call.Value)
	}
	return q
}

// copied enters a call that moved bytes from one descriptor to another.
func (c *Collector) copied(t *thread, call *trace.Call, r *role) {
	whole := c.request(call, in)
	half := whole.took() / 2
	for dir, side := range [2]struct{ fd, pos int8 }{{r.fd, r.pos}, {r.fd2, r.pos2}} {
		fd := call.Args.Int32(int(side.fd))
		d := c.met(t, fd)
		if d == nil {
			c.fileless(t, call, direction(dir).op())
			continue
		}
		q := whole
		q.dir, q.asked = direction(dir), call.Args[r.size]
		if q.dir == in {
			q.end = q.begin + half
		} else {
			q.begin += half
			q.asked = q.got // what could not be read was not to be written
		}
		if side.pos >= 0 {
			q.at, q.placed = c.placed(call, call.Args.Addr(int(side.pos)), q.got)
		}
		c.moved(t, d, fd, call, &q)
	}
}

// placed reads the offset in memory that a call has moved forward, unless
// there is none and the descriptor's own was used.
func (c *Collector) placed(call *trace.Call, at abi.Addr, got uint64) (before int64, ok bool) {
	if at == 0 {
		return -1, false
	}
	var b [8]byte
	if !c.host.read(call.Thread, b[:call.Arch.PointerSize()], at) {
		return -1, false
	}
	return int64(binary.LittleEndian.Uint64(b[:])) - int64(got), true
}

// moved enters a request.
func (c *Collector) moved(t *thread, d *description, fd int32, call *trace.Call, q *request) {
	f, u := d.target(t.process, fd)
	op, sums := q.dir.op(), t.process.sums()
	f.call(op, q.took())
	sums.call(op, q.took())
	t.lane.spend(activities[op], q.begin, q.end)
	f.used(u, q)
	if call.Failed() {
		c.refused(d, f, sums, call, q)
		return
	}
	d.refused.count = 0
	d.place(f, q)
	f.request(q.dir, q.asked, q.got, q.took())
	sums.request(q.dir, q.asked, q.got, q.took())
	c.noteQuickest(q)

	continues := d.continues(f, sums, q)
	if q.got > 0 {
		f.learn(q, continues, t.process.who)
		f.plot(q)
	}
	c.judge(t, d, f, q)
	if q.got < q.asked && c.isShort(t, fd, f, q) {
		f.Short[q.dir]++
		sums.Short[q.dir]++
		d.short[q.dir] = shortfall{open: true, request: *q}
	}
	d.advance(f, q)
}

// used counts a request for the descriptor by which it came.
func (f *file) used(u *use, q *request) {
	if u == nil {
		f.unnamed++
		return
	}
	u.calls[q.dir]++
	u.bytes[q.dir] += q.got
	u.time += q.took()
}

// refused enters a request that failed.
func (c *Collector) refused(d *description, f *file, sums *Stats, call *trace.Call, q *request) {
	f.fail(call.Err, 1)
	sums.fail(call.Err, 1)
	if call.Err == abi.EAGAIN && f.kind != Regular {
		if n := d.refused.refuse(q.begin, q.end); n > 0 {
			f.refusals += n
			f.refusal = q.end - d.refused.since
		}
	}
	d.short[q.dir].open = false // it was tried, and that is known to have failed
}

// place finds out where a request without an offset of its own went.
func (d *description) place(f *file, q *request) {
	switch {
	case f.kind != Regular:
		q.at, q.placed = -1, false
	case q.dir == out && d.held.Appends():
		q.at = f.size
	case !q.placed:
		q.at = d.held.Offset()
	}
}

// continues reports whether a request went on where the last one in the same
// direction ended.
func (d *description) continues(f *file, sums *Stats, q *request) bool {
	if q.got == 0 {
		return false
	}
	if f.kind.stream() {
		return d.ended[q.dir] > 0 && q.begin-d.ended[q.dir] < burstGap
	}
	last := d.end[q.dir]
	if last < 0 || q.at < 0 {
		return false
	}
	for _, s := range [2]*Stats{&f.Stats, sums} {
		s.Placed[q.dir]++
		if q.at == last {
			s.Sequential[q.dir]++
		}
	}
	return q.at == last
}

// advance moves the offset, and the known end of the file.
func (d *description) advance(f *file, q *request) {
	d.ended[q.dir] = max(q.end, 1)
	end := q.at + int64(q.got)
	if q.dir == out {
		d.held.CountWrite(int64(q.got), q.placed, end)
	} else {
		d.held.CountRead(int64(q.got), q.placed)
	}
	if q.at < 0 {
		return
	}
	d.end[q.dir] = end
	if q.dir == out {
		f.size = max(f.size, end)
		if d.sync {
			f.synced()
		}
	}
}

// plot enters a request into the file's timeline, which begins with the first.
func (f *file) plot(q *request) {
	if f.series == nil {
		f.series = newTimeline[fileBin](fileBins)
	}
	b, _ := f.series.at(q.end)
	b.bytes[q.dir] += int64(q.got)
	if q.at >= 0 {
		b.touch(q.dir, q.at, q.at+int64(q.got))
	}
}

// maxVector is UIO_MAXIOV, see readv(2): the kernel takes no more.
const maxVector = 1024

// vectorSize returns the sum of the lengths in an array of iovec, or got if
// it cannot be read.
func (c *Collector) vectorSize(call *trace.Call, at abi.Addr, n, got uint64) (sum uint64) {
	word := call.Arch.PointerSize()
	if n == 0 || n > maxVector {
		return got
	}
	b := c.scratch(int(n) * 2 * word)
	if !c.host.read(call.Thread, b, at) {
		return got
	}
	for i := range int(n) {
		sum += wordAt(b[(2*i+1)*word:], word)
	}
	return sum
}

// messageBytes returns the sum of the lengths of the messages that moved, and
// that again: how much was asked for is not worth finding out.
func (c *Collector) messageBytes(call *trace.Call, at abi.Addr) (asked, got uint64) {
	if call.Failed() || call.Value <= 0 || call.Value > maxVector {
		return 0, 0
	}
	layout := abi.LayoutOf("mmsghdr")
	length, size := layout.Field("msg_len"), layout.Size(call.Arch)
	b := c.scratch(int(call.Value) * size)
	if !c.host.read(call.Thread, b, at) {
		return 0, 0
	}
	for i := range int(call.Value) {
		got += length.Get(call.Arch, b[i*size:])
	}
	return got, got
}

// scratch returns n bytes that are good until it is called again.
func (c *Collector) scratch(n int) []byte {
	if cap(c.buf) < n {
		c.buf = make([]byte, n)
	}
	return c.buf[:n]
}

func wordAt(b []byte, size int) uint64 {
	if size == 4 {
		return uint64(binary.LittleEndian.Uint32(b))
	}
	return binary.LittleEndian.Uint64(b)
}
