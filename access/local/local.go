// Package local reaches files of this machine.
package local

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/access"
	"penumbra/access/internal/handle"
	"penumbra/access/special"
)

// Opener opens files by their path here.
type Opener struct{}

var (
	_ access.Stamper  = Opener{}
	_ access.Replacer = Opener{}
)

// Open implements access.Opener. Its files are access.Whole and access.Appender;
// pipes, terminals and devices are those of package special.
func (Opener) Open(ctx context.Context, name string, flag int, perm fs.FileMode) (access.File, error) {
	if info, err := os.Stat(name); err == nil && info.Mode()&(fs.ModeNamedPipe|fs.ModeDevice) != 0 {
		return special.Opener{}.Open(ctx, name, flag, perm)
	}
	f, err := os.OpenFile(name, flag, perm)
	if err != nil {
		return nil, access.Failed("open", name, err)
	}
	st, err := statx(int(f.Fd()), "", unix.AT_EMPTY_PATH)
	if err != nil {
		f.Close()
		return nil, access.Failed("open", name, err)
	}
	if st.Mode&unix.S_IFMT == unix.S_IFDIR {
		f.Close()
		return nil, access.Failed("open", name, abi.EISDIR)
	}
	return &file{Handle: handle.Handle{Name: name, Flag: flag}, host: f, identity: identity(&st)}, nil
}

// Stamp implements access.Stamper.
func (Opener) Stamp(_ context.Context, name string) (string, error) {
	st, err := statx(unix.AT_FDCWD, name, 0)
	if err != nil {
		return "", access.Failed("stat", name, err)
	}
	at := func(t unix.StatxTimestamp) time.Time { return time.Unix(t.Sec, int64(t.Nsec)) }
	return access.StampOf(identity(&st), int64(st.Size), at(st.Mtime), at(st.Ctime)), nil
}

func statx(dir int, name string, flags int) (st unix.Statx_t, err error) {
	err = unix.Statx(dir, name, flags, unix.STATX_BASIC_STATS|unix.STATX_BTIME, &st)
	return st, err
}

// identity tells files apart, also by when they were made: numbers of inodes come
// back.
func identity(st *unix.Statx_t) string {
	return fmt.Sprintf("%d:%d:%d:%d.%d", st.Dev_major, st.Dev_minor, st.Ino, st.Btime.Sec, st.Btime.Nsec)
}

// Replace implements access.Replacer.
func (o Opener) Replace(ctx context.Context, name string, perm fs.FileMode, write func(access.File) error) error {
	// The file that a link leads to is replaced, not the link.
	if real, err := filepath.EvalSymlinks(name); err == nil {
		name = real
	}
	host, err := os.CreateTemp(filepath.Dir(name), ".penumbra-*")
	if err != nil {
		return access.CannotReplace(access.Failed("replace", name, err))
	}
	temp := host.Name()
	host.Close()
	err = o.fill(ctx, temp, name, perm, write)
	if err == nil {
		err = access.Failed("replace", name, os.Rename(temp, name))
	}
	if err != nil {
		os.Remove(temp)
		return err
	}
	return access.Failed("replace", name, syncDir(filepath.Dir(name)))
}

// fill writes the new content of name, and gives it the permissions of the old.
func (o Opener) fill(ctx context.Context, temp, name string, perm fs.FileMode, write func(access.File) error) error {
	f, err := o.Open(ctx, temp, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	err = write(f)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	var st unix.Stat_t
	switch err := unix.Stat(name, &st); {
	case errors.Is(err, unix.ENOENT):
		return access.Failed("replace", name, os.Chmod(temp, perm))
	case err != nil:
		return access.Failed("replace", name, err)
	}
	// An owner that may not be given away stays: the file is still ours to write.
	_ = os.Lchown(temp, int(st.Uid), int(st.Gid))
	return access.Failed("replace", name, unix.Chmod(temp, st.Mode&0o7777))
}

// syncDir has a rename in a directory outlast a crash.
func syncDir(name string) error {
	d, err := os.Open(name)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.Sync(); err != nil && !errors.Is(err, unix.EINVAL) { // some file systems know no such thing
		return err
	}
	return nil
}

type file struct {
	handle.Handle
	host     *os.File
	identity string
	appender sync.Mutex
}

func (f *file) Identity() string { return f.identity }

func (f *file) Whole() *os.File { return f.host }

func (f *file) Size() (int64, error) {
	info, err := f.host.Stat()
	if err != nil {
		return 0, f.Failed("stat", err)
	}
	return info.Size(), nil
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
		if _, err := f.Append(p); err != nil {
			return 0, err
		}
		return len(p), nil
	}
	n, err := f.host.WriteAt(p, off)
	return n, f.Failed("write", err)
}

// Append implements access.Appender, for files opened with os.O_APPEND: the
// kernel knows where the end is.
func (f *file) Append(p []byte) (int64, error) {
	if err := f.MayWrite(0); err != nil {
		return 0, err
	}
	if !f.Appends() {
		return 0, f.Failed("append", access.ErrUnsupported)
	}
	f.appender.Lock()
	defer f.appender.Unlock()
	if _, err := f.host.Write(p); err != nil {
		return 0, f.Failed("write", err)
	}
	end, err := f.host.Seek(0, io.SeekCurrent)
	return end, f.Failed("append", err)
}

func (f *file) Truncate(size int64) error {
	if err := f.MayTruncate(size); err != nil {
		return err
	}
	return f.Failed("truncate", f.host.Truncate(size))
}

func (f *file) Sync() error { return f.Failed("sync", f.host.Sync()) }

func (f *file) Close() error {
	if err := f.Shut(); err != nil {
		return err
	}
	return f.Failed("close", f.host.Close())
}
