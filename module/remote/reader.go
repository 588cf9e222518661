package remote

import (
	"context"
	"io"
	"io/fs"
	"sync"
	"time"

	"penumbra/abi"
	"penumbra/shadow/client"
	"penumbra/shadow/wire"
)

// reader is a file that is opened at the shadow when it is read: a small one, and
// the begin of any, comes with that in one round trip.
type reader struct {
	fs       *FS
	name     string
	expected any // its identity, or nil

	mu      sync.Mutex
	file    *client.File // or nil
	opening bool         // somebody does that
	closed  bool
}

// Expect implements mirror.Expecter.
func (r *reader) Expect(inode any) { r.expected = inode }

// check returns the error of a file that has come to be another under its name.
func (r *reader) check(attr *wire.Attr) error {
	if r.expected == nil || r.expected == any(attr.ID) {
		return nil
	}
	return abi.ESTALE
}

func (r *reader) Stat() (fs.FileInfo, error) { return r.fs.Stat(r.name) }

// Read is for those who know no ReadAt; nobody does.
func (r *reader) Read([]byte) (int, error) { return 0, abi.EOPNOTSUPP }

// ReadAt implements io.ReaderAt.
func (r *reader) ReadAt(p []byte, off int64) (int, error) {
	began := time.Now()
	n, err := r.readAt(p, off)
	r.fs.meter.moved(r.fs.path(r.name), false, n, began)
	return n, err
}

// readAt reads. Who reads behind the begin is likely to read on, and the file is
// opened for that; nobody waits until it is.
func (r *reader) readAt(p []byte, off int64) (int, error) {
	if off == 0 {
		if got, ok := r.fs.ahead.takeFile(r.fs, r.name); ok && r.check(&got.Attr) == nil {
			n := copy(p, got.Data)
			return n, endOf(n, len(p), nil)
		}
	}
	r.mu.Lock()
	file := r.file
	if file == nil && !r.opening && off > 0 {
		r.opening = true
		go r.open()
	}
	r.mu.Unlock()
	ctx := context.Background()
	if file != nil {
		n, err := file.ReadAt(ctx, p, off)
		return n, endOf(n, len(p), err)
	}
	attr, n, err := r.fs.process.ReadFileAt(ctx, wire.CWD, r.fs.path(r.name), p[:min(len(p), wire.MaxPayload)], off)
	if err == nil {
		err = r.check(&attr)
	}
	if err != nil {
		return 0, err
	}
	return n, endOf(n, len(p), nil)
}

func endOf(n, want int, err error) error {
	if err == nil && n < want {
		return io.EOF
	}
	return err
}

// Whole implements mirror.Whole: the file may have come before it was asked for.
func (r *reader) Whole() ([]byte, bool) {
	if !r.fs.ahead.hasFile(r.name) {
		return nil, false
	}
	got, ok := r.fs.ahead.takeFile(r.fs, r.name)
	return got.Data, ok && r.check(&got.Attr) == nil
}

// open opens the file for as long as it is used.
func (r *reader) open() error {
	file, attr, err := r.fs.process.Open(context.Background(), wire.CWD, r.fs.path(r.name), wire.OpenRead, 0)
	if err == nil {
		err = r.check(&attr)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.opening = false
	if err == nil && r.file == nil && !r.closed {
		r.file = file
	} else if file != nil {
		go file.Close(context.Background())
	}
	return err
}

// Keep implements vft.Keeper.
func (r *reader) Keep() error {
	r.mu.Lock()
	has := r.file != nil
	r.mu.Unlock()
	if has {
		return nil
	}
	return r.open()
}

// Close implements fs.File. Nobody waits for the shadow to know.
func (r *reader) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	if file := r.file; file != nil {
		r.file = nil
		go file.Close(context.Background())
	}
	return nil
}
