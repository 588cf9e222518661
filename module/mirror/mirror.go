// Package mirror shows any fs.FS. It keeps a copy in a private directory: the
// names of a directory when that is first looked at, and the content of a file
// when that is first opened. What was copied once is not copied again. Large
// files can be emulated (package vft), so that only what is read of them is copied.
//
// A [WriteFS] can be changed: names at once, and what is written to files when
// that is flushed.
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
	"sync/atomic"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/module"
	"penumbra/module/scratch"
	"penumbra/vft"
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
	// Failed, if not nil, is told what cannot be written back when no call is
	// there that could fail.
	Failed func(name string, err error)
	// EmulateFrom is the size in bytes from which files that can be read at any
	// place (io.ReaderAt or io.Seeker) are emulated. Zero means that none are,
	// but for those of a WriteFS, which all are.
	EmulateFrom int64
	// Anywhere says that the file system does not care what the working directory
	// of the thread is that calls it. That saves time.
	Anywhere bool
	// Aggravate, for tests, has all files emulated, in the mode of that name of
	// package vft.
	Aggravate bool
}

// An Owner is the fs.FileInfo of a file that belongs to somebody.
type Owner interface{ Owner() (uid, gid int) }

// A Linked is the fs.FileInfo of a file that may have several names: Inode is
// the same for all of them.
type Linked interface{ Inode() any }

// A Tree is a module.Tree that shows an fs.FS.
type Tree struct {
	fsys    fs.FS
	writer  WriteFS // fsys, or nil
	options Options
	dir     *scratch.Dir
	files   *vft.Table // or nil
	copied  atomic.Int64

	done sync.Map // what need not be filled again, by request

	// The file system is not asked for names while mu is held.
	mu       sync.Mutex
	era      uint64          // counts what takes from done
	listed   map[string]bool // directories that are shown as they are
	shown    map[string]bool // those, and those that were once
	listings map[string]*listing
	filled   map[id]bool
	first    map[any]string // a first name by Inode
	inodes   map[string]any // Inode by name, as far as it is known

	noDevices bool         // cannot be made
	owners    map[id]owner // by copy, nil unless they are kept

	naming sync.RWMutex // taken after mu
	nodes  map[string]*node
}

// New returns a tree that shows fsys, read-only unless that is a WriteFS.
func New(fsys fs.FS, o Options) (*Tree, error) {
	root, err := fs.Stat(fsys, ".")
	if err == nil && !root.IsDir() {
		err = errors.New("its root is no directory")
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", o.Kind, err)
	}
	t := &Tree{fsys: fsys, options: o,
		listed: map[string]bool{}, shown: map[string]bool{}, listings: map[string]*listing{},
		filled: map[id]bool{}, first: map[any]string{}, inodes: map[string]any{}, nodes: map[string]*node{}}
	t.writer, _ = fsys.(WriteFS)
	place, large := scratch.New, o.EmulateFrom > 0 && hasLarge(fsys, o.EmulateFrom)
	if large {
		place = scratch.NewLarge
	}
	if t.dir, err = place(); err != nil {
		return nil, fmt.Errorf("%s: %w", o.Kind, err)
	}
	if t.writer != nil || o.Aggravate || large {
		t.files = vft.NewTable(o.Aggravate)
		t.files.Bound(roomFor(t.dir.Path()))
	}
	if err := t.dress(".", root); err != nil {
		_ = t.dir.Close()
		return nil, fmt.Errorf("%s: %w", o.Kind, err)
	}
	return t, nil
}

func (t *Tree) Root() string { return t.dir.Path() }

func (t *Tree) Traits() module.Traits {
	return module.Traits{Kind: t.options.Kind, Source: t.options.Source, Private: true, ReadOnly: t.writer == nil}
}

func (t *Tree) Close() error {
	t.closeFiles()
	err := t.dir.Close()
	if t.options.Close != nil {
		err = errors.Join(err, t.options.Close())
	}
	return err
}

// host returns where the copy of a name is.
func (t *Tree) host(name string) string { return filepath.Join(t.dir.Path(), name) }

// request is what Fill was asked for.
type request struct {
	rel     string
	content bool
}

// Fill implements module.Filler.
func (t *Tree) Fill(rel string, content bool) error {
	if _, done := t.done.Load(request{rel, content}); done {
		return nil
	}
	return t.elsewhere(func() error { return t.fill(rel, content) })
}

// elsewhere calls f, which asks the file system, on a thread whose working directory
// is the process's, unless that is of no importance. The caller's may have another:
// os.DirFS of a relative path means that of the process.
func (t *Tree) elsewhere(f func() error) error {
	if t.options.Anywhere {
		return f()
	}
	result := make(chan error, 1)
	go func() { result <- f() }()
	return <-result
}

func (t *Tree) fill(rel string, content bool) error {
	t.mu.Lock()
	era := t.era
	t.mu.Unlock()
	exists, err := t.fillTo(rel, content)
	t.mu.Lock()
	defer t.mu.Unlock()
	if err == nil && exists && t.era == era {
		t.done.Store(request{rel, content}, nil)
		if dir := parent(rel); dir != "" {
			t.done.Store(request{dir, true}, nil)
		}
	}
	return err
}

// parent returns the directory that rel is in, "" being the root.
func parent(rel string) string { return rel[:max(0, strings.LastIndexByte(rel, '/'))] }

// refill has it looked again what has to be filled. t.mu is held.
func (t *Tree) refill() {
	t.era++
	t.done.Clear()
}

// fillTo fills what is on the way to rel, and reports whether that exists.
func (t *Tree) fillTo(rel string, content bool) (exists bool, err error) {
	if rel == "" && !content {
		return true, nil
	}
	name, rest := ".", rel
	if dir := parent(rel); dir != "" {
		if _, done := t.done.Load(request{dir, true}); done {
			name, rest = dir, rel[len(dir)+1:]
		}
	}
	if err := t.list(name); err != nil {
		return false, err
	}
	for rest != "" {
		var next string
		next, rest, _ = strings.Cut(rest, "/")
		name = path.Join(name, next)
		info, err := os.Lstat(t.host(name))
		switch {
		case err != nil:
			return false, nil // the kernel will say so
		case info.IsDir() && (rest != "" || content):
			if err := t.list(name); err != nil {
				return false, err
			}
		case info.IsDir():
			return true, nil
		case rest != "":
			return false, nil
		case info.Mode().IsRegular() && content:
			return true, t.copy(name)
		}
	}
	return true, nil
}

// copy gives the copy of a file its content.
func (t *Tree) copy(name string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	info, err := os.Stat(t.host(name))
	if err != nil {
		return err
	}
	var st unix.Stat_t
	if err := unix.Stat(t.host(name), &st); err != nil {
		return err
	}
	if t.filled[idOf(&st)] {
		return nil
	}
	from, err := t.fsys.Open(name)
	if err != nil {
		return fmt.Errorf("open %q: %w", name, err)
	}
	defer from.Close()
	if t.emulates(from, info.Size()) {
		return t.emulate(name, from, info.Size())
	}
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
	t.filled[idOf(&st)] = true
	return nil
}

func (t *Tree) pour(name string, from io.Reader) error {
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
		left = t.options.Limit - t.copied.Load()
	}
	n, err := io.Copy(to, io.LimitReader(from, left))
	t.copied.Add(n)
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
