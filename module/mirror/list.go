package mirror

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// A ListFS is an fs.FS that tells all of a directory at once: its own attributes
// and those of what it holds.
type ListFS interface {
	List(name string) (dir fs.FileInfo, entries []fs.DirEntry, err error)
}

// A Link is the fs.FileInfo of a symbolic link that knows what it says.
type Link interface{ Target() string }

// entry is what a directory holds.
type entry struct {
	name, text string // text is what a link says
	fs.FileInfo
}

// listing is the reading of a directory that is under way.
type listing struct {
	done    chan struct{}
	began   time.Time
	touched map[string]bool // by our side meanwhile: what was read of those may be old
	again   bool            // what was read may be old
}

// list sees to it that a directory is shown as it is. Of several callers one reads
// it.
func (t *Tree) list(name string) error {
	for {
		t.mu.Lock()
		if t.listed[name] {
			t.mu.Unlock()
			return nil
		}
		l := t.listings[name]
		if l != nil {
			t.mu.Unlock()
			<-l.done
			continue // and look again: it may have failed
		}
		l = &listing{done: make(chan struct{}), began: time.Now(), touched: map[string]bool{}}
		t.listings[name] = l
		t.mu.Unlock()
		dir, entries, err := t.read(name)
		t.mu.Lock()
		if err == nil {
			err = t.show(name, l, dir, entries)
		}
		delete(t.listings, name)
		close(l.done)
		t.mu.Unlock()
		return err
	}
}

// read asks the file system what a directory holds.
func (t *Tree) read(name string) (dir fs.FileInfo, all []entry, err error) {
	var entries []fs.DirEntry
	if lister, ok := t.fsys.(ListFS); ok {
		dir, entries, err = lister.List(name)
	} else {
		entries, err = fs.ReadDir(t.fsys, name)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("read directory %q: %w", name, err)
	}
	for _, e := range entries {
		// One of which nothing is told is left out: the others are no worse for it.
		info, err := e.Info()
		if err != nil || !isName(e.Name()) {
			continue
		}
		one := entry{name: e.Name(), FileInfo: info}
		if info.Mode()&fs.ModeSymlink != 0 {
			if l, ok := info.(Link); ok {
				one.text = l.Target()
			} else if one.text, err = fs.ReadLink(t.fsys, path.Join(name, e.Name())); err != nil {
				continue
			}
		}
		all = append(all, one)
	}
	return dir, all, nil
}

// isName reports whether a directory can hold that. Unlike fs.ValidPath it lets pass
// names that are no UTF-8: Linux has them.
func isName(name string) bool {
	return name != "" && name != "." && name != ".." && !strings.ContainsAny(name, "/\x00")
}

// show makes a directory of the tree hold what was read. t.mu is held.
func (t *Tree) show(name string, l *listing, dir fs.FileInfo, entries []entry) error {
	before, err := os.Stat(t.host(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil // it was removed meanwhile
	}
	if err != nil {
		return err
	}
	if err := os.Chmod(t.host(name), 0o700); err != nil {
		return err
	}
	if t.shown[name] {
		t.reshow(name, l, entries)
	} else {
		for _, e := range entries {
			_ = t.make(path.Join(name, e.name), l, e) // as above
		}
	}
	t.shown[name] = true
	t.listed[name] = !l.again
	if dir != nil && len(l.touched) == 0 {
		return t.dress(name, dir)
	}
	if err := os.Chmod(t.host(name), before.Mode()); err != nil {
		return err
	}
	return os.Chtimes(t.host(name), before.ModTime(), before.ModTime())
}

// make makes the copy of a name, a file's with its size but without content.
func (t *Tree) make(name string, l *listing, e entry) error {
	if inode := inodeOf(e.FileInfo); inode != nil {
		if first, ok := t.first[inode]; ok && t.isFile(first) && e.Mode().IsRegular() && os.Link(t.host(first), t.host(name)) == nil {
			t.identify(name, inode)
			t.naming.Lock()
			t.linked(first, name)
			t.naming.Unlock()
			t.renew(name, l, e)
			return nil
		}
		t.identify(name, inode)
	}
	var err error
	switch {
	case e.IsDir():
		err = os.Mkdir(t.host(name), 0o700)
	case e.Mode()&fs.ModeSymlink != 0:
		err = os.Symlink(e.text, t.host(name))
	case e.Mode().IsRegular():
		err = makeFile(t.host(name), e.Size())
	case !t.isShown(e):
		return nil
	default:
		err = unix.Mknod(t.host(name), bitsOf(e.Mode())|0o600, deviceOf(e.FileInfo))
		if e.Mode()&fs.ModeDevice != 0 && errors.Is(err, unix.EPERM) {
			t.noDevices, err = true, nil
			return nil
		}
	}
	if err != nil {
		return err
	}
	var st unix.Stat_t
	if t.owners != nil && unix.Lstat(t.host(name), &st) == nil {
		t.keepOwner(&st, e.FileInfo)
	}
	return t.dress(name, e.FileInfo)
}

// A Device is the fs.FileInfo of a device.
type Device interface{ Device() (major, minor uint32) }

// deviceOf returns a device's number, or 0.
func deviceOf(info fs.FileInfo) int {
	if d, ok := info.(Device); ok && info.Mode()&fs.ModeDevice != 0 {
		return int(unix.Mkdev(d.Device()))
	}
	return 0
}

func makeFile(host string, size int64) error {
	fd, err := unix.Open(host, unix.O_WRONLY|unix.O_CREAT|unix.O_EXCL|unix.O_CLOEXEC, 0o600)
	if err != nil {
		return err
	}
	if size > 0 {
		// A size that the host cannot have is one that cannot be read.
		_ = unix.Ftruncate(fd, size)
	}
	return unix.Close(fd)
}

func (t *Tree) isFile(name string) bool {
	info, err := os.Lstat(t.host(name))
	return err == nil && info.Mode().IsRegular()
}

// identify notes which file has a name.
func (t *Tree) identify(name string, inode any) {
	t.inodes[name] = inode
	if first, ok := t.first[inode]; !ok || t.inodes[first] != inode {
		t.first[inode] = name
	}
}
