package namespace

import (
	"strings"

	"penumbra/abi"
)

// Limits of the kernel (linux/limits.h, MAXSYMLINKS of linux/namei.h).
const (
	nameMax  = 255
	pathMax  = 4096
	maxLinks = 40
)

// Lookup tells what stands at a place of the view, or at the name "." in one.
type Lookup func(place string) (Entry, abi.Errno)

// Entry is what stands at a place.
type Entry struct {
	Kind Kind
	// Link is the text of a Symlink, or the place that a Jump leads to.
	Link string
}

// Kind is what an entry is, as far as a walk wants to know.
type Kind uint8

const (
	// Missing: there is nothing, in a directory that could hold it.
	Missing Kind = iota
	// Other: neither a directory nor a link.
	Other
	// Directory: what can be walked through.
	Directory
	// Symlink: a symbolic link.
	Symlink
	// Jump: a link of procfs that leads to a place however it is called.
	Jump
	// Foreign: a link of procfs to what is no place of the view, such as a
	// pipe or a deleted file. Only the kernel can follow it.
	Foreign
)

// Start is where a walk begins.
type Start struct {
	Dir string // for a relative path
	// Apart: the kernel begins a relative path elsewhere.
	Apart bool
	Root  string // for an absolute one; ".." does not lead above it
}

// Options change a walk as the flags of openat2(2) do.
type Options struct {
	Follow       bool // a link at the path's end
	Name         bool // the path says what to make or remove: a slash at its end does not make it follow
	NoSymlinks   bool // ELOOP for a link anywhere
	NoMagicLinks bool // ELOOP for a link of procfs
	Beneath      bool // EXDEV for a way out of Start.Dir
	NoCrossing   bool // EXDEV for a way into or out of a mount
}

// Found is where a walk ended.
type Found struct {
	// Place is where the named thing stands, or would stand. It is the link's
	// if Kind is Foreign.
	Place string
	Kind  Kind
	// Slash: the path ended in a slash, and so wants a directory.
	Slash bool
	// Dots is the last name if that was "." or "..", which cannot be made or
	// removed.
	Dots string
	// Apart: the kernel, walking the same path from where the guest really
	// stands, would have strayed from this way, even if it came here in the end.
	Apart bool
}

// Walk follows a path of the guest. The error is the kernel's: ENOENT for an
// empty path or a name that is missing before the last, ENOTDIR, ELOOP,
// ENAMETOOLONG, EXDEV, or what look returned. Apart is right even then.
func (t *Table) Walk(look Lookup, from Start, path string, o Options) (Found, abi.Errno) {
	w := walk{table: t, look: look, from: from, Options: o, links: maxLinks}
	switch {
	case path == "":
		return w.Found, abi.ENOENT
	case len(path) >= pathMax:
		return w.Found, abi.ENAMETOOLONG
	}
	w.Place, w.Kind = from.Dir, Directory
	w.rest = path
	if path[0] == '/' {
		// The way to the root of an absolute path crosses nothing.
		w.Place, w.knowsRoot, w.literal = from.Root, true, from.Root == "/"
	} else {
		w.Apart = from.Apart
	}
	if e := w.absolute(); e != 0 {
		return w.Found, e
	}
	for w.rest != "" {
		if e := w.step(); e != 0 {
			return w.Found, e
		}
	}
	return w.Found, 0
}

// walk is a walk under way: Found is where it stands.
type walk struct {
	Found
	Options
	table *Table
	look  Lookup
	from  Start
	rest  string
	links int // that may still be followed

	knowsRoot bool // the root has been of importance
	literal   bool // the path so far is absolute, and spells the place
}

// absolute sends the walk to its root if the rest begins with a slash. The
// kernel's is the same, unless something is mounted on it.
func (w *walk) absolute() abi.Errno {
	if !strings.HasPrefix(w.rest, "/") {
		return 0
	}
	// For a way across mounts the kernel takes any absolute link before it has
	// had to look where the root is (nd_jump_root of fs/namei.c).
	if w.Beneath || w.NoCrossing && (!w.knowsRoot || w.crosses(w.from.Root)) {
		return abi.EXDEV
	}
	w.rest = strings.TrimLeft(w.rest, "/")
	w.Place, w.Kind = w.from.Root, Directory
	w.Apart = w.Apart || w.Place == "/" && w.table.At("/") != nil
	return 0
}

