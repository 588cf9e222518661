// Package buffer reads ahead and writes behind, so that a distant file is as fast
// as the link to it.
//
// Who reads in sequence has the next blocks asked for beforehand, many at a time.
// What is written is kept, and sent in the background; it has been at Sync and at
// Close, which tell what went wrong, and after some seconds in any case. What could
// not be sent is kept, and Sync and Close try again; with the last Close of a file it
// is lost.
//
// Those who open the same file by one Opener share its blocks: each sees what the
// others have written. What others change elsewhere is seen when a file is opened
// that nobody has open, and where it has grown.
//
// # Locks
//
// In the order in which they are taken: Opener.mu, core.mu. What lies below is
// called with neither held.
package buffer

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"sync"
	"sync/atomic"

	"penumbra/access"
	"penumbra/access/internal/handle"
)

// What a buffer has if nothing else is said, in bytes: enough for 200 MB/s over a
// link with a round trip of 50 ms.
const (
	DefaultSize  = 16 << 20
	DefaultBlock = 256 << 10
)

// LargestBlock bounds a block, in bytes.
const LargestBlock = 16 << 20

// manyFiles is how many files may fill their buffers at a time. Others then have
// but few blocks.
const (
	manyFiles = 8
	fewBlocks = 2
)

// Opener opens files with a buffer. Make one by New.
type Opener struct {
	lower access.Opener
	block int64
	most  int // blocks of a file
	all   atomic.Int64
	spare sync.Pool // of blocks' data

	mu    sync.Mutex
	cores map[string]*core // by name
}

var (
	_ access.Stamper  = &Opener{}
	_ access.Replacer = &Opener{}
)

// New returns an Opener of what lower opens. Each file has a buffer of size bytes,
// in blocks of block bytes, and three quarters of that again while it is sent.
func New(lower access.Opener, size, block int64) *Opener {
	block = min(max(block, 1), LargestBlock)
	return &Opener{lower: lower, block: block, most: int(max(size/block, 1)), cores: map[string]*core{}}
}

// memory returns what a block may have for data. It holds what somebody left there.
func (o *Opener) memory() []byte {
	if b, ok := o.spare.Get().(*[]byte); ok {
		return *b
	}
	return make([]byte, o.block)
}

// free takes it back.
func (o *Opener) free(b []byte) {
	if b != nil {
		o.spare.Put(&b)
	}
}

// Stamp implements access.Stamper.
func (o *Opener) Stamp(ctx context.Context, name string) (string, error) {
	return access.Stamp(ctx, o.lower, name)
}

// Open implements access.Opener.
func (o *Opener) Open(ctx context.Context, name string, flag int, perm fs.FileMode) (access.File, error) {
	lower, err := o.lower.Open(ctx, name, flag, perm)
	if err != nil {
		return nil, err
	}
	size, err := access.SizeAtOpen(lower)
	if err != nil {
		return nil, errors.Join(err, lower.Close())
	}
	f := &file{Handle: handle.Handle{Name: name, Flag: flag}, opener: o, lower: lower}
	if !o.attach(f, size) && flag&os.O_TRUNC != 0 {
		// What others have written is gone, too.
		if err := f.core.truncate(0, lower); err != nil {
			return nil, errors.Join(err, f.Close())
		}
	}
	return f, nil
}

// Replace implements access.Replacer, where what lies below does.
func (o *Opener) Replace(ctx context.Context, name string, perm fs.FileMode, write func(access.File) error) error {
	r, ok := o.lower.(access.Replacer)
	if !ok {
		return access.ErrUnsupported
	}
	return r.Replace(ctx, name, perm, func(to access.File) error {
		f := &file{Handle: handle.Handle{Name: name, Flag: os.O_RDWR}, opener: o, lower: lent{to}, core: newCore(o, "", 0)}
		f.core.join(f)
		return errors.Join(write(f), f.core.flush(), f.core.end(f))
	})
}

// lent is a file that somebody else closes.
type lent struct{ access.File }

func (l lent) Close() error { return nil }

func (l lent) Identity() string { return access.Identity(l.File) }

// attach gives f the core of its file, and reports whether that is a new one.
func (o *Opener) attach(f *file, size int64) (fresh bool) {
	identity := access.Identity(f.lower)
	o.mu.Lock()
	defer o.mu.Unlock()
	c := o.cores[f.Name]
	if c == nil || identity == "" || c.identity != identity {
		// The name may have become another file's, while that of before is open.
		c, fresh = newCore(o, identity, size), true
		o.cores[f.Name] = c
	}
	f.core = c
	c.join(f)
	return fresh
}

// detach takes f's core away, and closes what nobody needs any more.
func (o *Opener) detach(f *file) error {
	o.mu.Lock()
	c := f.core
	c.handles--
	last := c.handles == 0
	if last && o.cores[f.Name] == c {
		delete(o.cores, f.Name)
	}
	o.mu.Unlock()
	if last {
		return c.end(f)
	}
	return c.part(f)
}

// file is a handle.
type file struct {
	handle.Handle
	opener *Opener
	lower  access.File
	core   *core

	mu     sync.Mutex // of the two below
	next   int64      // where a read that goes on from the last would begin
	window int64      // bytes to read ahead
}

// Identity implements access.Identifier.
func (f *file) Identity() string { return access.Identity(f.lower) }

func (f *file) Size() (int64, error) {
	if err := f.Open("stat"); err != nil {
		return 0, err
	}
	return f.core.length(f.lower)
}

func (f *file) ReadAt(p []byte, off int64) (int, error) {
	if err := f.MayRead(off); err != nil {
		return 0, err
	}
	return f.core.read(p, off, f.ahead(off, int64(len(p))))
}

// ahead returns how many bytes behind a read are to be asked for: the more, the
// longer a program reads on.
func (f *file) ahead(off, n int64) int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	if off != f.next {
		f.window = 0
	} else if limit := f.opener.block * int64(f.opener.most) * 3 / 4; limit >= f.opener.block {
		f.window = min(max(2*f.window, n, f.opener.block), limit)
	}
	f.next = off + n
	return f.window
}

func (f *file) WriteAt(p []byte, off int64) (int, error) {
	if err := f.MayWrite(off); err != nil {
		return 0, err
	}
	if f.Appends() {
		if _, err := f.Append(p); err != nil {
			return 0, err
		}
		return len(p), nil
	}
	return f.core.write(p, off)
}

// Append implements access.Appender, where what lies below does. It is not
// buffered: only there one knows where the end is.
func (f *file) Append(p []byte) (int64, error) {
	if err := f.MayWrite(0); err != nil {
		return 0, err
	}
	a, ok := f.lower.(access.Appender)
	if !ok || !f.Appends() {
		return 0, f.Failed("append", access.ErrUnsupported)
	}
	return f.core.append(p, a)
}

func (f *file) Truncate(size int64) error {
	if err := f.MayTruncate(size); err != nil {
		return err
	}
	return f.core.truncate(size, f.lower)
}

func (f *file) Sync() error {
	if err := f.Open("sync"); err != nil {
		return err
	}
	if err := f.core.flush(); err != nil {
		return err
	}
	return f.core.writerOr(f.lower).Sync()
}

func (f *file) Close() error {
	if err := f.Shut(); err != nil {
		return err
	}
	var err error
	if access.Writes(f.Flag) {
		err = f.core.flush()
	}
	return errors.Join(err, f.opener.detach(f))
}
