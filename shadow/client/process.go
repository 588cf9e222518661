package client

import (
	"context"

	"penumbra/shadow/wire"
)

// Process is the representative of a process of the guest: descriptors, a working
// directory, a mask.
//
// Methods with a directory take a descriptor of the process, or wire.CWD, for
// paths that are relative. Where it may be, an empty path means the descriptor
// itself. Flags are those of package wire.
type Process struct {
	c     *Client
	id    uint32
	begun place
}

// A place is a directory as it was.
type place struct {
	dir  string // without links
	attr wire.Attr
}

// Begun returns the directory in which p was made by Spawn, without links, and the
// attributes that it had then.
func (p *Process) Begun() (dir string, attr wire.Attr) { return p.begun.dir, p.begun.attr }

// Spawn makes a representative in the directory dir, an absolute path.
func (c *Client) Spawn(ctx context.Context, dir string, umask uint32) (*Process, error) {
	p := &Process{c: c, id: c.ledger.newProcess()}
	r, err := c.one(ctx, p.id, nil, wire.Op{Code: wire.Spawn, Proc: p.id, Path: dir, Mode: umask & 0o777})
	if err != nil {
		return nil, err
	}
	p.begun = place{r.Path, r.Attr}
	return p, nil
}

// Fork makes a copy of p, with the same open files and without p's own locks.
func (p *Process) Fork(ctx context.Context) (*Process, error) {
	child := &Process{c: p.c, id: p.c.ledger.newProcess()}
	if _, err := p.one(ctx, wire.Op{Code: wire.Fork, Proc: child.id}); err != nil {
		return nil, err
	}
	return child, nil
}

// Exit frees all that p has.
func (p *Process) Exit(ctx context.Context) error {
	_, err := p.one(ctx, wire.Op{Code: wire.Exit})
	return err
}

func (p *Process) one(ctx context.Context, o wire.Op) (*wire.Result, error) {
	return p.c.one(ctx, p.id, nil, o)
}

// Chdir changes p's working directory, and returns its path without links.
func (p *Process) Chdir(ctx context.Context, dir int32, path string) (string, error) {
	r, err := p.one(ctx, wire.Op{Code: wire.Chdir, FD: dir, Path: path})
	if err != nil {
		return "", err
	}
	return r.Path, nil
}

// Umask changes p's mask, and returns the former one.
func (p *Process) Umask(ctx context.Context, mask uint32) (uint32, error) {
	r, err := p.one(ctx, wire.Op{Code: wire.Umask, Mode: mask & 0o777})
	if err != nil {
		return 0, err
	}
	return r.Mode, nil
}

// Adopt gives p a descriptor for an open file of another process, or another one
// for one of its own. Positions, locks and what else belongs to an open file are
// shared.
func (p *Process) Adopt(ctx context.Context, f *File) (*File, error) {
	fd := p.c.ledger.reserve(p.id)
	defer p.c.ledger.unreserve(p.id, fd)
	if _, err := p.one(ctx, wire.Op{Code: wire.Dup, Proc: f.p.id, FD: f.fd, FD2: fd}); err != nil {
		return nil, err
	}
	return &File{p, fd, f.flags}, nil
}

// Stat returns the attributes of what a path leads to.
func (p *Process) Stat(ctx context.Context, dir int32, path string, flags uint32) (wire.Attr, error) {
	r, err := p.one(ctx, wire.Op{Code: wire.Stat, FD: dir, Path: path, Flags: flags})
	if err != nil {
		return wire.Attr{}, err
	}
	return r.Attr, nil
}

// Readlink returns what a link says.
func (p *Process) Readlink(ctx context.Context, dir int32, path string) (string, error) {
	r, err := p.one(ctx, wire.Op{Code: wire.Readlink, FD: dir, Path: path})
	if err != nil {
		return "", err
	}
	return r.Path, nil
}

// Method returns by which access method the shadow wants a file to be reached, as
// docs/methods.md describes it, and whether that will not change. EOPNOTSUPP: it
// has no policy.
func (p *Process) Method(ctx context.Context, dir int32, path string) (chain string, forever bool, err error) {
	r, err := p.one(ctx, wire.Op{Code: wire.Method, FD: dir, Path: path})
	if err != nil {
		return "", false, err
	}
	return r.Chain, r.Forever, nil
}

// Access says whether the shadow may do what mode asks for: R_OK, W_OK, X_OK of
// access(2), or 0.
func (p *Process) Access(ctx context.Context, dir int32, path string, mode, flags uint32) error {
	_, err := p.one(ctx, wire.Op{Code: wire.Access, FD: dir, Path: path, Mode: mode, Flags: flags})
	return err
}

// Statfs describes the file system that a path leads into.
func (p *Process) Statfs(ctx context.Context, dir int32, path string) (wire.FSInfo, error) {
	r, err := p.one(ctx, wire.Op{Code: wire.Statfs, FD: dir, Path: path})
	if err != nil {
		return wire.FSInfo{}, err
	}
	return r.FS, nil
}

