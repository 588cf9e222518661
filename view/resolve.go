package view

import (
	"errors"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/intercept"
	"penumbra/namespace"
)

// ref is what a path of a call refers to. Its Kind tells whether that is a link,
// but not, for it may come from the cache, whether it exists.
type ref struct {
	namespace.Found
	mount *mount // that the place belongs to, nil for the host
	// unknown: the place was not looked for, since the call is the kernel's
	// whatever it is.
	unknown bool
}

// unreadable is the path of a call that the kernel cannot read either.
var unreadable = errors.New("unreadable path")

// pathOf reads a path of a call. An error means that the call is the kernel's to
// refuse.
func pathOf(c *intercept.Call, arg int) (string, error) {
	if c.Args[arg] == 0 {
		return "", unreadable
	}
	path, err := c.Memory().String(c.Args.Addr(arg), unix.PathMax-1)
	if err != nil {
		return "", unreadable
	}
	return path, nil
}

// resolve finds what a path of c refers to. An empty path refers to what the
// descriptor does.
func (v *View) resolve(c *intercept.Call, dirfd int32, path string, o namespace.Options) (ref, abi.Errno) {
	root := v.rootOf(c.Thread)
	if path == "" {
		return v.refOf(namespace.Found{Place: v.startOf(c.Thread, dirfd), Kind: namespace.Directory}), 0
	}
	key := pathKey{path: path, follow: o.Follow, name: o.Name}
	if path[0] != '/' {
		if key.dir = v.startOf(c.Thread, dirfd); key.dir == "" {
			return ref{unknown: true}, 0
		}
	}
	simple := root == "/" && o == namespace.Options{Follow: o.Follow, Name: o.Name}
	if !simple {
		found, e := v.walk(c, root, key, o, new(bool))
		return v.refOf(found), e
	}
	if fact, ok := v.paths.get(key); ok {
		return v.refOf(fact.found), fact.errno
	}
	fact := pathFact{era: v.paths.era.Load()}
	var ok, fleeting bool
	if fact.found, ok = v.probe(key); !ok {
		fact.found, fact.errno = v.walk(c, root, key, o, &fleeting)
	}
	if !fleeting && !namespace.Below("/proc", fact.found.Place) {
		v.paths.put(key, fact)
	}
	return v.refOf(fact.found), fact.errno
}

func (v *View) refOf(found namespace.Found) ref {
	r := ref{Found: found, unknown: found.Place == ""}
	if !r.unknown {
		r.mount, _ = v.mountOf(found.Place)
	}
	return r
}

// walk follows a path name by name. It sets fleeting if the way led through
// links of procfs, which are not the same for all, nor for long.
func (v *View) walk(c *intercept.Call, root string, key pathKey, o namespace.Options, fleeting *bool) (namespace.Found, abi.Errno) {
	start := namespace.Start{Dir: key.dir, Root: root}
	if key.dir == "" {
		start.Dir = root
	}
	return v.table.Walk(v.look(c.Thread, fleeting), start, key.path, o)
}

// probe resolves a plain path that meets no links, with a single call: nothing
// is on its way that it does not spell. It reports false if the path has to be
// walked.
func (v *View) probe(key pathKey) (namespace.Found, bool) {
	if !namespace.IsPlain(key.path) {
		return namespace.Found{}, false
	}
	place := key.path
	var from *mount
	if key.dir != "" {
		place = namespace.Join(key.dir, key.path)
		from, _ = v.mountOf(key.dir)
	}
	m, rel := v.mountOf(place)
	if m != nil && m.filler != nil && v.fill(place, false) != 0 {
		return namespace.Found{}, false
	}
	found := namespace.Found{Place: place, Kind: namespace.Other, Apart: m != from}
	if m != nil && rel == "" {
		if m.file == "" {
			found.Kind = namespace.Directory
		}
		return found, true
	}
	at := v.spot(place)
	how := unix.OpenHow{Flags: unix.O_PATH | unix.O_CLOEXEC, Resolve: unix.RESOLVE_NO_SYMLINKS}
	if !key.follow {
		how.Flags |= unix.O_NOFOLLOW
	}
	fd, err := unix.Openat2(at.dir, at.name, &how)
	switch {
	case err == nil:
		unix.Close(fd)
		return found, true
	case err == unix.ENOENT:
		found.Kind = namespace.Missing
		return found, true
	}
	// A link; or an error, which is the walk's to tell.
	return namespace.Found{}, false
}
