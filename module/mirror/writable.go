package mirror

import (
	"errors"
	"io/fs"
	"os"
	"time"
)

// A WriteFS is an fs.FS that can be changed. Its methods are those of [os.Root]
// (see [Root]), with names as fs.FS has them, and errors that are, or wrap, what
// the guest is to see: a syscall.Errno, or one of the errors of io/fs. Any that
// wraps neither is EIO. They may be called by several goroutines at once.
//
// A file that OpenFile opened has to be an io.ReaderAt or an io.Seeker; to be
// written to it has to be an io.WriterAt, or an io.Writer and an io.Seeker, and
// to have a method Truncate(size int64) error. Sync() error is called by fsync.
type WriteFS interface {
	fs.FS
	// OpenFile opens a file with the flags of package os: O_RDONLY, O_WRONLY or
	// O_RDWR, and O_CREATE with O_EXCL.
	OpenFile(name string, flag int, perm fs.FileMode) (fs.File, error)
	Mkdir(name string, perm fs.FileMode) error
	// Remove removes a file or an empty directory.
	Remove(name string) error
	// Rename gives a file or directory another name, in the place of what has it.
	Rename(oldname, newname string) error
}

// A WriteFS may offer more. What it does not offer fails with EPERM.
type (
	// SymlinkFS can make symbolic links; to be seen they need fs.ReadLinkFS.
	SymlinkFS interface {
		Symlink(oldname, newname string) error
	}
	// NodeFS can make pipes and names of sockets.
	NodeFS interface {
		Mknod(name string, mode fs.FileMode) error
	}
	// LinkFS can give a file further names.
	LinkFS interface {
		Link(oldname, newname string) error
	}
	// ChmodFS keeps permissions.
	ChmodFS interface {
		Chmod(name string, mode fs.FileMode) error
	}
	// WritableFS tells whether a file may be written to, at less expense than by
	// opening it.
	WritableFS interface {
		Writable(name string) error
	}
	// ChownFS keeps owners; -1 leaves one as it is. Links are not followed.
	ChownFS interface {
		Lchown(name string, uid, gid int) error
	}
	// ChtimesFS keeps times; a zero one stays as it is.
	ChtimesFS interface {
		Chtimes(name string, atime, mtime time.Time) error
	}
)

// Root returns the directory r as a file system that can be changed in all
// ways. No path and no link leads out of it.
func Root(r *os.Root) WriteFS {
	return root{r.FS(), r}
}

type root struct {
	fs.FS
	*os.Root
}

func (r root) OpenFile(name string, flag int, perm fs.FileMode) (fs.File, error) {
	f, err := r.Root.OpenFile(name, flag, perm)
	if err != nil {
		return nil, err // not a nil *os.File in an interface
	}
	return f, nil
}

// Rename implements WriteFS: unlike package os it puts a directory in the place of
// an empty one.
func (r root) Rename(oldname, newname string) error {
	err := r.Root.Rename(oldname, newname)
	if !errors.Is(err, fs.ErrExist) {
		return err
	}
	if err := r.Root.Remove(newname); err != nil {
		return err
	}
	return r.Root.Rename(oldname, newname)
}

// Open implements fs.FS, also for names that are no UTF-8.
func (r root) Open(name string) (fs.File, error) { return r.OpenFile(name, os.O_RDONLY, 0) }

func (r root) ReadDir(name string) ([]fs.DirEntry, error) {
	f, err := r.Root.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return f.ReadDir(-1)
}

func (r root) Stat(name string) (fs.FileInfo, error) { return r.Root.Stat(name) }

func (r root) ReadLink(name string) (string, error) { return r.Root.Readlink(name) }
