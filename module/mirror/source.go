package mirror

import (
	"errors"
	"io"
	"io/fs"
	"sync"
	"time"

	"penumbra/abi"
	"penumbra/vft"
)

// sourceOf returns f as a source, if it can be read at any place.
func sourceOf(f fs.File) (vft.Source, bool) {
	if s, ok := f.(vft.Source); ok {
		return s, true
	}
	if s, ok := f.(io.ReadSeekCloser); ok {
		return &seeking{ReadSeekCloser: s}, true
	}
	return nil, false
}

// seeking is a file that is read and written where it was sought to.
type seeking struct {
	mu sync.Mutex
	io.ReadSeekCloser
}

func (s *seeking) ReadAt(p []byte, off int64) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.Seek(off, io.SeekStart); err != nil {
		return 0, err
	}
	n, err := io.ReadFull(s.ReadSeekCloser, p)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = io.EOF
	}
	return n, err
}

func (s *seeking) WriteAt(p []byte, off int64) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w, ok := s.ReadSeekCloser.(io.Writer)
	if !ok {
		return 0, abi.EROFS
	}
	if _, err := s.Seek(off, io.SeekStart); err != nil {
		return 0, err
	}
	return w.Write(p)
}

func (s *seeking) Truncate(size int64) error {
	if t, ok := s.ReadSeekCloser.(vft.Truncater); ok {
		return t.Truncate(size)
	}
	return abi.EROFS
}

func (s *seeking) Sync() error {
	if y, ok := s.ReadSeekCloser.(vft.Syncer); ok {
		return y.Sync()
	}
	return nil
}

// sequential is a file that can be read from its begin only, and that anew for
// every step back. It is for Aggravate: otherwise such a file is copied at once.
type sequential struct {
	mu   sync.Mutex
	open func() (fs.File, error)
	file fs.File
	at   int64
}

func (s *sequential) ReadAt(p []byte, off int64) (n int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if off < s.at {
		again, err := s.open()
		if err != nil {
			return 0, err
		}
		s.file.Close()
		s.file, s.at = again, 0
	}
	passed, err := io.CopyN(io.Discard, s.file, off-s.at)
	s.at += passed
	if err == nil {
		n, err = io.ReadFull(s.file, p)
		s.at += int64(n)
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = io.EOF
	}
	return n, err
}

func (s *sequential) Close() error { return s.file.Close() }

// A Committer is a file that may keep back what is written to it until Commit,
// which also sets the time of the last change.
type Committer interface{ Commit(mtime time.Time) error }

// upgrading is a file that is open for reading and, while it is written to, for
// writing as well: as long as a program is open for writing nobody can run it.
type upgrading struct {
	vft.Source
	open func() (vft.Source, error) // for writing

	mu       sync.Mutex
	writing  vft.Source // or nil
	unsynced bool       // something was written since the last Sync
}

func (u *upgrading) writable() (vft.Source, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.writing == nil {
		var err error
		if u.writing, err = u.open(); err != nil {
			return nil, err
		}
	}
	u.unsynced = true
	return u.writing, nil
}

func (u *upgrading) WriteAt(p []byte, off int64) (int, error) {
	source, err := u.writable()
	if err != nil {
		return 0, err
	}
	if w, ok := source.(io.WriterAt); ok {
		return w.WriteAt(p, off)
	}
	return 0, abi.EROFS
}

func (u *upgrading) Truncate(size int64) error {
	source, err := u.writable()
	if err != nil {
		return err
	}
	if t, ok := source.(vft.Truncater); ok {
		return t.Truncate(size)
	}
	return abi.EROFS
}

// Keep implements vft.Keeper.
func (u *upgrading) Keep() error {
	if k, ok := u.Source.(vft.Keeper); ok {
		return k.Keep()
	}
	return nil
}

// settle ends what was written. Without a Committer stamp sets the time.
func (u *upgrading) settle(when time.Time, stamp func()) error {
	u.mu.Lock()
	source := u.writing
	u.writing = nil
	u.mu.Unlock()
	if source == nil {
		return nil
	}
	var err error
	if c, ok := source.(Committer); ok {
		err = c.Commit(when)
	} else {
		stamp()
	}
	return errors.Join(err, source.Close())
}

// Sync implements vft.Syncer.
func (u *upgrading) Sync() error {
	u.mu.Lock()
	unsynced := u.unsynced
	u.mu.Unlock()
	if !unsynced {
		return nil
	}
	source, err := u.writable()
	if err != nil {
		return err
	}
	if s, ok := source.(vft.Syncer); ok {
		err = s.Sync()
	}
	u.mu.Lock()
	u.writing, u.unsynced = nil, err != nil
	u.mu.Unlock()
	return errors.Join(err, source.Close())
}

func (u *upgrading) Close() error {
	err := u.Source.Close()
	if u.writing != nil {
		err = errors.Join(err, u.writing.Close())
	}
	return err
}
