// Package archive reads zip and tar archives as file systems.
package archive

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"time"
)

// FS is an archive's content. It is read-only, implements fs.ReadDirFS and
// fs.ReadLinkFS, and may be used by several goroutines at once.
type FS struct {
	nodes map[string]*node
	file  *os.File
}

// node is a file of an archive.
type node struct {
	mode     fs.FileMode
	size     int64
	time     time.Time
	uid, gid int
	owned    bool
	link     string
	names    []string // of a directory, in the archive's order
	open     func() (io.ReadCloser, error)
}

// maxNames bounds the entries of an archive, and maxLink a link's text.
const (
	maxNames = 1 << 22
	maxLink  = 4095
)

func newFS(f *os.File) *FS {
	return &FS{nodes: map[string]*node{".": {mode: fs.ModeDir | 0o755, time: modTime(f)}}, file: f}
}

func modTime(f *os.File) time.Time {
	if info, err := f.Stat(); err == nil {
		return info.ModTime()
	}
	return time.Time{}
}

// Close closes the archive's file.
func (a *FS) Close() error { return a.file.Close() }

// clean returns the name of an entry as package fs writes it. A name that leads
// out of the archive is an error.
func clean(name string) (string, error) {
	trimmed := strings.TrimRight(name, "/")
	for strings.HasPrefix(trimmed, "./") {
		trimmed = strings.TrimLeft(trimmed[2:], "/")
	}
	switch {
	case strings.HasPrefix(name, "/"):
		return "", fmt.Errorf("entry %.100q has an absolute name", name)
	case trimmed == "" || trimmed == ".":
		return ".", nil
	case strings.Contains(trimmed, "\x00") || !fs.ValidPath(path.Clean(trimmed)):
		return "", fmt.Errorf("entry %.100q leads out of the archive", name)
	}
	for part := range strings.SplitSeq(trimmed, "/") {
		if part == ".." {
			return "", fmt.Errorf("entry %.100q leads out of the archive", name)
		}
	}
	return path.Clean(trimmed), nil
}

// add enters a node, and the directories above that the archive does not list.
// Of two entries of one name the later one counts, as for unzip and tar.
func (a *FS) add(name string, n *node) error {
	if len(a.nodes) >= maxNames {
		return fmt.Errorf("more than %d entries", maxNames)
	}
	if old := a.nodes[name]; old != nil {
		if old.mode.IsDir() {
			if !n.mode.IsDir() {
				return fmt.Errorf("entry %.100q is a directory and something else", name)
			}
			n.names = old.names
		}
		*old = *n
		return nil
	}
	parent := path.Dir(name)
	dir := a.nodes[parent]
	if dir == nil {
		dir = &node{mode: fs.ModeDir | 0o755, time: n.time, uid: n.uid, gid: n.gid, owned: n.owned}
		if err := a.add(parent, dir); err != nil {
			return err
		}
	}
	if !dir.mode.IsDir() {
		return fmt.Errorf("entry %.100q lies in what is no directory", name)
	}
	dir.names = append(dir.names, path.Base(name))
	a.nodes[name] = n
	return nil
}

func (a *FS) find(op, name string) (*node, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: op, Path: name, Err: fs.ErrInvalid}
	}
	n := a.nodes[name]
	if n == nil {
		return nil, &fs.PathError{Op: op, Path: name, Err: fs.ErrNotExist}
	}
	return n, nil
}

// Open implements fs.FS. Links are not followed.
func (a *FS) Open(name string) (fs.File, error) {
	n, err := a.find("open", name)
	if err != nil {
		return nil, err
	}
	f := &file{info: info{path.Base(name), n}}
	switch {
	case n.mode.IsDir():
		f.rest, _ = a.ReadDir(name)
	case n.open != nil:
		if f.content, err = n.open(); err != nil {
			return nil, &fs.PathError{Op: "open", Path: name, Err: err}
		}
	}
	if at, ok := f.content.(io.ReaderAt); ok {
		return &fileAt{f, at}, nil
	}
	return f, nil
}

// ReadDir implements fs.ReadDirFS.
func (a *FS) ReadDir(name string) ([]fs.DirEntry, error) {
	n, err := a.find("readdir", name)
	if err != nil {
		return nil, err
	}
	if !n.mode.IsDir() {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: errors.New("not a directory")}
	}
	var list []fs.DirEntry
	for _, base := range n.names {
		list = append(list, fs.FileInfoToDirEntry(info{base, a.nodes[path.Join(name, base)]}))
	}
	return list, nil
}

// Lstat implements fs.ReadLinkFS.
func (a *FS) Lstat(name string) (fs.FileInfo, error) {
	n, err := a.find("lstat", name)
	if err != nil {
		return nil, err
	}
	return info{path.Base(name), n}, nil
}

// ReadLink implements fs.ReadLinkFS.
func (a *FS) ReadLink(name string) (string, error) {
	n, err := a.find("readlink", name)
	if err != nil {
		return "", err
	}
	if n.mode&fs.ModeSymlink == 0 {
		return "", &fs.PathError{Op: "readlink", Path: name, Err: fs.ErrInvalid}
	}
	return n.link, nil
}

// info is a node's fs.FileInfo.
type info struct {
	name string
	node *node
}

func (i info) Name() string       { return i.name }
func (i info) Size() int64        { return i.node.size }
func (i info) Mode() fs.FileMode  { return i.node.mode }
func (i info) ModTime() time.Time { return i.node.time }
func (i info) IsDir() bool        { return i.node.mode.IsDir() }
func (i info) Sys() any           { return nil }

// Owner implements mirror.Owner.
func (i info) Owner() (uid, gid int) {
	if !i.node.owned {
		return os.Geteuid(), os.Getegid()
	}
	return i.node.uid, i.node.gid
}

// Inode implements mirror.Linked.
func (i info) Inode() any { return i.node }

// file is an open node.
type file struct {
	info    info
	content io.ReadCloser
	rest    []fs.DirEntry
}

// fileAt is an open node that can be read at any place.
type fileAt struct {
	*file
	io.ReaderAt
}

func (f *file) Stat() (fs.FileInfo, error) { return f.info, nil }

func (f *file) Read(p []byte) (int, error) {
	if f.content == nil {
		return 0, &fs.PathError{Op: "read", Path: f.info.name, Err: errors.New("not a regular file")}
	}
	return f.content.Read(p)
}

func (f *file) Close() error {
	if f.content == nil {
		return nil
	}
	return f.content.Close()
}

// ReadDir implements fs.ReadDirFile.
func (f *file) ReadDir(n int) ([]fs.DirEntry, error) {
	if n <= 0 {
		all := f.rest
		f.rest = nil
		return all, nil
	}
	if len(f.rest) == 0 {
		return nil, io.EOF
	}
	n = min(n, len(f.rest))
	some := f.rest[:n]
	f.rest = f.rest[n:]
	return some, nil
}
