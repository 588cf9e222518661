// Package access says how a file is reached: the methods by which it can be, and
// how they are put together.
//
// A method is an [Opener]. Some end at a file: on this machine (package local), at
// the shadow (remote), at a file server (ioserver), or at what is no file but a
// stream (special). The others decorate an Opener: they keep its files whole in a
// cache (fetch), read ahead and write behind (buffer), show what is compressed
// (compress), or write behind the end only (append). A [Chain] is how users write
// them down; package assemble makes an Opener of one.
//
// All but special pass the suite of package accesstest.
package access

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
	"time"

	"penumbra/abi"
)

// A File is an open file, whatever its method. Its methods may be called by
// several goroutines at once, but for Close, after which all fail with EBADF.
//
// Errors that the guest is to see are, or wrap, an abi.Errno; see [Errno].
type File interface {
	// ReadAt reads fewer bytes than p has, with io.EOF, at the end of the file
	// only.
	io.ReaderAt
	// WriteAt may write behind the end; what lies between is zeros. A file that
	// was opened with os.O_APPEND, or by the method append, has it write behind
	// the end whatever the offset.
	io.WriterAt
	// Size returns the length in bytes.
	Size() (int64, error)
	// Truncate sets the length in bytes. Bytes that it gains are zeros.
	Truncate(size int64) error
	// Sync returns when what was written is where it lasts. It reports the errors
	// of writes that had seemed to succeed.
	Sync() error
	// Close does so, too, and gives the file up even if it fails.
	Close() error
}

// An Opener opens files by one method. flag are those of package os; O_CREATE,
// O_EXCL, O_TRUNC and O_APPEND count. ctx bounds the opening, not the file.
type Opener interface {
	Open(ctx context.Context, name string, flag int, perm fs.FileMode) (File, error)
}

// An OpenFunc is an Opener.
type OpenFunc func(ctx context.Context, name string, flag int, perm fs.FileMode) (File, error)

// Open implements Opener.
func (f OpenFunc) Open(ctx context.Context, name string, flag int, perm fs.FileMode) (File, error) {
	return f(ctx, name, flag, perm)
}

// A File may offer more.
type (
	// Whole is a File all of whose content a file of this machine has, so that a
	// guest can be given that: it is f's and ends with f, unless it is opened
	// anew. Nil if this one has none.
	Whole interface{ Whole() *os.File }
	// Stream is a File that is none: it has no offsets, and is read and written by
	// this descriptor, which is f's. ReadAt and WriteAt are ESPIPE.
	Stream interface{ Stream() *os.File }
	// Appender writes p behind the end in one piece beside whoever else appends,
	// and returns where the file then ends.
	Appender interface {
		Append(p []byte) (end int64, err error)
	}
	// Identifier tells a file from others, by whatever name it was opened. It is
	// "" if that is not known.
	Identifier interface{ Identity() string }
)

// An Opener may offer more.
type (
	// Stamper returns a text that is another one when the content of a file is, or
	// "" if that cannot be told.
	Stamper interface {
		Stamp(ctx context.Context, name string) (string, error)
	}
	// Replacer gives a file the content that write writes, at once: whoever
	// opens it sees all of that or the old one, also after a crash. The
	// permissions stay as they are; perm is for a new file. Other names of the
	// file (link(2)) keep the old content.
	Replacer interface {
		Replace(ctx context.Context, name string, perm fs.FileMode, write func(File) error) error
	}
)

// SizeAtOpen returns the length that f had when it was opened, if that is known
// without asking, or else what it has.
func SizeAtOpen(f File) (int64, error) {
	if s, ok := f.(interface{ SizeAtOpen() int64 }); ok {
		return s.SizeAtOpen(), nil
	}
	return f.Size()
}

// ErrUnsupported is the error of what a method cannot do.
var ErrUnsupported = errors.ErrUnsupported

