package view

import (
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/guest"
	"penumbra/intercept"
	"penumbra/namespace"
)

// changeDir has chdir(2) and chroot(2) lead into the tree of a mount: from then
// on the kernel itself finds relative paths there.
func (v *View) changeDir(c *intercept.Call, sh *shape) intercept.Verdict {
	path, err := v.pathOf(c, sh.paths[0].arg)
	if err != nil {
		return intercept.Watch
	}
	r, e := v.resolve(c, unix.AT_FDCWD, path, namespace.Options{Follow: true})
	switch {
	case e != 0 && r.Apart:
		return intercept.Fail(e)
	case e != 0 || r.unknown:
		return intercept.Watch
	}
	v.moving[c.Thread.ID()] = r
	if !r.Apart {
		return intercept.Watch
	}
	path, ok := v.pathFor(c.Thread, r.Place)
	switch {
	case ok:
		c.SetArgString(sh.paths[0].arg, path)
		return intercept.Watch
	case sh.call.Name == "chroot":
		v.warn("root", fmt.Sprintf("%s cannot become the root directory, as it does not lie below the one that there is: EOPNOTSUPP", r.Place))
		return intercept.Fail(abi.EOPNOTSUPP)
	}
	return v.enterByFD(c, r)
}

// enterByFD has chdir(2) lead to what no path of the guest's leads to.
func (v *View) enterByFD(c *intercept.Call, r ref) intercept.Verdict {
	at := v.spot(r.host, r.Place)
	fd, err := unix.Openat(at.dir, at.name, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return intercept.Fail(errnoOf(err))
	}
	number, _ := abi.ByName("fchdir").On(c.Arch)
	c.SetNumber(number)
	c.Lend(0, fd)
	return intercept.Watch
}

// pathFor returns the path by which t itself reaches what is at a place. It reports
// false if there is none: from within a root directory of its own, or a mount
// namespace, it may not see where a mount's tree really lies.
func (v *View) pathFor(t *guest.Thread, place string) (string, bool) {
	host := v.hostPath(place)
	if root := v.rootOf(t); root != "/" {
		if root = v.hostPath(root); !namespace.Below(root, host) {
			return "", false
		}
		host = "/" + trimBelow(root, host)
	}
	return host, len(host) < unix.PathMax && v.isSeenBy(t, place, host)
}

// isSeenBy reports whether a path leads t to the file at a place, for all that its
// mount namespace shows.
func (v *View) isSeenBy(t *guest.Thread, place, path string) bool {
	host := v.hostOf(t)
	if host == v.host {
		return true
	}
	at := v.spot(host, place)
	var there, seen unix.Stat_t
	return unix.Fstatat(at.dir, at.name, &there, unix.AT_SYMLINK_NOFOLLOW) == nil &&
		unix.Stat(fmt.Sprintf("/proc/%d/root%s", t.ID(), path), &seen) == nil && there.Dev == seen.Dev && there.Ino == seen.Ino
}

// lendTree lends a call, as argument 0, the directory that a place is named in, and
// returns the name.
func (v *View) lendTree(c *intercept.Call, place string) (string, error) {
	at := v.spot(v.hostOf(c.Thread), place)
	fd, err := unix.Openat(at.dir, ".", unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err == nil {
		c.Lend(0, fd)
	}
	return at.name, err
}

// changeDirByFD has fchdir(2) watched.
func (v *View) changeDirByFD(c *intercept.Call, _ *shape) intercept.Verdict {
	place := v.placeOfFD(c.Thread.ID(), c.Args.Int32(0))
	if place != "" {
		v.moving[c.Thread.ID()] = v.refOf(c.Thread, namespace.Found{Place: place})
	}
	return intercept.Watch
}

// changedDir notes where a process is now.
func (v *View) changedDir(c *intercept.Call) {
	v.moved()
	to, known := v.moving[c.Thread.ID()]
	delete(v.moving, c.Thread.ID())
	if _, e := c.Result(); e != 0 || !known {
		return
	}
	p := v.record(c.Thread)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cwd = origin{}
	switch {
	case c.Syscall.Name == "chroot":
		p.root = to.Place
		v.rooted.Store(true)
		v.leaveAbsolute(c.Thread)
	case to.mount != nil && !to.mount.Private:
		p.bound = to.mount
	default:
		p.bound = nil
	}
}

// getcwd tells a working directory's place.
func (v *View) getcwd(c *intercept.Call, _ *shape) intercept.Verdict {
	host := readLink(fmt.Sprintf("/proc/%d/cwd", c.Thread.ID()))
	place := v.placeOf(host, func() bool { return v.reachedThrough(c.Thread.Process().ID) })
	if host == "" || place == host {
		return intercept.Run
	}
	if root := v.rootOf(c.Thread); root != "/" {
		if namespace.Below(root, place) {
			place = "/" + trimBelow(root, place)
		} else {
			place = "(unreachable)" + place // as getcwd(2) says
		}
	}
	b := append([]byte(place), 0)
	if uint64(len(b)) > c.Args[1] {
		return intercept.Fail(abi.ERANGE)
	}
	if _, err := c.Memory().WriteAt(b, c.Args.Addr(0)); err != nil {
		return intercept.Fail(abi.EFAULT)
	}
	return intercept.Skip(int64(len(b)))
}

// HostPath returns the path on the host of what a path of the view leads to; a
// relative one begins in this process's working directory. Its content is
// there. The error is an *os.PathError.
func (v *View) HostPath(name string) (string, error) {
	found, err := v.follow(name)
	if err == nil && found.Kind == namespace.Missing {
		err = abi.ENOENT
	}
	if err != nil {
		return "", &os.PathError{Op: "find", Path: name, Err: err}
	}
	return v.hostPath(found.Place), nil
}

// StartIn returns the directory of the host in which a guest has to start to
// find itself in dir. Both are "" for this process's working directory.
func (v *View) StartIn(dir string) (string, error) {
	found, err := v.follow(dir)
	if dir == "" && (err != nil || found.Kind != namespace.Directory) {
		// What is covered by a mount that lacks it stays where it is.
		return "", nil
	}
	if err != nil {
		return "", &os.PathError{Op: "chdir", Path: dir, Err: err}
	}
	m, _ := v.mountOf(found.Place)
	if m == nil {
		return dir, nil
	}
	if !m.Private {
		v.start = m
	}
	return v.hostPath(found.Place), nil
}

// Begin has relative paths, for HostPath and StartIn, begin in dir instead of this
// process's working directory. It has to be absolute.
func (v *View) Begin(dir string) { v.base = dir }

// Beginning returns what Begin was told, or "".
func (v *View) Beginning() string { return v.base }

func (v *View) follow(name string) (namespace.Found, error) {
	dir := v.base
	if dir == "" {
		dir = readLink("/proc/self/cwd")
	}
	switch {
	case name == "" && dir == "":
		return namespace.Found{Place: "/"}, nil // it stays in a directory that is gone
	case name == "":
		name = dir // what is mounted there now covers it
	case dir == "" && !filepath.IsAbs(name):
		return namespace.Found{}, abi.ENOENT
	}
	found, e := v.table.Walk(v.look(nil, walker{host: v.host}, nil), namespace.Start{Dir: dir, Root: "/"}, name, namespace.Options{Follow: true})
	if e == 0 {
		e = v.fillProgram(found.Place)
	}
	if e != 0 {
		return found, e
	}
	return found, nil
}
