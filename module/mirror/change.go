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
	if err := t.elsewhere(func() error { return t.change(c) }); err != nil {
		return errnoOf(err)
	}
	if err := do(); err != nil {
		return err
	}
	delete(t.filled, forget)
	return t.changed(c)
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

// change makes the change where the files are.
func (t *Tree) change(c module.Change) error {
	mode := fs.FileMode(c.Mode & 0o777)
	switch c.Op {
	case module.Create:
		f, err := t.writer.OpenFile(c.Name, os.O_RDWR|os.O_CREATE|os.O_EXCL, mode)
		if err == nil {
			err = f.Close()
		}
		return err
	case module.Mkdir:
		return t.writer.Mkdir(c.Name, mode)
	case module.Mknod:
		if w, ok := t.writer.(NodeFS); ok {
			return w.Mknod(c.Name, mode|typeOf(c.Mode))
		}
	case module.Remove:
		return t.writer.Remove(c.Name)
	case module.Rename:
		return t.writer.Rename(c.Name, c.To)
	case module.Symlink:
		if w, ok := t.writer.(SymlinkFS); ok {
			return w.Symlink(c.Text, c.Name)
		}
	case module.Link:
		if w, ok := t.writer.(LinkFS); ok {
			return w.Link(c.Name, c.To)
		}
	case module.Chmod:
		if w, ok := t.writer.(ChmodFS); ok {
			return w.Chmod(c.Name, goMode(c.Mode))
		}
	case module.Chown:
		if w, ok := t.writer.(ChownFS); ok {
			return w.Lchown(c.Name, c.UID, c.GID)
		}
	case module.Chtimes:
		if w, ok := t.writer.(ChtimesFS); ok {
			return w.Chtimes(c.Name, c.Access, c.Modify)
		}
	}
	return abi.EPERM
}

// kinds are the types of files that are in a tree, by how stat(2) has them.
var kinds = []struct {
	bits uint32
	mode fs.FileMode
}{{unix.S_IFREG, 0}, {unix.S_IFDIR, fs.ModeDir}, {unix.S_IFLNK, fs.ModeSymlink}, {unix.S_IFIFO, fs.ModeNamedPipe}, {unix.S_IFSOCK, fs.ModeSocket},
	{unix.S_IFCHR, fs.ModeDevice | fs.ModeCharDevice}, {unix.S_IFBLK, fs.ModeDevice}}

// typeOf returns Go's type of a file, or one that there is none of.
func typeOf(mode uint32) fs.FileMode {
	for _, k := range kinds {
		if k.bits == mode&unix.S_IFMT {
			return k.mode
		}
	}
	return fs.ModeIrregular
}

// bitsOf does the reverse.
func bitsOf(mode fs.FileMode) uint32 {
	for _, k := range kinds {
		if k.mode == mode.Type() {
			return k.bits
		}
	}
	return 0
}

// goMode turns chmod(2)'s permissions into Go's.
func goMode(mode uint32) fs.FileMode {
	m := fs.FileMode(mode & 0o777)
	for bit, flag := range map[uint32]fs.FileMode{unix.S_ISUID: fs.ModeSetuid, unix.S_ISGID: fs.ModeSetgid, unix.S_ISVTX: fs.ModeSticky} {
		if mode&bit != 0 {
			m |= flag
		}
	}
	return m
}

// changed notes which names there are now.
func (t *Tree) changed(c module.Change) error {
	switch c.Op {
	case module.Create:
		t.dressLike(c.Name)
		return t.created(c.Name)
	case module.Mkdir:
		t.dressLike(c.Name)
		// Who tells of others' changes does so of directories that were listed.
		_, told := t.fsys.(ListFS)
		t.listed[c.Name], t.shown[c.Name] = !told, true
	case module.Symlink, module.Mknod:
		t.dressLike(c.Name)
	case module.Remove:
		t.unname(c.Name)
		delete(t.listed, c.Name)
		delete(t.shown, c.Name)
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
	}
	return nil
}

// dressLike gives what was made the owner and the permissions that it has in the
// tree, as far as they are kept: there the guest made it itself.
func (t *Tree) dressLike(name string) {
	var st unix.Stat_t
	if unix.Lstat(t.host(name), &st) != nil {
		return
	}
	_ = t.elsewhere(func() error {
		if w, ok := t.writer.(ChownFS); ok && (int(st.Uid) != os.Geteuid() || int(st.Gid) != os.Getegid()) {
			_ = w.Lchown(name, int(st.Uid), int(st.Gid))
		}
		if w, ok := t.writer.(ChmodFS); ok && st.Mode&unix.S_IFMT != unix.S_IFLNK {
			_ = w.Chmod(name, goMode(st.Mode))
		}
		return nil
	})
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
		n.names = append(n.names, to)
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
