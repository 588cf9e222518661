package view

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/guest"
	"penumbra/intercept"
	"penumbra/namespace"
)

// ref is what a path of a call refers to. Its Kind tells whether that is a link,
// but not, for it may come from the cache, whether it exists.
type ref struct {
	namespace.Found
	mount *mount // that the place belongs to, nil for the host
	host  int    // descriptor of the host's root, as the thread sees it
	// copy is the host's path of what is run in the place of a program, or "".
	copy string
	// unknown: the place was not looked for, since the call is the kernel's
	// whatever it is.
	unknown bool
}

// errUnreadable is the error of a path that the kernel cannot read either.
var errUnreadable = errors.New("unreadable path")

// pathOf reads a path of a call. An error means that the call is the kernel's to
// refuse.
func (v *View) pathOf(c *intercept.Call, arg int) (string, error) {
	if c.Args[arg] == 0 {
		return "", errUnreadable
	}
	path, err := c.ArgString(arg, unix.PathMax-1)
	if err != nil {
		if errors.Is(err, unix.EPERM) {
			v.warn("memory", fmt.Sprintf("the memory of process %d, which forbids that, cannot be read: it sees no mounts", c.Thread.ID()))
		}
		return "", errUnreadable
	}
	return path, nil
}

// resolve finds what a path of c refers to. An empty path refers to what the
// descriptor does.
func (v *View) resolve(c *intercept.Call, dirfd int32, path string, o namespace.Options) (ref, abi.Errno) {
	root := v.rootOf(c.Thread)
	if path == "" {
		return v.refOf(c.Thread, namespace.Found{Place: v.startOf(c.Thread, dirfd).place, Kind: namespace.Directory}), 0
	}
	var era uint64
	if v.inner != nil {
		era = v.inner.Era()
	}
	key := pathKey{path: path, follow: o.Follow, name: o.Name}
	var err error
	if key.as, err = v.walkerOf(c.Thread); err != nil {
		return ref{unknown: true}, 0 // it has died
	}
	climbed := false
	if path[0] != '/' {
		if key.dir = v.startOf(c.Thread, dirfd); key.dir.place == "" {
			if key.dir, key.path = v.climb(c.Thread, dirfd, path); key.dir.place == "" || o.Beneath {
				return ref{unknown: true}, 0
			}
			climbed = true
		}
	}
	if climbed || root != "/" || o != (namespace.Options{Follow: o.Follow, Name: o.Name}) {
		found, e := v.walk(c, root, key, o, new(bool))
		return v.refIn(key.as.host, found), e
	}
	if _, ok := v.paths.get(key); !ok {
		v.foresee(c.Thread, dirfd, path, false)
	}
	fact := v.lead(c, key)
	// What the inner door knows is the same for all: of this namespace.
	if v.inner != nil && v.owner == nil && v.inner.May(c) && key.as.host == v.host && fact.errno == 0 && !fact.found.Apart {
		v.teach(c, era, dirfd, key, fact.found)
	}
	return v.refIn(key.as.host, fact.found), fact.errno
}

