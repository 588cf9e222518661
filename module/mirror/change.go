package mirror

import (
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/module"
)

// Writable implements module.Changer.
func (t *Tree) Writable(rel string) error {
	if t.writer == nil {
		return abi.EROFS
	}
	if t.isCovered(module.Change{Name: rel}) {
		return nil
	}
	return t.elsewhere(func() error {
		if w, ok := t.writer.(WritableFS); ok {
			return errnoOf(w.Writable(rel))
		}
		f, err := t.writer.OpenFile(rel, os.O_RDWR, 0)
		if err == nil {
			err = f.Close()
		}
		return errnoOf(err)
	})
}

// Extended implements module.Changer.
func (t *Tree) Extended() module.Extended {
	x, _ := t.fsys.(module.Extended)
	return x
}

// Change implements module.Changer.
func (t *Tree) Change(c module.Change, do func() error) error {
	if t.writer == nil {
		return abi.EROFS
	}
	if t.isCovered(c) {
		return do()
	}
	if err := t.hold(c); err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.naming.Lock()
	defer t.naming.Unlock()
	t.touch(c.Name)
	if c.To != "" {
		t.touch(c.To)
	}
	forget := t.forgets(c)
	var made fs.FileInfo
	if err := t.elsewhere(func() (err error) { made, err = t.change(c); return err }); err != nil {
		return errnoOf(err)
	}
	if err := do(); err != nil {
		return err
	}
	delete(t.filled, forget)
	delete(t.times, forget)
	return t.changed(c, made)
}

// forgets returns the id of the file that is gone after a change: another may
// have it then.
func (t *Tree) forgets(c module.Change) id {
	name := c.Name
	if c.Op == module.Rename {
		name = c.To
	}
	var st, from unix.Stat_t
	if c.Op != module.Remove && c.Op != module.Rename || unix.Lstat(t.host(name), &st) != nil || st.Nlink != 1 {
		return id{}
	}
	if c.Op == module.Rename && unix.Lstat(t.host(c.Name), &from) == nil && idOf(&from) == idOf(&st) {
		return id{}
	}
	return idOf(&st)
}

// hold keeps the content of a file that loses its name within reach of those who
// have it open.
func (t *Tree) hold(c module.Change) error {
	name := c.Name
	if c.Op == module.Rename {
		name = c.To
	} else if c.Op != module.Remove {
		return nil
	}
	t.naming.RLock()
	n := t.nodes[name]
	last := n != nil && len(n.names) == 1
	t.naming.RUnlock()
	if last {
		return n.file.Hold()
	}
	return nil
}

// change makes the change where the files are. It returns what is told of something
// new, if that is known.
func (t *Tree) change(c module.Change) (made fs.FileInfo, err error) {
	mode := fs.FileMode(c.Mode & 0o777)
	switch c.Op {
	case module.Create:
		return t.make(c.Name, mode, "")
	case module.Mkdir:
		return t.make(c.Name, mode|fs.ModeDir, "")
	case module.Mknod:
		if w, ok := t.writer.(NodeFS); ok {
			return nil, w.Mknod(c.Name, mode|typeOf(c.Mode))
		}
	case module.Symlink:
		return t.make(c.Name, fs.ModeSymlink, c.Text)
	case module.Remove:
		return nil, t.writer.Remove(c.Name)
	case module.Rename:
		return nil, t.writer.Rename(c.Name, c.To)
	case module.Exchange:
		if w, ok := t.writer.(ExchangeFS); ok {
			return nil, w.Exchange(c.Name, c.To)
		}
		return nil, abi.EINVAL
	case module.Link:
		if w, ok := t.writer.(LinkFS); ok {
			return nil, w.Link(c.Name, c.To)
		}
	case module.Chmod:
		if w, ok := t.writer.(ChmodFS); ok {
			return nil, w.Chmod(c.Name, goMode(c.Mode))
		}
	case module.Chown:
		if w, ok := t.writer.(ChownFS); ok {
			return nil, w.Lchown(c.Name, c.UID, c.GID)
		}
	case module.Chtimes:
		if w, ok := t.writer.(ChtimesFS); ok {
			return nil, w.Chtimes(c.Name, c.Access, c.Modify)
		}
	}
	return nil, abi.EPERM
}

