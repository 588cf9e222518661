// Package spool keeps the content of a file in one of this machine that has no
// name, for methods by which it can be read or written whole only. What is
// changed there is stored at Sync and at Close.
//
// # Locks
//
// In the order in which they are taken: entry.mu, Spool.mu, Table.mu. A Spool is
// stored with its mu held.
package spool

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/access"
	"penumbra/access/internal/handle"
)

// A Spool is the content of a file. Several handles may share it.
type Spool struct {
	store func(content *io.SectionReader) error

	mu    sync.RWMutex // held for writing by what wants the content to stand still
	host  *os.File
	dirty atomic.Bool

	ids []string // what the file is known by; with Table.mu
}

// New returns an empty spool. store, if not nil, puts content where it lasts.
func New(store func(content *io.SectionReader) error) (*Spool, error) {
	host, err := Temporary()
	if err != nil {
		return nil, err
	}
	return &Spool{store: store, host: host}, nil
}

// Temporary returns a file without a name, in TMPDIR or where large files belong.
func Temporary() (*os.File, error) {
	dir := os.Getenv("TMPDIR")
	if dir == "" {
		dir = "/var/tmp"
	}
	if _, err := os.Stat(dir); err != nil {
		dir = os.TempDir()
	}
	fd, err := unix.Open(dir, unix.O_TMPFILE|unix.O_RDWR|unix.O_CLOEXEC, 0o600)
	if err == nil {
		return os.NewFile(uintptr(fd), filepath.Join(dir, "(a temporary file)")), nil
	}
	f, err := os.CreateTemp(dir, "penumbra-*") // not all file systems have O_TMPFILE
	if err != nil {
		return nil, err
	}
	return f, os.Remove(f.Name())
}

// Fill is for who makes the spool: it takes the content from r.
func (s *Spool) Fill(r io.Reader) error {
	_, err := io.Copy(s.host, r)
	return err
}

// Discard is for who makes the spool and finds that it is not needed.
func (s *Spool) Discard() { s.host.Close() }

// Dirty says that the content has to be stored although nobody has changed it.
func (s *Spool) Dirty() { s.dirty.Store(true) }

func (s *Spool) size() (int64, error) {
	info, err := s.host.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// save stores what was changed. What could not be stored stays changed.
func (s *Spool) save() error {
	if !s.dirty.Load() {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.dirty.Load() {
		return nil
	}
	size, err := s.size()
	if err != nil {
		return err
	}
	if err := s.store(io.NewSectionReader(s.host, 0, size)); err != nil {
		return err
	}
	s.dirty.Store(false)
	return nil
}

// knows reports whether the file is known by that identity.
func (s *Spool) knows(identity string) bool { return slices.Contains(s.ids, identity) }

// file is a handle.
type file struct {
	handle.Handle
	*Spool
	release func() error
}

func (f *file) Size() (int64, error) {
	if err := f.Open("stat"); err != nil {
		return 0, err
	}
	n, err := f.size()
	return n, f.Failed("stat", err)
}

// Whole implements access.Whole: the content stands still if nobody may write.
func (f *file) Whole() *os.File {
	if f.store != nil {
		return nil
	}
	return f.host
}

func (f *file) ReadAt(p []byte, off int64) (int, error) {
	if err := f.MayRead(off); err != nil {
		return 0, err
	}
	n, err := f.host.ReadAt(p, off)
	return n, f.Failed("read", err)
}

func (f *file) WriteAt(p []byte, off int64) (int, error) {
	if err := f.MayWrite(off); err != nil {
		return 0, err
	}
	if f.Appends() {
		_, err := f.Append(p)
		if err != nil {
			return 0, err
		}
		return len(p), nil
	}
	f.mu.RLock()
	defer f.mu.RUnlock()
	f.dirty.Store(true)
	n, err := f.host.WriteAt(p, off)
	return n, f.Failed("write", err)
}

// Append implements access.Appender, beside who has the same spool.
func (f *file) Append(p []byte) (int64, error) {
	if err := f.MayWrite(0); err != nil {
		return 0, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.dirty.Store(true)
	end, err := f.size()
	if err != nil {
		return 0, f.Failed("append", err)
	}
	n, err := f.host.WriteAt(p, end)
	return end + int64(n), f.Failed("append", err)
}

func (f *file) Truncate(size int64) error {
	if err := f.MayTruncate(size); err != nil {
		return err
	}
	f.mu.RLock()
	defer f.mu.RUnlock()
	f.dirty.Store(true)
	return f.Failed("truncate", f.host.Truncate(size))
}

func (f *file) Sync() error {
	if err := f.Open("sync"); err != nil {
		return err
	}
	return f.Failed("sync", f.save())
}

func (f *file) Close() error {
	if err := f.Shut(); err != nil {
		return err
	}
	err := f.save()
	return f.Failed("close", errors.Join(err, f.release()))
}

// Alone returns a handle on s that nobody shares.
func (s *Spool) Alone(name string, flag int) access.File {
	return &file{handle.Handle{Name: name, Flag: flag}, s, s.host.Close}
}

// errReadOnly is for opening what cannot be stored.
var errReadOnly error = abi.EROFS

// ReadOnly returns EROFS if flag asks for more than reading.
func ReadOnly(name string, flag int) error {
	if access.Writes(flag) || flag&(os.O_CREATE|os.O_TRUNC) != 0 {
		return access.Failed("open", name, errReadOnly)
	}
	return nil
}
