package remote

import (
	"context"
	"io"
	"io/fs"
	"sync"

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
	opening bool         // somebody is
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

// ReadAt implements io.ReaderAt. The first that reads behind the begin opens the
// file for the others, who do not wait for that.
func (r *reader) ReadAt(p []byte, off int64) (int, error) {
	if off == 0 {
		if got, ok := r.fs.ahead.takeFile(r.fs, r.name); ok && r.check(&got.Attr) == nil {
			n := copy(p, got.Data)
			return n, endOf(n, len(p), nil)
		}
	}
	r.mu.Lock()
	file, opens := r.file, r.file == nil && !r.opening && off > 0
	r.opening = r.opening || opens
	r.mu.Unlock()
	var n int
	var err error
	switch ctx := context.Background(); {
	case file != nil:
		n, err = file.ReadAt(ctx, p, off)
	case opens:
		n, err = r.openRead(ctx, p, off)
	default:
		var attr wire.Attr
		p := p[:min(len(p), wire.MaxPayload)]
		if attr, n, err = r.fs.process.ReadFileAt(ctx, wire.CWD, r.fs.path(r.name), p, off); err == nil {
			err = r.check(&attr)
		}
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

// openRead opens the file for as long as it is used, and reads.
func (r *reader) openRead(ctx context.Context, p []byte, off int64) (int, error) {
	file, attr, n, err := r.fs.process.OpenRead(ctx, wire.CWD, r.fs.path(r.name), p[:min(len(p), wire.MaxPayload)], off)
	if err == nil {
		if err = r.check(&attr); err != nil {
			go file.Close(ctx)
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.opening = false; err != nil {
		return 0, err
	}
	if r.file != nil { // another was faster
		go file.Close(ctx)
		return n, nil
	}
	r.file = file
	return n, nil
}

// Keep implements vft.Keeper.
func (r *reader) Keep() error {
	r.mu.Lock()
	has := r.file != nil
	r.mu.Unlock()
	if has {
		return nil
	}
	_, err := r.openRead(context.Background(), nil, 0)
	return err
}

// Close implements fs.File. Nobody waits for the shadow to know.
func (r *reader) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if file := r.file; file != nil {
		r.file = nil
		go file.Close(context.Background())
	}
	return nil
}
