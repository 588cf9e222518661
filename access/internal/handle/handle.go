// Package handle keeps what every open file knows about itself: its name, what it
// was opened for, and whether it is still open.
package handle

import (
	"io"
	"os"
	"sync/atomic"

	"penumbra/abi"
	"penumbra/access"
)

// A Handle is one opening of a file.
type Handle struct {
	Name   string
	Flag   int // of package os
	closed atomic.Bool
}

// Failed returns the error of doing op to the file; see access.Failed.
func (h *Handle) Failed(op string, err error) error { return access.Failed(op, h.Name, err) }

// MayRead returns the error of reading at off that is not the file's fault.
func (h *Handle) MayRead(off int64) error { return h.may("read", access.Reads(h.Flag), off) }

// MayWrite does so for writing.
func (h *Handle) MayWrite(off int64) error { return h.may("write", access.Writes(h.Flag), off) }

// MayTruncate does so for setting the size. A file that cannot be written to is
// EINVAL then; ftruncate(2).
func (h *Handle) MayTruncate(size int64) error {
	if !h.closed.Load() && !access.Writes(h.Flag) {
		return h.Failed("truncate", abi.EINVAL)
	}
	return h.may("truncate", true, size)
}

// Open returns an error if the file is not open any more.
func (h *Handle) Open(op string) error { return h.may(op, true, 0) }

func (h *Handle) may(op string, opened bool, off int64) error {
	switch {
	case h.closed.Load() || !opened:
		return h.Failed(op, abi.EBADF)
	case off < 0:
		return h.Failed(op, abi.EINVAL)
	}
	return nil
}

// Shut notes that the file is open no more. It is EBADF if it was not before.
func (h *Handle) Shut() error {
	if h.closed.Swap(true) {
		return h.Failed("close", abi.EBADF)
	}
	return nil
}

// Appends reports whether each write goes behind the end.
func (h *Handle) Appends() bool { return h.Flag&os.O_APPEND != 0 }

// Full reads p by read, which may return less than it is asked for although there
// is more: only when nothing comes has the file ended.
func Full(p []byte, off int64, read func(p []byte, off int64) (int, error)) (done int, err error) {
	for done < len(p) && err == nil {
		var n int
		n, err = read(p[done:], off+int64(done))
		if done += n; n == 0 && err == nil {
			return done, io.EOF
		}
	}
	if done == len(p) && err == io.EOF {
		err = nil
	}
	return done, err
}
