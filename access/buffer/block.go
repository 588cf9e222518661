package buffer

import (
	"container/list"
	"errors"
	"io"
)

// A block is a part of a file that is in memory.
type block struct {
	index int64
	data  []byte // nil if nothing is known; what is behind the end of the file is zeros
	// valid says that data is what the file has, changed by what is dirty.
	// Otherwise only what is dirty is known.
	valid   bool
	dirty   spans
	since   uint64 // core.dirtied when it became dirty
	load    *load  // under way, or nil
	sending bool
	awaited int // by how many
	place   *list.Element
}

// A load has a block's content fetched.
type load struct {
	done bool
	err  error
}

// errNoRoom says that a block is to be read that is not there, nor can be: the
// buffer is full of what cannot be sent.
var errNoRoom = errors.New("no room in the buffer")

// ask begins to load the blocks from first to end that are not there, as far as
// there is room for them.
func (c *core) ask(first, end int64) {
	end = min(end, (c.size+c.opener.block-1)/c.opener.block, first+int64(c.most()))
	for i := first; i < end && !c.frozen; i++ {
		if c.blocks[i] != nil {
			continue
		}
		if !c.spare() {
			return
		}
		c.begin(c.add(i))
	}
}

// get returns a block of which the bytes in a range are there. It is called with
// mu held, and gives it up meanwhile.
func (c *core) get(i int64, from, to int) (*block, error) {
	for {
		b := c.blocks[i]
		switch {
		case c.frozen:
			c.changed.Wait()
		case b == nil:
			err := c.room()
			switch {
			case c.blocks[i] != nil || c.frozen: // look again
			case err != nil:
				return nil, errNoRoom
			default:
				c.begin(c.add(i))
			}
		case b.valid || b.dirty.has(span{from, to}):
			return b, nil
		case b.load == nil && b.sending:
			c.changed.Wait()
		default:
			if b.load == nil {
				c.begin(b)
			}
			if err := c.await(b); err != nil {
				return nil, err
			}
		}
	}
}

// await waits until b is loaded. It is not thrown out before the caller, who has
// mu again, can use it.
func (c *core) await(b *block) error {
	l := b.load
	b.awaited++
	c.awaited++
	for !l.done {
		c.changed.Wait()
	}
	b.awaited--
	c.awaited--
	c.changed.Broadcast()
	return l.err
}

func (c *core) add(i int64) *block {
	b := &block{index: i}
	b.place = c.recent.PushFront(b)
	c.blocks[i] = b
	c.opener.all.Add(1)
	return b
}

func (c *core) remove(b *block) {
	c.recent.Remove(b.place)
	b.place = nil
	delete(c.blocks, b.index)
	c.opener.all.Add(-1)
	c.opener.free(b.data)
	b.data = nil
}

// begin has a block's content loaded. It must not be on its way to the file.
func (c *core) begin(b *block) {
	b.load = &load{}
	c.loading++
	reader, stored := c.reader, c.stored
	go func() {
		data := c.opener.memory()
		n, err := reader.ReadAt(data, b.index*c.opener.block)
		if err == io.EOF {
			clear(data[n:])
			err = nil
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		c.loading--
		b.load.done, b.load.err = true, err
		b.load = nil
		before := b.data
		if err == nil {
			b.fill(data)
			c.opener.free(before)
			c.loaded(b, b.index*c.opener.block+int64(n), stored)
		} else if c.opener.free(data); len(b.dirty) == 0 {
			c.remove(b)
		}
		c.changed.Broadcast()
	}()
}

// loaded looks whether a block came as far as to end because the file's length, which
// was stored when it was asked for, is another one.
func (c *core) loaded(b *block, end, stored int64) {
	next := (b.index + 1) * c.opener.block
	switch {
	case end >= next:
	case c.stored > stored && end < c.stored:
		b.valid = false // it has grown meanwhile
	case end < min(stored, next) && c.stored == stored:
		// Somebody else has made it shorter.
		if c.size == stored {
			c.size = end
		}
		c.stored = end
	}
}

// fill puts what the file has where nothing else was written.
func (b *block) fill(data []byte) {
	for _, s := range b.dirty {
		copy(data[s.from:s.to], b.data[s.from:s.to])
	}
	b.data, b.valid = data, true
}

// most is how many blocks the file may have.
func (c *core) most() int {
	if c.opener.all.Load() >= int64(c.opener.most)*manyFiles {
		return min(c.opener.most, fewBlocks)
	}
	return c.opener.most
}

// spare reports whether there is room for one more block, perhaps in the place of
// one that was not used for long.
func (c *core) spare() bool {
	for e := c.recent.Back(); e != nil && len(c.blocks) >= c.most(); {
		b := e.Value.(*block)
		e = e.Prev()
		if len(b.dirty) == 0 && b.load == nil && !b.sending && b.awaited == 0 {
			c.remove(b)
		}
	}
	return len(c.blocks) < c.most()
}

// room waits until there is room for one more block. It gives up mu meanwhile.
func (c *core) room() error {
	before := c.errs
	for !c.spare() {
		c.send(c.dirtied)
		if c.sending+c.loading+c.awaited == 0 && !c.frozen {
			return errNoRoom // nothing can change that
		}
		c.changed.Wait()
		if c.errs != before {
			return c.err
		}
	}
	return nil
}