// climb follows the names ".." with which a path begins to the first directory
// whose own path the kernel can tell, and returns its place and the rest of the path.
// The place is "" if there is none: then the path leads nowhere out of its mount.
func (v *View) climb(t *guest.Thread, dirfd int32, path string) (from origin, rest string) {
	link := fmt.Sprintf("/proc/%d/fd/%d", t.ID(), dirfd)
	through := func() bool { return true } // one that is opened so deep is not marked
	if dirfd == unix.AT_FDCWD {
		link = fmt.Sprintf("/proc/%d/cwd", t.ID())
		through = func() bool { return v.reachedThrough(t.Process().ID) }
	}
	at, err := unix.Open(link, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	for err == nil {
		defer unix.Close(at)
		own := fmt.Sprintf("/proc/self/fd/%d", at)
		if _, err := os.Readlink(own); !errors.Is(err, unix.ENAMETOOLONG) {
			return v.originAt(readLink(own), through), cmp.Or(path, ".")
		}
		name, after, _ := strings.Cut(path, "/")
		if path = strings.TrimLeft(after, "/"); name != "." && name != ".." {
			break
		}
		at, err = unix.Openat(at, name, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	}
	return origin{}, ""
}

// lead finds where a path leads. Most are asked for again, or lie in a directory
// of which others were.
func (v *View) lead(c *intercept.Call, key pathKey) pathFact {
	if fact, ok := v.paths.get(key); ok {
		return fact
	}
	fact := pathFact{era: v.paths.era.Load()}
	var ok, fleeting bool
	if fact, ok = v.leadByParent(c, key, fact); !ok {
		fact.found, fact.errno = v.walk(c, "/", key, namespace.Options{Follow: key.follow, Name: key.name}, &fleeting)
	}
	// Of a name that is not followed its directory's place says all. What is missing on
	// the way may be made at any time.
	if cheap := ok && !key.follow; !cheap && !fleeting && fact.errno == 0 && !namespace.Below("/proc", fact.found.Place) {
		v.paths.put(key, fact)
	}
	return fact
}

// leadByParent finds where a path leads whose last name is no link, or is not to
// be followed. It reports false for others.
func (v *View) leadByParent(c *intercept.Call, key pathKey, fact pathFact) (pathFact, bool) {
	i := strings.LastIndexByte(key.path, '/')
	name := key.path[i+1:]
	if name == "" || name == "." || name == ".." {
		return fact, false
	}
	switch {
	case i > 0:
		parent := v.lead(c, pathKey{dir: key.dir, path: key.path[:i], follow: true, as: key.as})
		if parent.found.Kind == namespace.Foreign {
			return fact, false
		}
		if parent.errno != 0 {
			return parent, true
		}
		fact.found.Place, fact.found.Apart = parent.found.Place, parent.found.Apart
	case i == 0:
		fact.found.Place, fact.found.Apart = "/", v.table.At("/") != nil
	default:
		fact.found.Place, fact.found.Apart = key.dir.place, key.dir.apart
	}
	if fact.found.Place == "" || namespace.Below("/proc", fact.found.Place) {
		return fact, false
	}
	fact.found.Place, fact.found.Kind = namespace.Join(fact.found.Place, name), namespace.Other
	if v.table.At(fact.found.Place) != nil {
		return fact, false // the walk checks whether its directory may be searched
	}
	if fact.errno = v.fill(fact.found.Place, false); fact.errno != 0 || !key.follow {
		return fact, true
	}
	restore, e := key.as.who.assume()
	if e != 0 {
		return fact, false
	}
	at := v.spot(key.as.host, fact.found.Place)
	var text [1]byte
	_, err := unix.Readlinkat(at.dir, at.name, text[:])
	restore()
	switch err {
	case unix.EINVAL:
		return fact, true
	case unix.ENOENT:
		fact.found.Kind = namespace.Missing
		return fact, true
	}
	return fact, false // a link, or an error, which is the walk's to tell
}

// refOf returns what t means by what was found.
func (v *View) refOf(t *guest.Thread, found namespace.Found) ref { return v.refIn(v.hostOf(t), found) }

func (v *View) refIn(host int, found namespace.Found) ref {
	r := ref{Found: found, host: host, unknown: found.Place == ""}
	if !r.unknown {
		r.mount, _ = v.mountOf(found.Place)
	}
	return r
}

// walk follows a path name by name. It sets fleeting if the way led through
// links of procfs, which are not the same for all, nor for long.
func (v *View) walk(c *intercept.Call, root string, key pathKey, o namespace.Options, fleeting *bool) (namespace.Found, abi.Errno) {
	start := namespace.Start{Dir: key.dir.place, Apart: key.dir.apart, Root: root}
	if start.Dir == "" {
		start.Dir = root
	}
	return v.table.Walk(v.look(c.Thread, key.as, fleeting), start, key.path, o)
}
