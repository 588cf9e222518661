package view

import (
	"fmt"
	"path"
	"strings"
	"sync"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/guest"
	"penumbra/namespace"
)

// process is what a view remembers of a process.
type process struct {
	mu    sync.Mutex
	root  string // the place of its root directory
	bound *mount // the bind mount through which it reached its working directory, or nil
	apart bool   // it may have a mount namespace of its own
	host  int    // descriptor of that one's root, if it has been looked for, or -1

	cwd      origin // the working directory, as it was
	cwdEra   uint64
	cwdKnown stamp
}

// record returns the record of t's process.
func (v *View) record(t *guest.Thread) *process {
	id := t.Process().ID
	v.mu.Lock()
	defer v.mu.Unlock()
	p := v.processes[id]
	if p == nil {
		p = &process{root: "/", host: -1}
		v.processes[id] = p
	}
	return p
}

// tracks reports whether a process's record holds what its children inherit.
func (v *View) tracks() bool { return v.bound || v.rooted.Load() || v.unshared.Load() }

// Forked implements intercept.Life.
func (v *View) Forked(parent, child *guest.Thread) {
	if parent == nil {
		if v.start != nil {
			v.record(child).bound = v.start
		}
		return
	}
	if who, ok := v.identities.Load(parent.ID()); ok {
		v.identities.Store(child.ID(), who)
	}
	v.settle(parent.ID())
	if len(v.emulators) > 0 {
		v.forkedMappings(parent.Process().ID, child.Process().ID)
	}
	if v.isElsewhere(child.ID()) {
		v.setApart(child)
	}
	if !v.tracks() || parent.Process() == child.Process() {
		return
	}
	from, to := v.record(parent), v.record(child)
	from.mu.Lock()
	root, bound, apart, host := from.root, from.bound, from.apart, from.host
	from.mu.Unlock()
	to.mu.Lock()
	to.root, to.bound, to.apart, to.host = root, bound, to.apart || apart, host
	to.mu.Unlock()
}

// Execed implements intercept.Life.
func (v *View) Execed(t *guest.Thread, former int) {
	v.identities.Delete(former)
	v.identities.Delete(t.ID())
	v.settle(former)
	v.lostMappings(t.ID())
}

// Exited implements intercept.Life.
func (v *View) Exited(t *guest.Thread, _ uint32) {
	v.identities.Delete(t.ID())
	v.settle(t.ID())
	if t.ID() == t.Process().ID {
		v.lostMappings(t.ID())
	}
	v.mu.Lock()
	delete(v.processes, t.ID())
	v.mu.Unlock()
}

// readLink returns where a link of procfs leads, or "" if that is nowhere, as
// for a pipe or a deleted file.
func readLink(name string) string {
	host := linkText(name)
	if !strings.HasPrefix(host, "/") || strings.HasSuffix(host, deleted) {
		return ""
	}
	return host
}

// deleted is what the kernel appends to the path of a file that has none any more.
const deleted = " (deleted)"

// linkText returns the text of a link of procfs, or "" if it cannot be read.
func linkText(name string) string {
	var buf [2 * unix.PathMax]byte
	n, err := unix.Readlink(name, buf[:])
	if err != nil {
		return ""
	}
	return string(buf[:n])
}

// origin is where a relative path starts.
type origin struct {
	place string // "" if that is none
	// apart: the kernel starts from what another view has at that place.
	apart bool
}

// originAt returns the origin that a directory of the host is.
func (v *View) originAt(host string, through func() bool) origin {
	place := v.placeOf(host, through)
	return origin{place, v.split && place != "" && v.hostPath(place) != host}
}

// startOf returns where a relative path of t starts. If that is no place the kernel
// will refuse the path, or at least we cannot know better.
func (v *View) startOf(t *guest.Thread, dirfd int32) origin {
	if dirfd != unix.AT_FDCWD {
		return v.originAt(readLink(fmt.Sprintf("/proc/%d/fd/%d", t.ID(), dirfd)), func() bool { return v.marked(t.ID(), dirfd) })
	}
	if v.split {
		if o, ok := v.led.Load(t.ID()); ok {
			return o.(origin)
		}
	}
	p := v.record(t)
	p.mu.Lock()
	defer p.mu.Unlock()
	if era := v.cwdEra.Load(); p.cwd.place == "" || p.cwdEra != era || !p.cwdKnown.fresh() {
		p.cwdKnown, p.cwdEra = now(), era
		p.cwd = v.originAt(readLink(fmt.Sprintf("/proc/%d/cwd", t.ID())), func() bool { return p.bound != nil })
	}
	return p.cwd
}

// placeOfFD returns the place of what a descriptor of thread tid refers to.
func (v *View) placeOfFD(tid int, fd int32) string {
	host := readLink(fmt.Sprintf("/proc/%d/fd/%d", tid, fd))
	return v.placeOf(host, func() bool { return v.marked(tid, fd) })
}

// rootOf returns the place of t's root directory.
func (v *View) rootOf(t *guest.Thread) string {
	if !v.rooted.Load() {
		return "/"
	}
	p := v.record(t)
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.root
}

// look returns what walks of t ask, with the identity who, which sets fleeting
// when it tells of a link of procfs. Without t those are links like others.
func (v *View) look(t *guest.Thread, as walker, fleeting *bool) namespace.Lookup {
	return func(place string) (namespace.Entry, abi.Errno) {
		if e := v.fill(place, false); e != 0 {
			return namespace.Entry{}, e
		}
		restore, e := as.who.assume()
		if e != 0 {
			return namespace.Entry{}, e
		}
		at := v.spot(as.host, place)
		var st unix.Stat_t
		err := unix.Fstatat(at.dir, at.name, &st, unix.AT_SYMLINK_NOFOLLOW)
		restore()
		switch err {
		case nil:
		case unix.ENOENT:
			return namespace.Entry{Kind: namespace.Missing}, 0
		default:
			return namespace.Entry{}, errnoOf(err)
		}
		switch st.Mode & unix.S_IFMT {
		case unix.S_IFDIR:
			return namespace.Entry{Kind: namespace.Directory}, 0
		case unix.S_IFLNK:
			if st.Dev == v.procDev && t != nil {
				*fleeting = true
				return v.procLink(t, place), 0
			}
			var buf [unix.PathMax]byte
			n, err := unix.Readlinkat(at.dir, at.name, buf[:])
			if err != nil {
				return namespace.Entry{}, errnoOf(err)
			}
			return namespace.Entry{Kind: namespace.Symlink, Link: string(buf[:n])}, 0
		}
		return namespace.Entry{Kind: namespace.Other}, 0
	}
}

// foresee tells the tree to which a path leads that it will be followed, and what is
// at its end be read, if content is true. Links on the way it may take for what they
// are not; it is a hint.
func (v *View) foresee(t *guest.Thread, dirfd int32, name string, content bool) {
	if !v.foresees || dirfd != unix.AT_FDCWD && !strings.Contains(name, "/") {
		return // a directory that is open was looked at
	}
	place := path.Clean(name)
	if !path.IsAbs(name) {
		place = path.Join(v.startOf(t, dirfd).place, name)
	}
	if m, rel := v.mountOf(place); m != nil && m.foreseer != nil {
		if strings.HasSuffix(name, "/") {
			rel += "/"
		}
		m.foreseer.Foresee(rel, content)
	}
}

// fill has the tree at place filled as far as that place.
func (v *View) fill(place string, content bool) abi.Errno {
	m, rel := v.mountOf(place)
	if m == nil || m.filler == nil {
		return 0
	}
	return fillErrno(m.filler.Fill(rel, content))
}
