package remote

import (
	"io/fs"
	"time"

	"penumbra/shadow/wire"
)

// info tells of a file what the shadow told.
type info struct {
	name, link string
	attr       wire.Attr
	replaced   bool // by another file whenever it is written to
}

func (i *info) Name() string               { return i.name }
func (i *info) Size() int64                { return i.attr.Size }
func (i *info) Mode() fs.FileMode          { return modeOf(&i.attr) }
func (i *info) ModTime() time.Time         { return i.attr.Mtime.Go() }
func (i *info) IsDir() bool                { return i.attr.Type == wire.TypeDirectory }
func (i *info) Sys() any                   { return &i.attr }
func (i *info) Type() fs.FileMode          { return i.Mode().Type() }
func (i *info) Info() (fs.FileInfo, error) { return i, nil }

// Inode implements mirror.Linked.
func (i *info) Inode() any {
	if i.replaced {
		return nil
	}
	return i.attr.ID
}

// Owner implements mirror.Owner.
func (i *info) Owner() (uid, gid int) { return int(i.attr.UID), int(i.attr.GID) }

// Device implements mirror.Device.
func (i *info) Device() (major, minor uint32) { return i.attr.RdevMajor, i.attr.RdevMinor }

// Target implements mirror.Link.
func (i *info) Target() string { return i.link }

// types are the kinds of files of io/fs.
var types = map[wire.FileType]fs.FileMode{
	wire.TypeRegular: 0, wire.TypeDirectory: fs.ModeDir, wire.TypeSymlink: fs.ModeSymlink, wire.TypeFIFO: fs.ModeNamedPipe,
	wire.TypeSocket: fs.ModeSocket, wire.TypeCharDevice: fs.ModeDevice | fs.ModeCharDevice, wire.TypeBlockDevice: fs.ModeDevice,
}

// special are the permissions of POSIX that package fs has elsewhere.
var special = []struct {
	bit  uint16
	flag fs.FileMode
}{{0o4000, fs.ModeSetuid}, {0o2000, fs.ModeSetgid}, {0o1000, fs.ModeSticky}}

func modeOf(a *wire.Attr) fs.FileMode {
	mode, known := types[a.Type]
	if !known {
		mode = fs.ModeIrregular
	}
	mode |= fs.FileMode(a.Perm & 0o777)
	for _, s := range special {
		if a.Perm&s.bit != 0 {
			mode |= s.flag
		}
	}
	return mode
}

// permOf returns the 12 bits of permissions that mode has.
func permOf(mode fs.FileMode) uint32 {
	bits := uint32(mode.Perm())
	for _, s := range special {
		if mode&s.flag != 0 {
			bits |= uint32(s.bit)
		}
	}
	return bits
}
