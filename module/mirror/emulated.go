package mirror

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/vft"
)

// node is an emulated file and its names.
type node struct {
	names []string
	file  *vft.File
	inode any // or nil, if it is not known
}

// An Expecter is an fs.File that may turn out to be another than its name had
// before: reading that fails then, with ESTALE.
type Expecter interface{ Expect(inode any) }

// A LockFS is an fs.FS with files that others use, too. Locker returns what locks a
// file against them, or nil if nothing does. If inode is not nil and the name is
// another file's by then, its locks fail with ESTALE.
type LockFS interface {
	Locker(name string, inode any) vft.Locker
}

// A Whole is an fs.File that may have all of its content at hand, which it gives
// once.
type Whole interface{ Whole() ([]byte, bool) }

// Files implements module.Emulator.
func (t *Tree) Files() *vft.Table { return t.files }

// emulates reports whether a file is to be emulated. Whatever is written to must
// be: otherwise nobody would hear of it.
func (t *Tree) emulates(from fs.File, size int64) bool {
	if t.files == nil {
		return false
	}
	_, ok := sourceOf(from)
	return t.options.Aggravate || ok && (t.writer != nil || size >= t.options.EmulateFrom)
}

// hasLarge reports whether there may be a file that is to be emulated. It looks at
// a bounded number of names, and takes all files for alike.
func hasLarge(fsys fs.FS, from int64) (found bool) {
	const most = 4096
	names, sample := 0, ""
	_ = fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		names++
		switch {
		case names > most:
			found = true
		case err == nil && d.Type().IsRegular():
			sample = name
			info, err := d.Info()
			found = err == nil && info.Size() >= from
		}
		if found {
			return fs.SkipAll
		}
		return nil
	})
	if !found || sample == "" {
		return found
	}
	f, err := fsys.Open(sample)
	if err != nil {
		return true
	}
	defer f.Close()
	_, found = sourceOf(f)
	return found
}

// emulate makes the copy of a file a placeholder.
func (t *Tree) emulate(name string, from fs.File, size int64) error {
	var st unix.Stat_t
	if err := unix.Lstat(t.host(name), &st); err != nil {
		return &fs.PathError{Op: "stat", Path: t.host(name), Err: err}
	}
	n := &node{names: t.namesOf(&st, name), inode: t.inodes[name]}
	options := vft.Options{
		Size:    size,
		Reserve: t.reserve,
		Open:    func() (*os.File, vft.Source, error) { return t.open(n) },
		Written: func(source vft.Source, when time.Time) error { return t.written(n, source, when) },
	}
	if _, ok := t.fsys.(LockFS); ok {
		options.Locker = func() (vft.Locker, error) { return t.locker(n) }
		options.Unlocked = func() { t.lookAgain(n) }
	}
	var err error
	n.file, err = t.files.Add(&st, options)
	if err != nil {
		return err
	}
	t.naming.Lock()
	for _, name := range n.names {
		t.nodes[name] = n
	}
	t.naming.Unlock()
	t.filled[idOf(&st)] = true
	if whole, ok := from.(Whole); ok {
		t.preset(name, n, whole)
	}
	return nil
}

// preset puts the content of a file in its place if that is at hand.
func (t *Tree) preset(name string, n *node, from Whole) {
	expect(from, n.inode)
	content, ok := from.Whole()
	if !ok {
		return
	}
	host, err := openHost(t.host(name), os.O_RDWR)
	if err != nil {
		return // who reads it is told
	}
	defer host.Close()
	_ = n.file.Preset(host, content) // likewise
}

// expect says which file is meant, if that is known.
func expect(f any, inode any) {
	if e, ok := f.(Expecter); ok && inode != nil {
		e.Expect(inode)
	}
}

// namesOf returns all names of a file of which one is given. In a tree that does
// not change one will do.
func (t *Tree) namesOf(st *unix.Stat_t, name string) []string {
	if st.Nlink == 1 || t.writer == nil {
		return []string{name}
	}
	var names []string
	_ = filepath.WalkDir(t.dir.Path(), func(at string, d fs.DirEntry, err error) error {
		var other unix.Stat_t
		if err == nil && d.Type().IsRegular() && unix.Lstat(at, &other) == nil && idOf(&other) == idOf(st) {
			rel, _ := filepath.Rel(t.dir.Path(), at)
			names = append(names, rel)
		}
		return nil
	})
	return names
}

// id tells the files of the tree apart.
type id struct{ dev, ino uint64 }

func idOf(st *unix.Stat_t) id { return id{st.Dev, st.Ino} }

// reserve counts what is copied.
func (t *Tree) reserve(n int64) error {
	if all := t.copied.Add(n); t.options.Limit > 0 && all > t.options.Limit {
		t.copied.Add(-n)
		return abi.ENOSPC
	}
	return nil
}

// open opens the copy of a file, and the file.
func (t *Tree) open(n *node) (host *os.File, source vft.Source, err error) {
	err = t.elsewhere(func() error {
		t.naming.RLock()
		defer t.naming.RUnlock()
		if len(n.names) == 0 {
			return fs.ErrNotExist
		}
		if host, err = openHost(t.host(n.names[0]), os.O_RDONLY); err != nil {
			return err
		}
		if source, err = t.openSource(n); err != nil {
			host.Close()
		}
		return err
	})
	return host, source, err
}

