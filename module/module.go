// Package module says what a mount shows. Every tree is one of the host's own:
// the guest gets real descriptors of real files, so that reads, writes, mmap,
// locks, exec and all else that goes by descriptor is the kernel's work, at the
// kernel's speed and with the kernel's semantics. What a module adds is how the
// tree comes to be there: it always was (bind), it begins empty (mem), or it is
// filled, as it is looked at, from something that is no directory (mirror).
package module

import (
	"time"

	"penumbra/vft"
)

// Tree is a directory of the host, or a single file, that a mount shows.
type Tree interface {
	// Root returns the tree's place on the host, absolute and canonical.
	Root() string
	// Traits tells what else a view has to know.
	Traits() Traits
	// Close gives up the tree when no guest uses it any more.
	Close() error
}

// Traits are a tree's properties.
type Traits struct {
	// Kind is the file system's name for mount(8) and the like, Source what it
	// says was mounted.
	Kind, Source string
	// Private: the tree's own place on the host is nobody's business, and
	// whatever lies there is seen through the mount alone.
	Private bool
	// ReadOnly: the guest must not change the tree.
	ReadOnly bool
}

// A Filler is a Tree whose directory is filled as it is looked at.
type Filler interface {
	Tree
	// Fill sees to it that the host has what the path rel below the root leads
	// past, and, if content is true, what is in the file, or directory, at its end.
	// Links are not followed. It is no error that
	// there is no such thing. Errors that are an abi.Errno go to the guest;
	// others are EIO to it.
	Fill(rel string, content bool) error
}

// A Foreseer is a Filler that can do several things at the same time if it knows of
// them.
type Foreseer interface {
	Filler
	// Foresee says that the guest is about to go the path rel below the root, as far
	// as there are no links on the way, and to read a file at its end if content is
	// true, or a directory if rel ends in a slash. It does not wait.
	Foresee(rel string, content bool)
}

// An Emulator is a Filler with files that are emulated (package vft). Fill only
// readies those: who lets a call use their content asks for it first.
type Emulator interface {
	Filler
	// Files returns the emulated files, or nil if the tree has none and never
	// will: to have some makes many calls of a guest dearer.
	Files() *vft.Table
	// WriteBack writes back what was written to files. What cannot be written is
	// tried again until the tree is closed, and then told to the user.
	WriteBack()
}

// A Changer is a Tree that shows what is kept elsewhere, where changes of its
// names have to be made too.
type Changer interface {
	Tree
	// Change makes a change there first. If that works it calls do, which makes
	// the change in the tree, and returns the error of whichever failed.
	Change(c Change, do func() error) error
	// Writable returns the error with which a file would be opened for writing
	// there.
	Writable(rel string) error
	// Extended returns the extended attributes, or nil if there are none.
	Extended() Extended
}

// An Owned is a Tree that may not be able to give its files the owners that they have
// where they are kept, but knows those.
type Owned interface {
	Tree
	// KeepOwners has them be known from now on. That costs a little.
	KeepOwners()
	// OwnerOf returns the owner of what has these numbers in the tree.
	OwnerOf(dev, ino uint64) (uid, gid int, known bool)
}

// Extended are the extended attributes of files that are kept elsewhere. Names are
// paths below a tree's root, "." being that itself; links are not followed. Values,
// lists and flags are those of xattr(7) and setxattr(2).
type Extended interface {
	Getxattr(name, attribute string) ([]byte, error)
	Listxattr(name string) ([]byte, error)
	Setxattr(name, attribute string, value []byte, flags int) error
	Removexattr(name, attribute string) error
}

// Op is a kind of change.
type Op uint8

// The changes that can be made to a name.
const (
	Create  Op = iota // a regular file with permissions Mode
	Mkdir             // a directory likewise
	Symlink           // a link that leads to Text
	Mknod             // a pipe, or what else Mode says, with permissions Mode
	Link              // another name To for Name
	Rename            // Name becomes To, in the place of what has that name
	Remove            // a file, or an empty directory
	Chmod             // the permissions become Mode
	Chown             // the owner becomes UID, the group GID, unless -1
	Chtimes           // the times become Access and Modify, unless zero
)

// Change is a change of a name. Names are paths below the tree's root.
type Change struct {
	Op
	Name, To, Text string
	Mode           uint32 // as chmod(2) takes it, or for Mknod as mknod(2) does
	UID, GID       int
	Access, Modify time.Time
}
