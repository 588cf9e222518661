package iostat

import (
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/vft/descriptors"
)

// A description is what is kept of an open file description.
type description struct {
	held *held
	file *file
	sync bool // every write lasts

	end     [2]int64         // where the last request ended, or -1
	ended   [2]time.Duration // when
	short   [2]shortfall
	refused refusals
}

type (
	held    = descriptors.Description[*description]
	holding = descriptors.Table[*description]
)

// target returns the file that d is of, and what a process did by a descriptor.
func (d *description) target(p *process, fd int32) (*file, *use) {
	d.file = d.file.now()
	return d.file, d.file.use(p.who, fd)
}

// known returns the description that fd names, or nil if it was not met yet.
func (c *Collector) known(t *thread, fd int32) *description {
	if h := c.table.Get(t.guest.ID(), fd); h != nil {
		return h.Data
	}
	return nil
}

// met returns the description that fd names, which is looked up if it is met for
// the first time, or nil if there is nothing to be found.
func (c *Collector) met(t *thread, fd int32) *description {
	if d := c.known(t, fd); d != nil || fd < 0 {
		return d
	}
	found, ok := c.host.descriptor(t.guest, fd, false)
	if !ok {
		return nil
	}
	if d := c.shared(t, fd, &found); d != nil {
		return d
	}
	return c.enter(t, fd, &found, false, true)
}

// shared returns the description that fd turns out to have in common with another
// descriptor, or nil. It came unseen then: from outside by a message, by
// pidfd_getfd(2), or from a process that was not watched.
func (c *Collector) shared(t *thread, fd int32, found *found) *description {
	for h, holders := range c.table.Holders(c.idOf(found)) {
		by := c.threads[holders[0].Thread]
		if by != nil && c.host.same(t.guest, fd, by.guest, holders[0].FD) {
			c.table.Receive(t.guest.ID(), fd, h, found.flags&unix.O_CLOEXEC != 0)
			return h.Data
		}
	}
	return nil
}

// idOf identifies a file for as long as it is open.
func (c *Collector) idOf(f *found) descriptors.ID {
	id := descriptors.ID{Dev: f.id.dev, Ino: f.id.ino, View: c.mountOf(f.link)}
	if f.kind() == Anonymous {
		id.View = f.link // all of them have one number
	}
	return id
}

// enter makes fd a new description of what was found behind it.
func (c *Collector) enter(t *thread, fd int32, found *found, accepted, before bool) *description {
	kind, name := found.kind(), found.name()
	if kind == Socket {
		if s, ok := c.host.socket(t.guest, fd, accepted); ok {
			name = s
		}
	}
	f := c.file(name, kind)
	f.size = found.size
	c.identify(f, found.id)
	opening := descriptors.Opening{
		ID: c.idOf(found), Name: name, Access: accessOf(found.flags), Status: found.flags &^ unix.O_ACCMODE,
		Offset: descriptors.Unknown, CloseOnExec: found.flags&unix.O_CLOEXEC != 0, Found: before,
	}
	if kind == Regular {
		opening.Offset = found.offset
	}
	d := &description{file: f, end: [2]int64{-1, -1}, sync: found.flags&unix.O_DSYNC != 0}
	d.held = c.table.Open(t.guest.ID(), fd, opening, d)
	return d
}

func accessOf(flags int) descriptors.Access {
	switch {
	case flags&unix.O_PATH != 0:
		return 0
	case flags&unix.O_ACCMODE == unix.O_RDONLY:
		return descriptors.Readable
	case flags&unix.O_ACCMODE == unix.O_WRONLY:
		return descriptors.Writable
	}
	return descriptors.Readable | descriptors.Writable
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
func (c *Collector) opened(t *thread, fd int32, accepted bool, flags int, known bool) *description {
	found, ok := c.host.descriptor(t.guest, fd, known)
	if !ok {
		c.table.Close(t.guest.ID(), fd)
		return nil
	}
	if known {
		found.flags = flags
	}
	return c.enter(t, fd, &found, accepted, false)
}

// duplicated makes to another name of what from names.
func (c *Collector) duplicated(t *thread, from, to int32, closeOnExec bool) {
	if c.met(t, from) != nil {
		c.table.Duplicate(t.guest.ID(), from, to, closeOnExec)
	}
}

// tableOf has a new thread hold what another thread of its process does.
func (c *Collector) tableOf(t *thread) {
	for id, other := range c.threads {
		if other.process == t.process && other != t {
			c.table.Clone(id, t.guest.ID(), true)
			return
		}
	}
	c.table.Start(t.guest.ID())
}

// stays reports whether a descriptor of t is still what it was, which tells
// whether an execve has closed it.
func (c *Collector) stays(t *thread, fd int32, id descriptors.ID) bool {
	found, ok := c.host.descriptor(t.guest, fd, true)
	return ok && c.idOf(&found) == id
}

// offset returns the offset that a call gives, from its one or two arguments.
func offset(args abi.Args, low, high int8) int64 {
	if high >= 0 {
		return int64(uint64(uint32(args[low])) | args[high]<<32)
	}
	return int64(args[low])
}

// mountOf returns the part of the view through which a name is seen.
func (c *Collector) mountOf(name string) string {
	if c.Mount == nil || !strings.HasPrefix(name, "/") {
		return ""
	}
	return c.Mount(name)
}
