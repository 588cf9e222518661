package mirror

import (
	"io/fs"
	"os"
	"path"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// A file system that others change, too, tells the tree of it: Changed and Stale.
// A change is not believed as it is told, for it may be older than one of our own:
// the directory is read anew when it is looked at next.

// Changed says that a name has the attributes info, or, if that is nil, is gone.
// Nothing happens if the tree shows it so.
func (t *Tree) Changed(name string, info fs.FileInfo) {
	t.mu.Lock()
	defer t.mu.Unlock()
	dir := path.Dir(name)
	if l := t.listings[dir]; l != nil {
		l.again = true // it may have been read before
	}
	if !t.shown[dir] || t.shows(name, info) {
		return
	}
	t.naming.RLock()
	n := t.nodes[name]
	t.naming.RUnlock()
	if n != nil && info != nil && !n.file.QuietSince(time.Now()) {
		return // it is ours that is newer, or will be
	}
	t.stale(dir)
}

// Stale says that anything in a directory may have changed.
func (t *Tree) Stale(dir string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.stale(dir)
}

// AllStale says so of all directories.
func (t *Tree) AllStale() {
	t.mu.Lock()
	defer t.mu.Unlock()
	clear(t.listed)
	for _, l := range t.listings {
		l.again = true
	}
	t.refill()
}

func (t *Tree) stale(dir string) {
	if l := t.listings[dir]; l != nil {
		l.again = true
	}
	delete(t.listed, dir)
	t.refill()
}

// touch notes that our side changes a name.
func (t *Tree) touch(name string) {
	if l := t.listings[path.Dir(name)]; l != nil {
		l.touched[path.Base(name)] = true
	}
}

// shows reports whether the tree shows a name with the attributes info.
func (t *Tree) shows(name string, info fs.FileInfo) bool {
	var st unix.Stat_t
	err := unix.Lstat(t.host(name), &st)
	switch {
	case info == nil:
		return err == unix.ENOENT
	case !t.isShown(info):
		return true
	case err != nil || !t.isSame(name, &st, info) || !t.isOwned(&st, info):
		return false
	}
	return info.IsDir() && isDressed(&st, info) || !t.differs(&st, info)
}

// isShown reports whether files of that kind are in the tree. Only root can make
// devices, and not always.
func (t *Tree) isShown(info fs.FileInfo) bool {
	_, numbered := info.(Device)
	return bitsOf(info.Mode()) != 0 && (info.Mode()&fs.ModeDevice == 0 || numbered && !t.noDevices)
}

// isSame reports whether a name leads to the same file as before, of which st tells.
func (t *Tree) isSame(name string, st *unix.Stat_t, info fs.FileInfo) bool {
	kind := bitsOf(info.Mode())
	before, known := t.inodes[name]
	inode := inodeOf(info)
	return st.Mode&unix.S_IFMT == kind && (!known || inode == nil || inode == before)
}

// differs reports whether a file is not as st tells.
func (t *Tree) differs(st *unix.Stat_t, info fs.FileInfo) bool {
	return contentDiffers(st, info) || !isDressed(st, info)
}

// contentDiffers reports whether a file's content may be another. A directory's
// and a link's is not compared.
func contentDiffers(st *unix.Stat_t, info fs.FileInfo) bool {
	return info.Mode().IsRegular() && (st.Size != info.Size() || st.Mtim.Nano() != max(info.ModTime().UnixNano(), 0))
}

func isDressed(st *unix.Stat_t, info fs.FileInfo) bool {
	return info.Mode()&fs.ModeSymlink != 0 || st.Mode&0o1777 == unixMode(info.Mode())&0o1777
}

func unixMode(m fs.FileMode) uint32 {
	mode := uint32(m.Perm())
	if m&fs.ModeSticky != 0 {
		mode |= unix.S_ISVTX
	}
	return mode
}

// reshow changes a directory of the tree into what was read.
func (t *Tree) reshow(name string, l *listing, entries []entry) {
	there := map[string]bool{}
	for _, e := range entries {
		there[e.name] = true
		if !l.touched[e.name] {
			t.renew(path.Join(name, e.name), l, e)
		}
	}
	old, _ := os.ReadDir(t.host(name))
	for _, e := range old {
		if !there[e.Name()] && !l.touched[e.Name()] {
			t.vanish(path.Join(name, e.Name()))
		}
	}
}

// renew shows a name as it is now.
func (t *Tree) renew(name string, l *listing, e entry) {
	var st unix.Stat_t
	if unix.Lstat(t.host(name), &st) != nil {
		_ = t.make(name, l, e)
		return
	}
	if !t.isSame(name, &st, e.FileInfo) || e.Mode()&fs.ModeSymlink != 0 && !t.says(name, e.text) {
		t.vanish(name)
		_ = t.make(name, l, e)
		return
	}
	if inode := inodeOf(e.FileInfo); inode != nil && t.inodes[name] == nil {
		t.identify(name, inode) // we made it ourselves
	}
	t.keepOwner(&st, e.FileInfo)
	if !t.differs(&st, e.FileInfo) {
		return
	}
	if contentDiffers(&st, e.FileInfo) && !t.renewContent(name, &st, l, e.FileInfo) {
		return
	}
	_ = t.dress(name, e.FileInfo) // who looks sees the old ones
}

func (t *Tree) says(name, text string) bool {
	now, err := os.Readlink(t.host(name))
	return err == nil && now == text
}

// renewContent has the content of a file come anew. It reports false if our side
// has changed it, which then is newer.
func (t *Tree) renewContent(name string, st *unix.Stat_t, l *listing, info fs.FileInfo) bool {
	t.naming.RLock()
	n := t.nodes[name]
	t.naming.RUnlock()
	if n != nil {
		return n.file.Refresh(l.began, info.Size(), info.ModTime())
	}
	delete(t.filled, idOf(st))
	_ = os.Truncate(t.host(name), info.Size())
	return true
}

// vanish removes a name, and all below it, that is gone.
func (t *Tree) vanish(name string) {
	t.naming.Lock()
	below := func(other string) bool {
		rest, ok := strings.CutPrefix(other, name)
		return ok && (rest == "" || rest[0] == '/')
	}
	for _, set := range []map[string]bool{t.listed, t.shown} {
		for other := range set {
			if below(other) {
				delete(set, other)
			}
		}
	}
	for other := range t.inodes {
		if below(other) {
			t.unname(other)
		}
	}
	for other := range t.nodes {
		if below(other) {
			t.unname(other)
		}
	}
	t.naming.Unlock()
	var st unix.Stat_t
	if unix.Lstat(t.host(name), &st) == nil && st.Nlink == 1 {
		delete(t.filled, idOf(&st))
	}
	_ = os.RemoveAll(t.host(name))
	t.refill()
}
