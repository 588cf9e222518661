// Package mirror shows any fs.FS. It keeps a copy in a private directory: the
// names of a directory when that is first looked at, and the content of a file
// when that is first opened. What was copied once is not copied again.
package mirror

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/module"
	"penumbra/module/scratch"
)

// Options say how an fs.FS is shown.
type Options struct {
	// Kind and Source are as in module.Traits.
	Kind, Source string
	// Limit bounds the bytes that are copied in all; more is ENOSPC. Zero
	// means no limit.
	Limit int64
	// Close, if not nil, is called when the tree is closed.
	Close func() error
}

// An Owner is the fs.FileInfo of a file that belongs to somebody.
type Owner interface{ Owner() (uid, gid int) }

// A Linked is the fs.FileInfo of a file that may have several names: Inode is
// the same for all of them.
type Linked interface{ Inode() any }

type tree struct {
	fsys    fs.FS
	options Options
	dir     *scratch.Dir

	done sync.Map // what need not be filled again, by request

	mu     sync.Mutex
	listed map[string]bool
	filled map[string]bool
	names  map[any]string // a first name by Inode
	copied int64
}

// New returns a read-only tree that shows fsys.
func New(fsys fs.FS, o Options) (module.Tree, error) {
	root, err := fs.Stat(fsys, ".")
	if err == nil && !root.IsDir() {
		err = errors.New("its root is no directory")
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", o.Kind, err)
	}
	dir, err := scratch.New()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", o.Kind, err)
	}
	t := &tree{fsys: fsys, options: o, dir: dir,
		listed: map[string]bool{}, filled: map[string]bool{}, names: map[any]string{}}
	if err := t.dress(".", root); err != nil {
		_ = dir.Close()
		return nil, fmt.Errorf("%s: %w", o.Kind, err)
	}
	return t, nil
}

func (t *tree) Root() string { return t.dir.Path() }

func (t *tree) Traits() module.Traits {
	return module.Traits{Kind: t.options.Kind, Source: t.options.Source, Private: true, ReadOnly: true}
}

func (t *tree) Close() error {
	err := t.dir.Close()
	if t.options.Close != nil {
		err = errors.Join(err, t.options.Close())
	}
	return err
}

// host returns where the copy of a name is.
func (t *tree) host(name string) string { return filepath.Join(t.dir.Path(), name) }

// request is what Fill was asked for.
type request struct {
	rel     string
	content bool
}

// Fill implements module.Filler. The file system is not asked on the caller's
// thread, which may have a working directory of its own: os.DirFS of a relative
// path means that of the process.
func (t *tree) Fill(rel string, content bool) error {
	if _, done := t.done.Load(request{rel, content}); done {
		return nil
	}
	result := make(chan error, 1)
	go func() { result <- t.fill(rel, content) }()
	return <-result
}

func (t *tree) fill(rel string, content bool) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	exists, err := t.fillTo(rel, content)
	if err == nil && exists {
		t.done.Store(request{rel, content}, nil)
	}
	return err
}

// fillTo fills what is on the way to rel, and reports whether that exists.
func (t *tree) fillTo(rel string, content bool) (exists bool, err error) {
	name := "."
	if err := t.list(name); err != nil {
		return false, err
	}
	for rest := rel; rest != ""; {
		var next string
		next, rest, _ = strings.Cut(rest, "/")
		name = path.Join(name, next)
		info, err := os.Lstat(t.host(name))
		switch {
		case err != nil:
			return false, nil // the kernel will say so
		case info.IsDir():
			if err := t.list(name); err != nil {
				return false, err
			}
		case rest != "":
			return false, nil
		case info.Mode().IsRegular() && content:
			return true, t.copy(name)
		}
	}
	return true, nil
}