func (w *walk) crosses(place string) bool {
	if !w.NoCrossing {
		return false
	}
	here, _ := w.table.Find(w.Place)
	there, _ := w.table.Find(place)
	return here != there
}

// step takes the next name off the rest.
func (w *walk) step() abi.Errno {
	name, rest, slash := strings.Cut(w.rest, "/")
	rest = strings.TrimLeft(rest, "/")
	last := rest == ""
	if w.Kind == Foreign {
		// Where the rest leads only the kernel knows, if it has come here.
		w.rest = ""
		if w.Apart {
			return abi.ENOENT
		}
		return 0
	}
	if w.Kind == Missing {
		return abi.ENOENT
	}
	if w.Kind != Directory {
		return abi.ENOTDIR
	}
	w.rest, w.Slash, w.Dots = rest, slash && last, ""
	if name == "." || name == ".." {
		w.Dots = name
		if e := w.maySearch(); e != 0 {
			return e
		}
	}
	switch {
	case name == ".":
		return 0
	case name == "..":
		return w.up()
	case len(name) > nameMax:
		return abi.ENAMETOOLONG
	}
	return w.down(name, last)
}

// maySearch checks that names may be looked up where the walk stands. For all
// but ".", ".." and the targets of mounts that shows when they are.
func (w *walk) maySearch() abi.Errno {
	_, e := w.look(Join(w.Place, "."))
	return e
}

func (w *walk) up() abi.Errno {
	w.knowsRoot, w.literal = true, false
	switch {
	case w.Beneath && w.Place == w.from.Dir:
		return abi.EXDEV
	case w.Place == w.from.Root:
		return 0
	}
	parent := Parent(w.Place)
	if w.crosses(parent) {
		return abi.EXDEV
	}
	if w.table.At(w.Place) != nil {
		w.Apart = true // the kernel goes to the parent of the tree's own root
	}
	w.Place = parent
	return 0
}

func (w *walk) down(name string, last bool) abi.Errno {
	place := Join(w.Place, name)
	if m := w.table.At(place); m != nil {
		if w.NoCrossing {
			return abi.EXDEV
		}
		// Where the host's is seen the kernel comes to it by the same names.
		w.Apart = !m.Host || w.Apart && !w.literal
		if e := w.maySearch(); e != 0 {
			return e
		}
	}
	entry, e := w.look(place)
	if e != 0 {
		return e
	}
	follow := !last || w.Follow || w.Slash && !w.Name
	isLink := entry.Kind == Symlink || entry.Kind == Jump || entry.Kind == Foreign
	switch {
	case !isLink:
		w.Place, w.Kind = place, entry.Kind
		return w.wantDirectory()
	case !follow:
		w.Place, w.Kind = place, Symlink
		return 0
	case w.NoSymlinks || w.NoMagicLinks && entry.Kind != Symlink:
		return abi.ELOOP
	}
	if w.links--; w.links < 0 {
		return abi.ELOOP
	}
	switch entry.Kind {
	case Foreign:
		w.Place, w.Kind = place, Foreign
		return 0
	case Jump:
		if w.Beneath {
			return abi.EXDEV
		}
		return w.land(entry.Link)
	}
	return w.expand(entry.Link)
}

// land takes the walk to where a link of procfs leads: the kernel goes there
// too, since it knows the thing itself.
func (w *walk) land(place string) abi.Errno {
	w.literal = false
	if w.crosses(place) {
		return abi.EXDEV
	}
	entry, e := w.look(place)
	if e != 0 {
		return e
	}
	w.Place, w.Kind = place, entry.Kind
	return w.wantDirectory()
}

// wantDirectory holds what stands at the path's end to the slash behind it. For
// a missing thing the call itself decides: mkdir(2) takes a slash.
func (w *walk) wantDirectory() abi.Errno {
	if w.Slash && !w.Name && w.Kind == Other {
		return abi.ENOTDIR
	}
	return 0
}

// expand puts the text of a link in front of the rest. A slash behind the link
// stays one behind its text.
func (w *walk) expand(text string) abi.Errno {
	w.literal = false
	if text == "" {
		return abi.ENOENT
	}
	switch {
	case w.rest != "":
		w.rest = text + "/" + w.rest
	case w.Slash:
		w.rest = text + "/"
	default:
		w.rest = text
	}
	return w.absolute()
}

// Parent returns the directory that a place stands in; that of / is itself.
func Parent(place string) string {
	i := strings.LastIndexByte(place, '/')
	if i <= 0 {
		return "/"
	}
	return place[:i]
}