// locker returns what locks a file for all who use it here. One without a name has
// none: nobody else can reach it.
func (t *Tree) locker(n *node) (vft.Locker, error) {
	t.naming.RLock()
	defer t.naming.RUnlock()
	if len(n.names) == 0 {
		return nil, nil
	}
	return t.fsys.(LockFS).Locker(n.names[0], n.inode), nil
}

// lookAgain has the directories of a file read anew: what they told of it while it
// was locked was not believed.
func (t *Tree) lookAgain(n *node) {
	t.naming.RLock()
	names := slices.Clone(n.names)
	t.naming.RUnlock()
	for _, name := range names {
		t.Stale(path.Dir(name))
	}
}

// written ends a write-back: the file gets the time at which it was written.
func (t *Tree) written(n *node, source vft.Source, when time.Time) error {
	return t.elsewhere(func() error {
		return source.(*upgrading).settle(when, func() {
			w, ok := t.writer.(ChtimesFS)
			t.naming.RLock()
			defer t.naming.RUnlock()
			if ok && len(n.names) > 0 {
				_ = w.Chtimes(n.names[0], time.Time{}, when) // an error: it is a little younger
			}
		})
	})
}

// openSource opens a file for reading, and for writing when it is written to.
func (t *Tree) openSource(n *node) (vft.Source, error) {
	name := n.names[0]
	f, err := t.fsys.Open(name)
	if err != nil {
		return nil, fmt.Errorf("open %q: %w", name, err)
	}
	expect(f, n.inode)
	source, ok := sourceOf(f)
	if !ok {
		source = &sequential{file: f, open: func() (fs.File, error) { return t.fsys.Open(name) }}
	}
	return &upgrading{Source: source, open: func() (source vft.Source, err error) {
		err = t.elsewhere(func() error {
			t.naming.RLock()
			defer t.naming.RUnlock()
			source, err = t.openToWrite(n)
			return err
		})
		return source, err
	}}, nil
}

func (t *Tree) openToWrite(n *node) (vft.Source, error) {
	if t.writer == nil {
		return nil, abi.EROFS
	}
	if len(n.names) == 0 {
		return nil, fs.ErrNotExist
	}
	name := n.names[0]
	f, err := t.writer.OpenFile(name, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrPermission) {
		f, err = t.openDenied(name, err)
	}
	if err != nil {
		return nil, fmt.Errorf("open %q for writing: %w", name, err)
	}
	source, ok := sourceOf(f)
	if !ok {
		return nil, errors.Join(fmt.Errorf("open %q: it can be written from its begin only", name), abi.EROFS, f.Close())
	}
	return source, nil
}

// openDenied opens a file whose permissions deny it by now: the guest opened it
// when they did not, or made it with these.
func (t *Tree) openDenied(name string, denied error) (fs.File, error) {
	w, ok := t.writer.(ChmodFS)
	info, err := fs.Lstat(t.fsys, name)
	if !ok || err != nil || w.Chmod(name, info.Mode()|0o200) != nil {
		return nil, denied
	}
	f, err := t.writer.OpenFile(name, os.O_RDWR, 0)
	_ = w.Chmod(name, info.Mode())
	return f, err
}

// openHost opens a copy, whatever its permissions.
func openHost(name string, flag int) (*os.File, error) {
	f, err := os.OpenFile(name, flag, 0)
	if !errors.Is(err, fs.ErrPermission) {
		return f, err
	}
	info, err := os.Lstat(name)
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(name, 0o600); err != nil {
		return nil, err
	}
	f, err = os.OpenFile(name, flag, 0)
	return f, errors.Join(err, os.Chmod(name, info.Mode()))
}

// WriteBack implements module.Emulator.
func (t *Tree) WriteBack() { t.files.Flush(func(*vft.File, error) {}) }

// closeFiles writes back what is left, and closes all files.
func (t *Tree) closeFiles() {
	if t.files == nil {
		return
	}
	t.files.Flush(t.failed)
	t.files.Close()
}

// failed tells that a file could not be written back.
func (t *Tree) failed(f *vft.File, err error) {
	if t.options.Failed != nil {
		t.options.Failed(t.nameOf(f), err)
	}
}

// nameOf returns a name of f.
func (t *Tree) nameOf(f *vft.File) string {
	t.naming.RLock()
	defer t.naming.RUnlock()
	for name, n := range t.nodes {
		if n.file == f {
			return name
		}
	}
	return "a file without a name"
}

// mostKept is how many bytes of content that can be had again are kept at most.
const mostKept = 2 << 30

// roomFor returns how many of them may be kept where dir is: others need room, too.
func roomFor(dir string) int64 {
	var st unix.Statfs_t
	if unix.Statfs(dir, &st) != nil {
		return mostKept
	}
	return min(int64(st.Bavail)*st.Bsize/4, mostKept)
}
