package buffer

import (
	"cmp"
	"math"
	"slices"
	"time"

	"penumbra/abi"
	"penumbra/access"
)

// mostSpans bounds in how many pieces a block is sent.
const mostSpans = 32

// write keeps p, and has blocks sent that are full.
func (c *core) write(p []byte, off int64) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	size := c.opener.block
	if off > math.MaxInt64-int64(len(p)) {
		return 0, abi.EFBIG
	}
	for done := int64(0); done < int64(len(p)); {
		at := off + done
		from := at % size
		to := min(size, from+int64(len(p))-done)
		b, err := c.forWriting(at / size)
		if err != nil {
			return int(done), err
		}
		copy(b.data[from:to], p[done:])
		c.dirty(b, span{int(from), int(to)})
		done += to - from
		c.size = max(c.size, off+done)
	}
	return len(p), nil
}

// forWriting returns a block to which something may be written.
func (c *core) forWriting(i int64) (*block, error) {
	for {
		b := c.blocks[i]
		switch {
		case c.frozen:
			c.changed.Wait()
		case b == nil:
			if err := c.room(); err != nil {
				return nil, err
			}
			if c.blocks[i] == nil && !c.frozen {
				c.add(i).valid = i*c.opener.block >= c.stored // there is nothing below
			}
		default:
			if len(b.dirty) >= mostSpans && !c.stuck {
				c.sendBlock(b)
			}
			if b.data == nil {
				b.data = c.opener.memory()
				clear(b.data)
			}
			return b, nil
		}
	}
}

// dirty notes that a part of b has to be sent.
func (c *core) dirty(b *block, s span) {
	if len(b.dirty) == 0 {
		c.dirtied++
		b.since = c.dirtied
	}
	b.dirty = b.dirty.with(s)
	c.recent.MoveToFront(b.place)
	if b.dirty.has(span{0, len(b.data)}) {
		b.valid = true
		if !c.stuck {
			c.send(c.dirtied)
		}
	}
	if c.flusher == nil {
		c.flusher = time.AfterFunc(flushAfter, func() {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.flusher = nil
			if !c.stuck {
				_ = c.flushAll() // who syncs or closes will be told
			}
		})
	}
}

// mostSending bounds how many blocks are sent at a time: copies of them are in
// memory, too.
func (c *core) mostSending() int { return max(c.opener.most*3/4, 1) }

// send begins to send what is full, or in the way, of the blocks that became dirty
// up to since: all if half of the buffer is dirty.
func (c *core) send(since uint64) {
	dirty := 0
	for _, b := range c.blocks {
		if len(b.dirty) > 0 {
			dirty++
		}
	}
	if 2*dirty > c.most() {
		c.sendAll(since)
		return
	}
	for _, b := range c.blocks {
		if b.dirty.has(span{0, int(c.opener.block)}) {
			c.sendBlock(b)
		}
	}
}

// sendAll begins to send the blocks that became dirty up to since, the first ones
// first, and reports whether some of them are not sent yet.
func (c *core) sendAll(since uint64) (left bool) {
	var all []*block
	for _, b := range c.blocks {
		if b.sending || len(b.dirty) > 0 && b.since <= since {
			left = true
		}
		if len(b.dirty) > 0 && b.since <= since && !b.sending && b.load == nil {
			all = append(all, b)
		}
	}
	slices.SortFunc(all, func(a, b *block) int { return cmp.Compare(a.since, b.since) })
	for _, b := range all {
		c.sendBlock(b)
	}
	return left
}

// sendBlock begins to send what is dirty of b, if that may be now.
func (c *core) sendBlock(b *block) {
	if c.frozen || c.sending >= c.mostSending() || b.sending || b.load != nil || len(b.dirty) == 0 {
		return
	}
	all, data := b.dirty, c.opener.memory()
	for _, s := range all {
		copy(data[s.from:s.to], b.data[s.from:s.to])
	}
	b.dirty, b.sending = nil, true
	c.sending++
	writer := c.writer
	go func() {
		off := b.index * c.opener.block
		var err error
		sent := 0
		for _, s := range all {
			if _, err = writer.WriteAt(data[s.from:s.to], off+int64(s.from)); err != nil {
				break
			}
			sent++
		}
		c.opener.free(data)
		c.mu.Lock()
		defer c.mu.Unlock()
		b.sending = false
		c.sending--
		c.stuck = err != nil
		if sent > 0 {
			c.stored = max(c.stored, off+int64(all[sent-1].to))
		}
		if err != nil {
			c.errs, c.err = c.errs+1, err
			for _, s := range all[sent:] {
				if len(b.dirty) == 0 {
					c.dirtied++
					b.since = c.dirtied
				}
				b.dirty = b.dirty.with(s)
			}
		}
		if err == nil {
			c.send(c.dirtied)
		}
		c.changed.Broadcast()
	}()
}

// flush is flushAll for who does not hold mu.
func (c *core) flush() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.flushAll()
}

// flushAll sends all that was written until now, and waits until that is done.
func (c *core) flushAll() error {
	c.awaitSent()
	before, since := c.errs, c.dirtied // what has failed is dirty anew
	for {
		failed := c.errs != before
		if failed && c.sending == 0 {
			return c.err
		}
		if !failed && !c.sendAll(since) {
			return nil
		}
		c.changed.Wait()
	}
}

// awaitSent waits for what is under way already: should it fail it is tried again,
// for what has failed it may be over.
func (c *core) awaitSent() {
	var sending []*block
	for _, b := range c.blocks {
		if b.sending {
			sending = append(sending, b)
		}
	}
	for slices.ContainsFunc(sending, func(b *block) bool { return b.sending }) {
		c.changed.Wait()
	}
}

// freeze waits until nothing is under way, and lets nothing begin until thaw.
func (c *core) freeze() {
	for c.frozen {
		c.changed.Wait()
	}
	c.frozen = true
	for c.loading > 0 || c.sending > 0 {
		c.changed.Wait()
	}
}

func (c *core) thaw() {
	c.frozen = false
	c.changed.Broadcast()
}

// truncate sets the length, by a file below.
func (c *core) truncate(size int64, by access.File) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.freeze()
	defer c.thaw()
	c.mu.Unlock()
	err := by.Truncate(size)
	c.mu.Lock()
	if err != nil {
		return err
	}
	for _, b := range c.blocks {
		left := size - b.index*c.opener.block
		if left <= 0 {
			c.remove(b)
		} else if left < c.opener.block && b.data != nil {
			clear(b.data[left:])
			b.dirty = b.dirty.below(int(left))
		}
	}
	c.size, c.stored = size, size
	return nil
}

// append writes p behind the end, by a, when all that was written before has been
// sent.
func (c *core) append(p []byte, a access.Appender) (int64, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for {
		if err := c.flushAll(); err != nil {
			return 0, err
		}
		if c.freeze(); c.size == c.stored {
			break
		}
		c.thaw() // somebody has written behind the end meanwhile
	}
	defer c.thaw()
	c.mu.Unlock()
	end, err := a.Append(p)
	c.mu.Lock()
	if err != nil || end <= c.size {
		return end, err
	}
	c.extended(end)
	return end, nil
}
