// Package namespace says what a path names in a view: the mounts, and the walk
// from name to name as the kernel does it (path_resolution(7)).
//
// Places are written as paths of the view: absolute, and canonical, which means
// without symbolic links, ".", ".." and empty names. A place below a mount's
// target belongs to that mount; all others belong to the host.
package namespace

import (
	"path"
	"strings"
)

// Mount is a tree that is seen at Target, and hides what else is there.
type Mount struct {
	// Target is the place of the tree's root.
	Target string
	// Tree is the owner's: what the mount shows.
	Tree any
	// Host: what the host has there is seen, although a mount covers that.
	Host bool
}

// Table holds the mounts of a view. It may be read by several goroutines at
// once, but not while it is changed.
type Table struct {
	at    map[string]*Mount
	names map[string]int // how many targets have a last name
	above map[string]int // how many targets lie below a place
	root  *Mount         // the mount at /, or nil
}

// Add mounts m. It covers what is mounted at and below its target.
func (t *Table) Add(m *Mount) {
	if t.at == nil {
		t.at, t.names, t.above = map[string]*Mount{}, map[string]int{}, map[string]int{}
	}
	if t.at[m.Target] != nil {
		t.remove(m.Target)
	}
	if t.above[m.Target] > 0 {
		for target := range t.at {
			if Below(m.Target, target) {
				t.remove(target)
			}
		}
	}
	t.at[m.Target] = m
	t.count(m.Target, 1)
}

func (t *Table) remove(target string) {
	delete(t.at, target)
	t.count(target, -1)
}

// count keeps account of what is known of the targets.
func (t *Table) count(target string, n int) {
	t.root = t.at["/"]
	t.names[path.Base(target)] += n
	for dir := target; dir != "/"; {
		dir = Parent(dir)
		t.above[dir] += n
	}
}

// Mounts returns the mounts, in no order.
func (t *Table) Mounts() []*Mount {
	var all []*Mount
	for _, m := range t.at {
		all = append(all, m)
	}
	return all
}

// At returns the mount whose target is place, or nil.
func (t *Table) At(place string) *Mount { return t.at[place] }

// Find returns the mount that place belongs to and the place's path below its
// root, "" for the root itself. For a place of the host the mount is nil and
// the path leads from /.
func (t *Table) Find(place string) (m *Mount, rel string) {
	for end := len(place); end > 1; end = strings.LastIndexByte(place[:end], '/') {
		if m := t.at[place[:end]]; m != nil {
			return m, strings.TrimPrefix(place[end:], "/")
		}
	}
	return t.root, place[1:]
}

// Enters reports whether a path without symbolic links and ".." may lead into a
// mount from a directory outside it. It errs on the side of yes: it looks at
// names alone, and so needs not know the directory.
func (t *Table) Enters(rel string) bool {
	for name := range strings.SplitSeq(rel, "/") {
		if t.names[name] > 0 {
			return true
		}
	}
	return false
}

// Holds reports whether something is mounted below place, but not at it.
func (t *Table) Holds(place string) bool { return t.above[place] > 0 }

// Below reports whether place is dir or lies below it.
func Below(dir, place string) bool {
	return dir == "/" || strings.HasPrefix(place, dir) && (len(place) == len(dir) || place[len(dir)] == '/')
}

// Join returns the place of a name, or of several, in dir.
func Join(dir, rel string) string {
	switch {
	case rel == "":
		return dir
	case dir == "/":
		return "/" + rel
	}
	return dir + "/" + rel
}

// IsPlain reports whether a path leads down only: it has no "." and "..", no
// empty names, and does not end in a slash. A plain path that meets no symbolic
// link leads to the place that it spells.
func IsPlain(p string) bool {
	p = strings.TrimPrefix(p, "/")
	for name := range strings.SplitSeq(p, "/") {
		if name == "" || name == "." || name == ".." {
			return false
		}
	}
	return true
}
