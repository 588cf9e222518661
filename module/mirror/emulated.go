package mirror

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/vft"
)

// node is an emulated file and its names.
type node struct {
	names []string // by the first it is opened
	file  *vft.File
	inode any // or nil, if it is not known
}

// prefer has the file opened by a name of which is known that it leads there: others
// may lead elsewhere by now, which the tree has yet to learn.
func (n *node) prefer(name string) {
	others := slices.DeleteFunc(n.names, func(other string) bool { return other == name })
	n.names = append([]string{name}, others...)
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
