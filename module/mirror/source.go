package mirror

import (
	"errors"
	"io"
	"io/fs"
	"sync"

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
