package iostat

import (
	"time"

	"golang.org/x/sys/unix"

	"penumbra/abi"
)

// A table is a table of file descriptors. It holds those that were met; one
// that is not there is looked up. So what vanishes must be forgotten, and what
// appears unseen (from pipe(2), from a message, with a new program) need not
// be noticed.
type table struct {
	slots   map[int32]*slot
	threads int // that use it
}

// A slot is a descriptor: a number that names an open file description.
type slot struct {
	open *description
	file *file // for which use is
	use  *use  // nil if not looked up, or if there are too many
}

// A description is an open file description.
type description struct {
	file   *file
	slots  int   // that name it
	offset int64 // where the next request without an offset goes, or -1
	append bool
	sync   bool // every write lasts

	end     [2]int64         // where the last request ended, or -1
	ended   [2]time.Duration // when
	short   [2]shortfall
	refused refusals
}

func newTable() *table { return &table{slots: map[int32]*slot{}, threads: 1} }

// fork returns a copy of tb for another process.
func (tb *table) fork() *table {
	child := newTable()
	for fd, s := range tb.slots {
		child.set(fd, s.open)
	}
	return child
}

// set makes fd a name of d.
func (tb *table) set(fd int32, d *description) *slot {
	d.slots++
	s := &slot{open: d}
	tb.slots[fd] = s
	return s
}

// target returns the file that a slot's descriptor refers to, and what its
// process did by it.
func (s *slot) target(p *process, fd int32) (*file, *use) {
	f := s.open.file.now()
	if s.file != f {
		s.open.file, s.file, s.use = f, f, f.use(p.who, fd)
	}
	return f, s.use
}

// forget drops fd from t's table: it is about to be closed.
func (c *Collector) forget(t *thread, fd int32) {
	if s := t.table.slots[fd]; s != nil {
		delete(t.table.slots, fd)
		c.release(t, s.open)
	}
}

// release takes a name from d, and judges its end if that was the last.
func (c *Collector) release(t *thread, d *description) {
	d.slots--
	if d.slots == 0 {
		c.closed(t, d)
	}
}

// leave takes a thread from its table, and with the last one the table goes.
func (c *Collector) leave(t *thread) {
	t.table.threads--
	if t.table.threads > 0 {
		return
	}
	for _, s := range t.table.slots {
		c.release(t, s.open)
	}
}

// slot returns the slot of fd, which is looked up if it is met for the first
// time, or nil if there is nothing to be found.
func (c *Collector) slot(t *thread, fd int32) *slot {
	if s := t.table.slots[fd]; s != nil {
		return s
	}
	if fd < 0 {
		return nil
	}
	found, ok := c.host.descriptor(t.guest, fd, false)
	if !ok {
		return nil
	}
	return c.enter(t, fd, &found, false)
}

// enter makes fd a new description of what was found behind it.
func (c *Collector) enter(t *thread, fd int32, found *found, accepted bool) *slot {
	kind, name := found.kind(), found.name()
	if kind == Socket {
		if s, ok := c.host.socket(t.guest, fd, accepted); ok {
			name = s
		}
	}
	f := c.file(name, kind)
	f.size = found.size
	c.identify(f, found.id)
	d := &description{file: f, offset: -1, end: [2]int64{-1, -1},
		append: found.flags&unix.O_APPEND != 0, sync: found.flags&unix.O_DSYNC != 0}
	if kind == Regular {
		d.offset = found.offset
	}
	return t.table.set(fd, d)
}

// identify notes which file it is that f's name means now.
func (c *Collector) identify(f *file, id fileID) {
	if f.kind != Regular || f.id == id {
		return
	}
	if c.inodes[f.id] == f {
		delete(c.inodes, f.id)
	}
	f.id = id
	f.replaced()
	c.inodes[id] = f
}

// opened enters the descriptor that a call has made.
func (c *Collector) opened(t *thread, fd int32, accepted bool, flags int, known bool) *slot {
	c.forget(t, fd)
	found, ok := c.host.descriptor(t.guest, fd, known)
	if !ok {
		return nil
	}
	if known {
		found.flags = flags
	}
	return c.enter(t, fd, &found, accepted)
}

// duplicated makes to another name of what from names.
func (c *Collector) duplicated(t *thread, from, to int32) {
	if s := c.slot(t, from); s != nil && from != to {
		c.forget(t, to)
		t.table.set(to, s.open)
	}
}

// setFlags follows fcntl(F_SETFL).
func (d *description) setFlags(flags uint64) { d.append = flags&unix.O_APPEND != 0 }

// forgetRange drops the descriptors of a close_range call.
func (c *Collector) forgetRange(t *thread, first, last uint32) {
	for fd := range t.table.slots {
		if uint32(fd) >= first && uint32(fd) <= last {
			c.forget(t, fd)
		}
	}
}

// unshared gives t a table of its own.
func (c *Collector) unshared(t *thread) {
	if t.table.threads > 1 {
		t.table.threads--
		t.table = t.table.fork()
	}
}

// offset returns the offset that a call gives, from its one or two arguments.
func offset(args abi.Args, low, high int8) int64 {
	if high >= 0 {
		return int64(uint64(uint32(args[low])) | args[high]<<32)
	}
	return int64(args[low])
}
