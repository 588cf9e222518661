package iostat

import "penumbra/abi"

// A shortfall is a request that moved fewer bytes than it was asked to,
// though not because the file ended. The program has to ask for the rest; what
// it does next shows whether it does.
type shortfall struct {
	request
	open bool // what follows is not known yet
}

// rest returns how many bytes are missing.
func (s *shortfall) rest() uint64 { return s.asked - s.got }

// isShort reports whether a request that moved fewer bytes than asked for was
// cut short. What ends with the file was not: its size is as old as the last
// open, so it is looked at again before anything is said. A directory hands
// out whole entries, a device what it has.
func (c *Collector) isShort(t *thread, fd int32, f *file, q *request) bool {
	switch f.kind {
	case Pipe, Socket:
		return q.got > 0
	case Regular:
	default:
		return false
	}
	if q.dir == out {
		return q.got > 0
	}
	end := q.at + int64(q.got)
	if q.at < 0 || q.got == 0 || end >= f.size {
		return false
	}
	size, ok := c.host.size(t.guest, fd)
	if !ok {
		return false
	}
	f.size = size
	return end < size
}

// judge looks at what follows a shortfall. On a file whose bytes have offsets
// it can be told: the next request begins where the last one ended, or the
// rest was left out. On a pipe or socket reads have no offsets, and to take
// what comes is right; there only records that are torn apart can be seen, and
// writes of which something is left.
func (c *Collector) judge(t *thread, d *description, f *file, next *request) {
	s := &d.short[next.dir]
	if !s.open {
		return
	}
	s.open = false
	switch {
	case f.kind == Regular:
		if next.at >= 0 && next.at != s.at+int64(s.got) {
			c.ignored(t, f, s)
			return
		}
	case next.dir == out:
		elsewhere := next.mem < s.mem || next.mem >= s.mem+abi.Addr(s.asked)
		if elsewhere && next.asked < s.rest() {
			c.ignored(t, f, s)
		}
		return
	}
	if next.dir == in && next.got > 0 && next.asked == s.asked && !bufferSize(s.asked) {
		f.records++
		f.record = s.asked
	}
}

// bufferSize reports whether n looks like the size of a buffer, which is filled
// as far as it goes, and not of a record, which is whole or useless. Buffers
// are large, or multiples of 512 bytes, or one byte less for a NUL.
func bufferSize(n uint64) bool { return n >= 4096 || n%512 == 0 || (n+1)%512 == 0 }

// moves looks at a seek after a shortfall.
func (c *Collector) moves(t *thread, d *description, f *file, to int64) {
	for dir := range d.short {
		s := &d.short[dir]
		if s.open && !s.placed && to != s.at+int64(s.got) {
			s.open = false
			c.ignored(t, f, s)
		}
	}
}

// closed looks at a description that is gone. Whoever reads from a stream may
// stop when it has what it wants, also in the middle of what comes, and the
// peer of a socket may have gone before all was written. What was asked of a
// file, or was to go into a pipe, is missing.
func (c *Collector) closed(t *thread, d *description) {
	f := d.file.now()
	for dir := range d.short {
		s := &d.short[dir]
		if s.open && (f.kind == Regular || f.kind == Pipe && direction(dir) == out) {
			c.ignored(t, f, s)
		}
	}
}

// ignored notes that a program took no notice of a short count.
func (c *Collector) ignored(t *thread, f *file, s *shortfall) {
	rule := shortRead
	if s.dir == out {
		rule = shortWrite
	}
	c.find(finding{rule: rule, file: f.name, who: t.process.who, asked: s.asked, got: s.got, at: s.at})
}
