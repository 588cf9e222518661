// Package remote reaches files of the shadow's machine, by its representative of
// a process.
package remote

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"

	"penumbra/abi"
	"penumbra/access"
	"penumbra/access/internal/follow"
	"penumbra/access/internal/handle"
	"penumbra/shadow/client"
	"penumbra/shadow/wire"
)

// Opener opens files as a process of the guest would there.
type Opener struct {
	Process *client.Process
	Dir     int32 // what relative names are relative to: a descriptor, or wire.CWD
}

var (
	_ access.Stamper  = Opener{}
	_ access.Replacer = Opener{}
	_ access.Appender = &file{}
)

// openFlags pairs the flags of package os with those of the protocol.
var openFlags = []struct {
	host int
	wire uint32
}{
	{os.O_CREATE, wire.OpenCreate},
	{os.O_EXCL, wire.OpenExclusive},
	{os.O_TRUNC, wire.OpenTruncate},
	{os.O_APPEND, wire.OpenAppend},
	{os.O_SYNC, wire.OpenSync},
}

func flagsOf(flag int) uint32 {
	var flags uint32
	if access.Reads(flag) {
		flags |= wire.OpenRead
	}
	if access.Writes(flag) {
		flags |= wire.OpenWrite
	}
	for _, f := range openFlags {
		if flag&f.host == f.host {
			flags |= f.wire
		}
	}
	return flags
}

// Open implements access.Opener, in one round trip.
func (o Opener) Open(ctx context.Context, name string, flag int, perm fs.FileMode) (access.File, error) {
	f, attr, err := o.Process.Open(ctx, o.Dir, name, flagsOf(flag), bits(perm))
	if err == nil && attr.Type == wire.TypeDirectory {
		_ = f.Close(context.WithoutCancel(ctx))
		err = abi.EISDIR
	}
	if err != nil {
		return nil, access.Failed("open", name, err)
	}
	// The calls of a file are bounded by the session, not by the opening.
	return &file{handle.Handle{Name: name, Flag: flag}, f, context.WithoutCancel(ctx), attr.ID, attr.Size}, nil
}

// bits returns permissions as the protocol has them.
func bits(perm fs.FileMode) uint32 {
	mode := uint32(perm.Perm())
	for bit, flag := range map[uint32]fs.FileMode{0o4000: fs.ModeSetuid, 0o2000: fs.ModeSetgid, 0o1000: fs.ModeSticky} {
		if perm&flag != 0 {
			mode |= bit
		}
	}
	return mode
}

// Stamp implements access.Stamper.
func (o Opener) Stamp(ctx context.Context, name string) (string, error) {
	a, err := o.Process.Stat(ctx, o.Dir, name, 0)
	if err != nil {
		return "", access.Failed("stat", name, err)
	}
	return StampOf(&a), nil
}

// StampOf returns the stamp of a file with these attributes; access.Stamper.
func StampOf(a *wire.Attr) string {
	return access.StampOf(identity(a.ID), a.Size, a.Mtime.Go(), a.Ctime.Go())
}

func identity(id wire.Identity) string {
	return fmt.Sprintf("%d:%d:%d.%d", id.Dev, id.Ino, id.Birth.Sec, id.Birth.Nsec)
}

// target returns what name leads to.
func (o Opener) target(ctx context.Context, name string) (string, error) {
	return follow.Links(name, func(name string) (string, error) {
		text, err := o.Process.Readlink(ctx, o.Dir, name)
		if errors.Is(err, abi.EINVAL) || errors.Is(err, abi.ENOENT) {
			return "", nil
		}
		return text, err
	})
}

// Replace implements access.Replacer.
func (o Opener) Replace(ctx context.Context, name string, perm fs.FileMode, write func(access.File) error) error {
	target, err := o.target(ctx, name)
	if err != nil {
		return access.Failed("replace", name, err)
	}
	name = target
	temp, f, err := o.temporary(ctx, name)
	if err != nil {
		return access.CannotReplace(access.Failed("replace", name, err))
	}
	err = write(f)
	if err == nil {
		err = f.Sync()
	}
	err = errors.Join(err, f.Close())
	if err == nil {
		err = access.Failed("replace", name, o.install(ctx, temp, name, perm))
	}
	if err != nil {
		_ = o.Process.Unlink(ctx, o.Dir, temp)
	}
	return err
}

// temporary creates a file beside name.
func (o Opener) temporary(ctx context.Context, name string) (string, access.File, error) {
	dir, _ := path.Split(name)
	for n := 0; ; n++ {
		temp := fmt.Sprintf("%s.penumbra-%d-%d", dir, os.Getpid(), n)
		f, err := o.Open(ctx, temp, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
		if !errors.Is(err, abi.EEXIST) {
			return temp, f, err
		}
	}
}

// install puts temp in the place of name, with its owner and permissions.
func (o Opener) install(ctx context.Context, temp, name string, perm fs.FileMode) error {
	mode := bits(perm)
	switch a, err := o.Process.Stat(ctx, o.Dir, name, 0); {
	case err == nil:
		mode = uint32(a.Perm)
		// An owner that may not be given away stays: the file is still ours.
		_ = o.Process.Chown(ctx, o.Dir, temp, a.UID, a.GID, 0)
	case !errors.Is(err, abi.ENOENT):
		return err
	}
	if err := o.Process.Chmod(ctx, o.Dir, temp, mode, 0); err != nil {
		return err
	}
	return o.Process.Rename(ctx, o.Dir, temp, o.Dir, name, 0)
}
