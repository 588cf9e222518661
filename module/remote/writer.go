package remote

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"sync"
	"time"

	"penumbra/abi"
	"penumbra/shadow/client"
	"penumbra/shadow/wire"
)

// writer is a file that is written to. As much as a request holds is kept until
// Commit, so that a small file is one round trip; more goes at once.
type writer struct {
	fs   *FS
	name string

	mu   sync.Mutex
	kept client.Stored
	file *client.File // open at the shadow, or nil
	lost error        // of what was kept and could not be written
}

func (w *writer) Stat() (fs.FileInfo, error) { return w.fs.Stat(w.name) }

func (w *writer) Read([]byte) (int, error) { return 0, abi.EOPNOTSUPP }

// ReadAt implements io.ReaderAt.
func (w *writer) ReadAt(p []byte, off int64) (int, error) {
	file, err := w.open()
	if err != nil {
		return 0, err
	}
	n, err := file.ReadAt(context.Background(), p, off)
	return n, endOf(n, len(p), err)
}

// WriteAt implements io.WriterAt.
func (w *writer) WriteAt(p []byte, off int64) (int, error) {
	w.mu.Lock()
	if w.file == nil && w.kept.Fits(len(p)) {
		defer w.mu.Unlock()
		w.kept.Write(bytes.Clone(p), off)
		return len(p), nil
	}
	w.mu.Unlock()
	file, err := w.open()
	if err != nil {
		return 0, err
	}
	began := time.Now()
	n, err := file.WriteAt(context.Background(), p, off)
	w.fs.meter.moved(w.fs.path(w.name), true, n, began)
	if err == nil && n < len(p) {
		err = abi.ENOSPC
	}
	return n, err
}

// Truncate implements vft.Truncater.
func (w *writer) Truncate(size int64) error {
	w.mu.Lock()
	if w.file == nil && w.kept.Fits(0) {
		defer w.mu.Unlock()
		w.kept.Truncate(size)
		return nil
	}
	w.mu.Unlock()
	file, err := w.open()
	if err != nil {
		return err
	}
	return file.Truncate(context.Background(), size)
}

// open opens the file at the shadow, and writes what was kept.
func (w *writer) open() (*client.File, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.file != nil {
		return w.file, w.lost
	}
	ctx := context.Background()
	file, _, err := w.fs.process.Open(ctx, wire.CWD, w.fs.path(w.name), wire.OpenRead|wire.OpenWrite, 0)
	if errors.Is(err, abi.EACCES) {
		err = fs.ErrPermission
	}
	if err != nil {
		return nil, err
	}
	w.file, w.lost = file, w.kept.To(ctx, file)
	return w.file, w.lost
}

// Commit implements mirror.Committer.
func (w *writer) Commit(mtime time.Time) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.fs.ahead.forget(w.name)
	if w.file == nil {
		return w.fs.process.Store(context.Background(), wire.CWD, w.fs.path(w.name), &w.kept, wire.TimeOf(mtime))
	}
	return w.file.SetTimes(context.Background(), wire.Time{Nsec: wire.TimeOmit}, wire.TimeOf(mtime))
}

// Sync implements vft.Syncer.
func (w *writer) Sync() error {
	file, err := w.open()
	if err != nil {
		return err
	}
	return file.Sync(context.Background(), false)
}

// Close implements fs.File.
func (w *writer) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	file := w.file
	if w.file = nil; file == nil {
		return nil
	}
	return file.Close(context.Background())
}