// list makes what a directory holds.
func (t *tree) list(name string) error {
	if t.listed[name] {
		return nil
	}
	entries, err := fs.ReadDir(t.fsys, name)
	if err != nil {
		return fmt.Errorf("read directory %q: %w", name, err)
	}
	before, err := os.Stat(t.host(name))
	if err != nil {
		return err
	}
	if err := os.Chmod(t.host(name), 0o700); err != nil {
		return err
	}
	for _, e := range entries {
		// One that cannot be made is left out: the others are no worse for it.
		if info, err := e.Info(); err == nil && fs.ValidPath(e.Name()) && !strings.Contains(e.Name(), "/") {
			_ = t.make(path.Join(name, e.Name()), info)
		}
	}
	t.listed[name] = true
	if err := os.Chmod(t.host(name), before.Mode()); err != nil {
		return err
	}
	return os.Chtimes(t.host(name), before.ModTime(), before.ModTime())
}

// make makes the copy of a name, a file's with its size but without content.
func (t *tree) make(name string, info fs.FileInfo) error {
	if l, ok := info.(Linked); ok && !info.IsDir() {
		if first, ok := t.names[l.Inode()]; ok {
			return os.Link(t.host(first), t.host(name))
		}
		t.names[l.Inode()] = name
	}
	var err error
	switch {
	case info.IsDir():
		err = os.Mkdir(t.host(name), 0o700)
	case info.Mode()&fs.ModeSymlink != 0:
		var text string
		if text, err = fs.ReadLink(t.fsys, name); err == nil {
			err = os.Symlink(text, t.host(name))
		}
	case info.Mode().IsRegular():
		if err = os.WriteFile(t.host(name), nil, 0o600); err == nil {
			// A size that the host cannot have is one that cannot be read.
			_ = os.Truncate(t.host(name), info.Size())
		}
	default:
		return nil // devices and the like are the host's alone
	}
	if err != nil {
		return err
	}
	return t.dress(name, info)
}

// dress gives a copy the owner, permissions and time of its original. Set-id
// bits are left out: who made the archive has no say in what root may do.
func (t *tree) dress(name string, info fs.FileInfo) error {
	if o, ok := info.(Owner); ok && os.Geteuid() == 0 {
		uid, gid := o.Owner()
		if err := os.Lchown(t.host(name), uid, gid); err != nil {
			return err
		}
	}
	when := unix.NsecToTimespec(max(info.ModTime().UnixNano(), 0))
	if info.ModTime().Before(time.Unix(0, 0)) {
		when = unix.Timespec{}
	}
	if info.Mode()&fs.ModeSymlink == 0 {
		if err := os.Chmod(t.host(name), info.Mode()&(fs.ModePerm|fs.ModeSticky)); err != nil {
			return err
		}
	}
	return unix.UtimesNanoAt(unix.AT_FDCWD, t.host(name), []unix.Timespec{when, when}, unix.AT_SYMLINK_NOFOLLOW)
}

// copy gives the copy of a file its content.
func (t *tree) copy(name string) error {
	info, err := os.Stat(t.host(name))
	if err != nil {
		return err
	}
	st, _ := info.Sys().(*syscall.Stat_t)
	id := fmt.Sprint(st.Dev, " ", st.Ino)
	if t.filled[id] {
		return nil
	}
	from, err := t.fsys.Open(name)
	if err != nil {
		return fmt.Errorf("open %q: %w", name, err)
	}
	defer from.Close()
	if err := os.Chmod(t.host(name), 0o600); err != nil {
		return err
	}
	err = t.pour(t.host(name), from)
	if e := os.Chmod(t.host(name), info.Mode()); err == nil {
		err = e
	}
	if e := os.Chtimes(t.host(name), info.ModTime(), info.ModTime()); err == nil {
		err = e
	}
	if err != nil {
		return fmt.Errorf("copy %q: %w", name, err)
	}
	t.filled[id] = true
	return nil
}

func (t *tree) pour(name string, from io.Reader) error {
	to, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	before, err := to.Stat()
	if err != nil {
		return errors.Join(err, to.Close())
	}
	left := int64(1) << 62
	if t.options.Limit > 0 {
		left = t.options.Limit - t.copied
	}
	n, err := io.Copy(to, io.LimitReader(from, left))
	t.copied += n
	if err == nil && n == left {
		if extra, _ := from.Read(make([]byte, 1)); extra > 0 {
			err = abi.ENOSPC
		}
	}
	size := n
	if err != nil {
		size = before.Size()
	}
	if e := to.Truncate(size); err == nil {
		err = e
	}
	if e := to.Close(); err == nil {
		err = e
	}
	return err
}
