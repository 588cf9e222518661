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