// Stamp returns the stamp that o has for a file, or "" if it has none.
func Stamp(ctx context.Context, o Opener, name string) (string, error) {
	if s, ok := o.(Stamper); ok {
		return s.Stamp(ctx, name)
	}
	return "", nil
}

// CannotReplace is for an Opener that could not make a file beside the one that it
// is to replace. If that is for want of permission, the error is ErrUnsupported: the
// file itself may be writable all the same.
func CannotReplace(err error) error {
	if errors.Is(err, fs.ErrPermission) {
		return errors.Join(ErrUnsupported, err)
	}
	return err
}

// Replace replaces a file's content by way of o. Where that cannot do so at once
// the file is overwritten.
func Replace(ctx context.Context, o Opener, name string, perm fs.FileMode, write func(File) error) error {
	if r, ok := o.(Replacer); ok {
		if err := r.Replace(ctx, name, perm, write); !errors.Is(err, ErrUnsupported) {
			return err
		}
	}
	f, err := o.Open(ctx, name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, perm)
	if err != nil {
		return err
	}
	err = write(f)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// settled is how long ago a file has to be changed for its times to tell it from
// what it is next. Clocks tick slowly, some file systems' by two seconds (FAT).
const settled = 2 * time.Second

// StampOf makes a stamp from a file's identity, size, and times of last change: ""
// if that was a moment ago.
func StampOf(identity string, size int64, mtime, ctime time.Time) string {
	if age := time.Since(ctime); age > -settled && age < settled {
		return ""
	}
	return fmt.Sprintf("%s:%d:%d:%d", identity, size, mtime.UnixNano(), ctime.UnixNano())
}

// Identity returns the identity of f, or "".
func Identity(f File) string {
	if i, ok := f.(Identifier); ok {
		return i.Identity()
	}
	return ""
}

// Writes reports whether a file opened with these flags may be written to.
func Writes(flag int) bool { return flag&(os.O_WRONLY|os.O_RDWR) != 0 }

// Reads reports whether a file opened with these flags may be read.
func Reads(flag int) bool { return flag&os.O_WRONLY == 0 }

// Errno returns what the guest sees of an error: 0 for nil, EIO for one that has
// no number.
func Errno(err error) abi.Errno {
	var guest abi.Errno
	var host syscall.Errno
	switch {
	case err == nil:
		return 0
	case errors.As(err, &guest):
		return guest
	case errors.As(err, &host):
		return abi.Errno(host)
	case errors.Is(err, fs.ErrNotExist):
		return abi.ENOENT
	case errors.Is(err, fs.ErrPermission):
		return abi.EACCES
	case errors.Is(err, fs.ErrExist):
		return abi.EEXIST
	case errors.Is(err, fs.ErrInvalid):
		return abi.EINVAL
	case errors.Is(err, fs.ErrClosed):
		return abi.EBADF
	case errors.Is(err, ErrUnsupported):
		return abi.EOPNOTSUPP
	}
	return abi.EIO
}

// Failed returns the error of doing op to the file of that name, with a number
// for the guest. It is nil if err is, and io.EOF stays what it is.
func Failed(op, name string, err error) error {
	var told *fs.PathError
	switch {
	case err == nil || err == io.EOF:
		return err
	case errors.As(err, &told) && told.Op == op && told.Path == name:
		err = told.Err
	}
	var guest abi.Errno
	if !errors.As(err, &guest) {
		// The text of a number is the same in both; of others, keep the reason.
		if number := Errno(err); isNumber(err) {
			err = number
		} else {
			err = &numbered{err, number}
		}
	}
	return &fs.PathError{Op: op, Path: name, Err: err}
}

func isNumber(err error) bool {
	_, ok := err.(syscall.Errno)
	return ok
}

// numbered is an error that has got a number.
type numbered struct {
	error
	number abi.Errno
}

func (n *numbered) Unwrap() []error { return []error{n.error, n.number} }