// Rename gives a file another name; renameat2(2).
func (p *Process) Rename(ctx context.Context, dir int32, path string, dir2 int32, path2 string, flags uint32) error {
	_, err := p.one(ctx, wire.Op{Code: wire.Rename, FD: dir, Path: path, FD2: dir2, Path2: path2, Flags: flags})
	return err
}

// Link gives a file one more name; linkat(2). A link at the end of path is
// followed unless flags have wire.AtNoFollow.
func (p *Process) Link(ctx context.Context, dir int32, path string, dir2 int32, path2 string, flags uint32) error {
	_, err := p.one(ctx, wire.Op{Code: wire.Link, FD: dir, Path: path, FD2: dir2, Path2: path2, Flags: flags})
	return err
}

// Symlink makes a link that says text.
func (p *Process) Symlink(ctx context.Context, text string, dir int32, path string) error {
	_, err := p.one(ctx, wire.Op{Code: wire.Symlink, FD: dir, Path: path, Path2: text})
	return err
}

// Mkdir makes a directory. p's mask is taken from mode.
func (p *Process) Mkdir(ctx context.Context, dir int32, path string, mode uint32) error {
	_, err := p.one(ctx, wire.Op{Code: wire.Mkdir, FD: dir, Path: path, Mode: mode & 0o7777})
	return err
}

// Mknod makes a pipe or the name of a socket. p's mask is taken from mode.
func (p *Process) Mknod(ctx context.Context, dir int32, path string, kind wire.FileType, mode uint32) error {
	_, err := p.one(ctx, wire.Op{Code: wire.Mknod, FD: dir, Path: path, Kind: kind, Mode: mode & 0o7777})
	return err
}

// Rmdir removes an empty directory.
func (p *Process) Rmdir(ctx context.Context, dir int32, path string) error {
	_, err := p.one(ctx, wire.Op{Code: wire.Rmdir, FD: dir, Path: path})
	return err
}

// Unlink removes a name of a file.
func (p *Process) Unlink(ctx context.Context, dir int32, path string) error {
	_, err := p.one(ctx, wire.Op{Code: wire.Unlink, FD: dir, Path: path})
	return err
}

// Truncate sets a file's size in bytes.
func (p *Process) Truncate(ctx context.Context, dir int32, path string, size int64) error {
	_, err := p.one(ctx, wire.Op{Code: wire.Truncate, FD: dir, Path: path, Length: size})
	return err
}

// Chmod sets permissions.
func (p *Process) Chmod(ctx context.Context, dir int32, path string, mode, flags uint32) error {
	_, err := p.one(ctx, wire.Op{Code: wire.Chmod, FD: dir, Path: path, Mode: mode & 0o7777, Flags: flags})
	return err
}

// Chown sets owner and group, each unless it is wire.KeepID.
func (p *Process) Chown(ctx context.Context, dir int32, path string, uid, gid, flags uint32) error {
	_, err := p.one(ctx, wire.Op{Code: wire.Chown, FD: dir, Path: path, UID: uid, GID: gid, Flags: flags})
	return err
}

// Utimens sets times; utimensat(2).
func (p *Process) Utimens(ctx context.Context, dir int32, path string, atime, mtime wire.Time, flags uint32) error {
	_, err := p.one(ctx, wire.Op{Code: wire.Utimens, FD: dir, Path: path, Atime: atime, Mtime: mtime, Flags: flags})
	return err
}

// Getxattr returns the value of an extended attribute.
func (p *Process) Getxattr(ctx context.Context, dir int32, path, name string, flags uint32) ([]byte, error) {
	return p.bytes(ctx, wire.Op{Code: wire.Getxattr, FD: dir, Path: path, Name: name, Flags: flags})
}

// Listxattr returns the names of all, each with a NUL behind it.
func (p *Process) Listxattr(ctx context.Context, dir int32, path string, flags uint32) ([]byte, error) {
	return p.bytes(ctx, wire.Op{Code: wire.Listxattr, FD: dir, Path: path, Flags: flags})
}

func (p *Process) bytes(ctx context.Context, o wire.Op) ([]byte, error) {
	const most = 64 << 10 // XATTR_SIZE_MAX
	buf := make([]byte, most)
	r, err := p.c.one(ctx, p.id, [][]byte{buf}, o)
	if err != nil {
		return nil, err
	}
	return buf[:r.Size:r.Size], nil
}

// Setxattr sets an extended attribute. flags are wire.XattrCreate and
// wire.XattrReplace.
func (p *Process) Setxattr(ctx context.Context, dir int32, path, name string, value []byte, flags uint32) error {
	_, err := p.one(ctx, wire.Op{Code: wire.Setxattr, FD: dir, Path: path, Name: name, Data: [][]byte{value}, Flags: flags})
	return err
}

// Removexattr removes an extended attribute.
func (p *Process) Removexattr(ctx context.Context, dir int32, path, name string) error {
	_, err := p.one(ctx, wire.Op{Code: wire.Removexattr, FD: dir, Path: path, Name: name})
	return err
}
