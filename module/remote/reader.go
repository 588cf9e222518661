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

	mu   sync.Mutex
	file *client.File // or nil
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
	file, err := r.opened()
	if err != nil {
		return 0, err
	}
	if file == nil && off == 0 {
		return r.readBegin(p)
	}
	if file == nil {
		if file, err = r.open(); err != nil {
			return 0, err
		}
	}
	n, err := file.ReadAt(context.Background(), p, off)
	return n, endOf(n, len(p), err)
}

func endOf(n, want int, err error) error {
	if err == nil && n < want {
		return io.EOF
	}
	return err
}

func (r *reader) opened() (*client.File, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.file, nil
}

// readBegin reads the begin of the file, which may have been fetched already.
func (r *reader) readBegin(p []byte) (int, error) {
	if got, ok := r.fs.ahead.takeFile(r.fs, r.name); ok && r.check(&got.Attr) == nil {
		n := copy(p, got.Data)
		return n, endOf(n, len(p), nil)
	}
	n := min(len(p), wire.MaxPayload)
	attr, n, err := r.fs.process.ReadFile(context.Background(), wire.CWD, r.fs.path(r.name), p[:n])
	if err == nil {
		err = r.check(&attr)
	}
	if err != nil {
		return 0, err
	}
	return n, endOf(n, len(p), nil)
}

// open opens the file for as long as it is used.
func (r *reader) open() (*client.File, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.file != nil {
		return r.file, nil
	}
	file, attr, err := r.fs.process.Open(context.Background(), wire.CWD, r.fs.path(r.name), wire.OpenRead, 0)
	if err != nil {
		return nil, err
	}
	if err := r.check(&attr); err != nil {
		_ = file.Close(context.Background())
		return nil, err
	}
	r.file = file
	return file, nil
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
