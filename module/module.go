// Package module says what a mount shows. Every tree is one of the host's own:
// the guest gets real descriptors of real files, so that reads, writes, mmap,
// locks, exec and all else that goes by descriptor is the kernel's work, at the
// kernel's speed and with the kernel's semantics. What a module adds is how the
// tree comes to be there: it always was (bind), it begins empty (mem), or it is
// filled, as it is looked at, from something that is no directory (mirror).
package module

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
	// past, what a directory at its end holds, and, if content is true, the
	// content of a file at its end. Links are not followed. It is no error that
	// there is no such thing. Errors that are an abi.Errno go to the guest;
	// others are EIO to it.
	Fill(rel string, content bool) error
}