// changed notes which names there are now.
func (t *Tree) changed(c module.Change, made fs.FileInfo) error {
	switch c.Op {
	case module.Create:
		t.made(c.Name, made)
		return t.created(c.Name)
	case module.Mkdir:
		t.made(c.Name, made)
		// Who tells of others' changes does so of directories that were listed.
		if _, told := t.fsys.(ListFS); !told {
			t.listed[c.Name], t.shown[c.Name] = true, true
		}
	case module.Symlink, module.Mknod:
		t.made(c.Name, made)
	case module.Remove:
		t.unname(c.Name)
		delete(t.listed, c.Name)
		delete(t.shown, c.Name)
		delete(t.doubts, c.Name)
		t.refill()
	case module.Link:
		t.linked(c.Name, c.To)
	case module.Rename:
		if from := t.nodes[c.Name]; from != nil && from == t.nodes[c.To] {
			return nil // two names of one file: nothing happened
		}
		t.unname(c.To)
		delete(t.listed, c.To)
		delete(t.shown, c.To)
		t.renamed(c.Name, c.To)
		t.refill()
	case module.Exchange:
		const nobodys = "\x00" // no file has that name
		t.renamed(c.Name, nobodys)
		t.renamed(c.To, c.Name)
		t.renamed(nobodys, c.To)
		t.refill()
	}
	return nil
}

// created makes a new file one of ours: all of it is there.
func (t *Tree) created(name string) error {
	t.naming.Unlock()
	defer t.naming.Lock()
	return t.emulate(name, nil, 0)
}

// linked gives an emulated file another name.
func (t *Tree) linked(from, to string) {
	if n := t.nodes[from]; n != nil {
		n.prefer(to)
		t.nodes[to] = n
	}
}

// unname takes a name from the emulated file that has it.
func (t *Tree) unname(name string) {
	if inode, ok := t.inodes[name]; ok {
		delete(t.inodes, name)
		if t.first[inode] == name {
			delete(t.first, inode)
		}
	}
	n := t.nodes[name]
	if n == nil {
		return
	}
	delete(t.nodes, name)
	n.names = slices.DeleteFunc(n.names, func(other string) bool { return other == name })
	if len(n.names) == 0 {
		n.file.Unlink()
	}
}

// renamed gives what lies at or below a name its new one.
func (t *Tree) renamed(from, to string) {
	moved := func(name string) (string, bool) {
		rest, ok := strings.CutPrefix(name, from)
		return to + rest, ok && (rest == "" || rest[0] == '/')
	}
	for _, set := range []map[string]bool{t.listed, t.shown} {
		for name := range set {
			if now, ok := moved(name); ok {
				delete(set, name)
				set[now] = true
			}
		}
	}
	for name := range t.doubts {
		if now, ok := moved(name); ok {
			delete(t.doubts, name)
			delete(t.listed, now)
		}
	}
	for name, n := range t.nodes {
		if now, ok := moved(name); ok {
			delete(t.nodes, name)
			t.nodes[now] = n
			n.names[slices.Index(n.names, name)] = now
		}
	}
	for name, inode := range t.inodes {
		if now, ok := moved(name); ok {
			delete(t.inodes, name)
			t.inodes[now] = inode
			if t.first[inode] == name {
				t.first[inode] = now
			}
		}
	}
	for name, l := range t.listings {
		if _, ok := moved(name); ok {
			l.again = true
		}
	}
}

// errnoOf finds what the guest is to see of an error of a WriteFS.
func errnoOf(err error) error {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[abi.Errno](err); ok {
		return e
	}
	if e, ok := errors.AsType[syscall.Errno](err); ok {
		return abi.Errno(e)
	}
	for _, known := range []struct {
		err   error
		errno abi.Errno
	}{{fs.ErrNotExist, abi.ENOENT}, {fs.ErrExist, abi.EEXIST}, {fs.ErrPermission, abi.EACCES}, {fs.ErrInvalid, abi.EINVAL}, {errors.ErrUnsupported, abi.EOPNOTSUPP}} {
		if errors.Is(err, known.err) {
			return known.errno
		}
	}
	return err
}
