package remote

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path"
	"strings"
	"time"

	"penumbra/abi"
	"penumbra/shadow/wire"
)

// OpenFile implements mirror.WriteFS.
func (f *FS) OpenFile(name string, flag int, perm fs.FileMode) (fs.File, error) {
	if flag&os.O_CREATE == 0 {
		return f.forWriting(name), nil
	}
	if _, err := f.process.Create(context.Background(), wire.CWD, f.path(name), permOf(perm)); err != nil {
		return nil, err
	}
	return f.forWriting(name), nil
}

// Make implements mirror.MakeFS.
func (f *FS) Make(name string, mode fs.FileMode, text string) (fs.FileInfo, error) {
	o := wire.Op{Code: wire.Mkdir, FD: wire.CWD, Path: f.path(name), Mode: permOf(mode)}
	switch mode.Type() {
	case fs.ModeDir:
	case fs.ModeSymlink:
		o.Code, o.Path2 = wire.Symlink, text
	default:
		attr, err := f.process.Create(context.Background(), wire.CWD, f.path(name), permOf(mode))
		return f.made(name, attr, err)
	}
	_, attr, err := f.process.Modify(context.Background(), o)
	return f.made(name, attr, err)
}

// made returns what the attributes of something new tell, or nil if they could not be had.
func (f *FS) made(name string, attr wire.Attr, err error) (fs.FileInfo, error) {
	if err != nil || attr.Type == wire.TypeUnknown {
		return nil, err
	}
	one := &info{name: path.Base(name), attr: attr}
	one.replaced = f.methods.Policy && attr.Type == wire.TypeRegular && f.method(name).Has("compress")
	return one, nil
}

// Writable implements mirror.WritableFS.
func (f *FS) Writable(name string) error {
	const write = 2 // W_OK of access(2)
	return f.process.Access(context.Background(), wire.CWD, f.path(name), write, wire.AtEffective)
}

// Mkdir implements mirror.WriteFS.
func (f *FS) Mkdir(name string, perm fs.FileMode) error {
	return f.process.Mkdir(context.Background(), wire.CWD, f.path(name), permOf(perm))
}

// Mknod implements mirror.NodeFS.
func (f *FS) Mknod(name string, mode fs.FileMode) error {
	for kind, flag := range types {
		if mode.Type() == flag {
			return f.process.Mknod(context.Background(), wire.CWD, f.path(name), kind, permOf(mode))
		}
	}
	return abi.EINVAL
}

// Remove implements mirror.WriteFS.
func (f *FS) Remove(name string) error {
	err := f.process.Unlink(context.Background(), wire.CWD, f.path(name))
	if errors.Is(err, abi.EISDIR) {
		err = f.process.Rmdir(context.Background(), wire.CWD, f.path(name))
	}
	return err
}

// Rename implements mirror.WriteFS.
func (f *FS) Rename(oldname, newname string) error {
	err := f.process.Rename(context.Background(), wire.CWD, f.path(oldname), wire.CWD, f.path(newname), 0)
	if err == nil {
		f.renamed(oldname, newname)
	}
	return err
}

// Exchange implements mirror.ExchangeFS.
func (f *FS) Exchange(name, other string) error {
	const nobodys = "\x00" // no file has that name
	err := f.process.Rename(context.Background(), wire.CWD, f.path(name), wire.CWD, f.path(other), wire.RenameExchange)
	if err == nil {
		f.renamed(name, nobodys)
		f.renamed(other, name)
		f.renamed(nobodys, other)
	}
	return err
}

// renamed has the leases of directories follow these.
func (f *FS) renamed(from, to string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ahead.forgetIn(from)
	f.ahead.forgetIn(to)
	f.xattrs.forgetIn(from)
	f.xattrs.forgetIn(to)
	for lease, dir := range f.leases {
		if rest, ok := strings.CutPrefix(dir, from); ok && (rest == "" || rest[0] == '/') {
			f.leases[lease] = to + rest
			delete(f.held, dir)
		}
	}
	for lease, dir := range f.leases {
		f.held[dir] = lease
	}
	for l := range f.lockers {
		if rest, ok := strings.CutPrefix(l.name, from); ok && (rest == "" || rest[0] == '/') {
			l.name = to + rest
		}
	}
}

// Symlink implements mirror.SymlinkFS.
func (f *FS) Symlink(oldname, newname string) error {
	return f.process.Symlink(context.Background(), oldname, wire.CWD, f.path(newname))
}

// Link implements mirror.LinkFS.
func (f *FS) Link(oldname, newname string) error {
	return f.process.Link(context.Background(), wire.CWD, f.path(oldname), wire.CWD, f.path(newname), wire.AtNoFollow)
}

// Chmod implements mirror.ChmodFS.
func (f *FS) Chmod(name string, mode fs.FileMode) error {
	return f.process.Chmod(context.Background(), wire.CWD, f.path(name), permOf(mode), 0)
}

// Lchown implements mirror.ChownFS.
func (f *FS) Lchown(name string, uid, gid int) error {
	return f.process.Chown(context.Background(), wire.CWD, f.path(name), idOf(uid), idOf(gid), wire.AtNoFollow)
}

func idOf(id int) uint32 {
	if id < 0 {
		return wire.KeepID
	}
	return uint32(id)
}

// Chtimes implements mirror.ChtimesFS.
func (f *FS) Chtimes(name string, atime, mtime time.Time) error {
	return f.process.Utimens(context.Background(), wire.CWD, f.path(name), timeOf(atime), timeOf(mtime), 0)
}

func timeOf(t time.Time) wire.Time {
	if t.IsZero() {
		return wire.Time{Nsec: wire.TimeOmit}
	}
	return wire.TimeOf(t)
}
