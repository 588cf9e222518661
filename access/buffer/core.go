package buffer

import (
	"container/list"
	"errors"
	"io"
	"sync"
	"time"

	"penumbra/access"
)

// flushAfter is how long what was written is kept back at most.
const flushAfter = 5 * time.Second

// A core is a file with its buffer. All who have it open share it.
type core struct {
	opener   *Opener
	identity string
	handles  int // with Opener.mu

	mu      sync.Mutex
	changed sync.Cond   // a block, or frozen
	reader  access.File // nil until somebody opens it for reading
	writer  access.File // likewise
	kept    []access.File

	size    int64 // as readers see it
	stored  int64 // as it is below, as far as that is known
	blocks  map[int64]*block
	recent  list.List // of blocks, the one used last in front
	loading int       // blocks
	awaited int       // blocks that somebody waits for, or is about to use
	sending int       // blocks
	frozen  bool      // nothing may begin: the length is being set
	dirtied uint64    // counts the blocks that have become dirty
	stuck   bool      // what was sent last has failed: wait until somebody asks
	errs    uint64    // counts failures of sending
	err     error     // the last
	flusher *time.Timer
}

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

func newCore(o *Opener, identity string, size int64) *core {
	c := &core{opener: o, identity: identity, size: size, stored: size, blocks: map[int64]*block{}}
	c.changed.L = &c.mu
	return c
}

// join lets f's file below be used for all handles.
func (c *core) join(f *file) {
	c.handles++
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.reader == nil && access.Reads(f.Flag) {
		c.reader = f.lower
	}
	if c.writer == nil && access.Writes(f.Flag) && !f.Appends() {
		c.writer = f.lower
	}
}

// part closes f's file below, unless other handles need it.
func (c *core) part(f *file) error {
	c.mu.Lock()
	needed := f.lower == c.reader || f.lower == c.writer
	if needed {
		c.kept = append(c.kept, f.lower)
	}
	c.mu.Unlock()
	if needed {
		return nil
	}
	return f.lower.Close()
}

// writerOr returns the file by which others write, or else f.
func (c *core) writerOr(f access.File) access.File {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.writer != nil {
		return c.writer
	}
	return f
}

// length returns the size. If nothing was written behind the end it may have
// grown below.
func (c *core) length(f access.File) (int64, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.grown(f); err != nil {
		return 0, err
	}
	return c.size, nil
}

// grown looks whether the file has become longer below. It is called with mu held,
// and gives it up meanwhile.
func (c *core) grown(f access.File) error {
	if c.size != c.stored || c.sending > 0 {
		return nil
	}
	before := c.size
	c.mu.Unlock()
	n, err := f.Size()
	c.mu.Lock()
	if err != nil || n <= before || c.size != before || c.stored != before {
		return err
	}
	c.extended(n)
	return nil
}

// extended notes that the file below has n bytes, more than before.
func (c *core) extended(n int64) {
	if b := c.blocks[c.size/c.opener.block]; b != nil {
		b.valid = false // it ended there
	}
	c.size, c.stored = n, n
}

// read reads from off, and has as many bytes behind that as ahead says asked for.
func (c *core) read(p []byte, off, ahead int64) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if off+int64(len(p)) > c.size {
		if err := c.grown(c.reader); err != nil {
			return 0, err
		}
	}
	n := int64(len(p))
	if off > c.size-n {
		n = max(c.size-off, 0)
	}
	size := c.opener.block
	for done := int64(0); done < n; {
		at := off + done
		c.ask(at/size, (off+n+ahead+size-1)/size)
		from := at % size
		to := min(size, from+n-done)
		b, err := c.get(at/size, int(from), int(to))
		switch {
		case errors.Is(err, errNoRoom):
			err = c.pass(p[done:done+to-from], at)
		case err == nil:
			copy(p[done:], b.data[from:to])
			c.used(b, to == size && (ahead > 0 || done+to-from < n))
		}
		if err != nil {
			return int(done), err
		}
		done += to - from
	}
	if n < int64(len(p)) {
		return int(n), io.EOF
	}
	return int(n), nil
}

// used puts b where it belongs among the others: who reads in sequence does not
// come back.
func (c *core) used(b *block, passed bool) {
	if passed {
		c.recent.MoveToBack(b.place)
	} else {
		c.recent.MoveToFront(b.place)
	}
}

// errNoRoom says that a block is to be read that is not there, nor can be: the
// buffer is full of what cannot be sent.
var errNoRoom = errors.New("no room in the buffer")

// pass reads what no block has.
func (c *core) pass(p []byte, off int64) error {
	c.mu.Unlock()
	defer c.mu.Lock()
	n, err := c.reader.ReadAt(p, off)
	if err == io.EOF {
		clear(p[n:])
		err = nil
	}
	return err
}

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
			if c.room() != nil {
				return nil, errNoRoom
			}
			if c.blocks[i] == nil && !c.frozen {
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

// end waits for what is under way, and closes all that the core has and its last
// handle, f.
func (c *core) end(f *file) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.freeze()
	if c.flusher != nil {
		c.flusher.Stop()
	}
	for _, b := range c.blocks {
		c.remove(b)
	}
	c.thaw() // a flusher that has begun finds nothing
	err := f.lower.Close()
	for _, k := range c.kept {
		err = errors.Join(err, k.Close())
	}
	return err
}
