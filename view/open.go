package view

import (
	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/intercept"
	"penumbra/namespace"
	"penumbra/vft"
)

// opening is what a call asks for that opens a file.
type opening struct {
	dirfd int32
	path  string
	flags int
	mode  uint32
	namespace.Options
	inRoot bool
	empty  *vft.File // to be made empty when it is open
}

// readOpening reads the arguments of open, openat, openat2 or creat. An error
// means that the call is the kernel's to refuse.
func (v *View) readOpening(c *intercept.Call, sh *shape) (opening, error) {
	o := opening{dirfd: sh.paths[0].dirfdOf(c)}
	var err error
	if o.path, err = v.pathOf(c, sh.paths[0].arg); err != nil {
		return o, err
	}
	next := sh.paths[0].arg + 1
	switch sh.call.Name {
	case "creat":
		o.flags, o.mode = unix.O_CREAT|unix.O_WRONLY|unix.O_TRUNC, uint32(c.Args[next])
	case "openat2":
		err = v.readHow(c, next, &o)
	default:
		o.flags, o.mode = int(c.Args.Int32(next)), uint32(c.Args[next+1])
	}
	o.mode &= 0o7777
	exclusive := o.flags&(unix.O_CREAT|unix.O_EXCL) == unix.O_CREAT|unix.O_EXCL
	o.Follow = o.flags&unix.O_NOFOLLOW == 0 && !exclusive
	return o, err
}

// writes reports whether the file may be changed through the descriptor.
func (o *opening) writes() bool {
	return o.flags&unix.O_PATH == 0 &&
		(o.flags&unix.O_ACCMODE != unix.O_RDONLY || o.flags&unix.O_TRUNC != 0 || o.isTemporary())
}

func (o *opening) isTemporary() bool { return o.flags&unix.O_TMPFILE == unix.O_TMPFILE }

// open answers the calls that open files.
func (v *View) open(c *intercept.Call, sh *shape) intercept.Verdict {
	o, err := v.readOpening(c, sh)
	if err != nil || o.path == "" {
		return intercept.Run
	}
	if !o.Follow && !v.fills && !v.split && !v.guarded && !v.bound && v.staysPut(o.path) {
		return intercept.Run // as for isKernels
	}
	o.foresee(v, c)
	r, e := v.resolveOpening(c, &o)
	switch {
	case e != 0 && !r.Apart:
		return intercept.Run
	case e != 0:
		return intercept.Fail(e)
	case r.unknown:
		return intercept.Run
	case r.mount == nil && r.Kind == namespace.Other:
		if verdict, ok := v.openList(c, r.Place, &o); ok {
			return verdict
		}
	}
	if r.mount != nil && r.mount.ReadOnly {
		if e := v.refuseWriting(&o, r); e != 0 {
			return intercept.Fail(e)
		}
	}
	if r.mount != nil && r.mount.filler != nil {
		if r.mount.emulator == nil {
			c.Leave() // all of the content comes
		}
		if e := v.fill(r.Place, true); e != 0 {
			return intercept.Fail(e)
		}
	}
	if r.mount != nil && r.mount.emulator != nil {
		if verdict, ok := v.openToChange(c, &o, r); ok {
			return verdict
		}
	}
	// What lies in a bind mount is opened here even if the kernel would find it,
	// to be marked, unless there is no path to it.
	marks := r.mount != nil && !r.mount.Private && len(v.spot(r.host, r.Place).name) < unix.PathMax
	switch {
	case !r.Apart && !marks:
		return intercept.Run
	case o.flags&unix.O_PATH != 0:
		return v.openThere(c, &o, r)
	}
	return v.openHere(c, &o, r)
}

// foresee tells the tree what will be asked for.
func (o *opening) foresee(v *View, c *intercept.Call) {
	path, content := o.path, o.flags&(unix.O_PATH|unix.O_TRUNC) == 0
	if o.flags&unix.O_DIRECTORY != 0 {
		path, content = path+"/", false
	}
	v.foresee(c.Thread, o.dirfd, path, content)
}

// openThere has the guest open a file of a mount as an O_PATH descriptor.
func (v *View) openThere(c *intercept.Call, o *opening, r ref) intercept.Verdict {
	flags := o.flags
	if r.mount != nil && !r.mount.Private && isDirectory(v.hostPath(r.Place)) {
		flags |= markPath
	}
	path, ok := v.pathFor(c.Thread, r.Place)
	if !ok {
		var err error
		if path, err = v.lendTree(c, r.Place); err != nil {
			return intercept.Fail(errnoOf(err))
		}
	}
	if r.Slash {
		path += "/"
	}
	number, _ := abi.ByName("openat").On(c.Arch)
	c.SetNumber(number)
	c.SetArgString(1, path)
	c.SetArg(2, uint64(flags))
	c.SetArg(3, uint64(o.mode))
	return intercept.Run
}

func (v *View) resolveOpening(c *intercept.Call, o *opening) (ref, abi.Errno) {
	if !o.inRoot {
		return v.resolve(c, o.dirfd, o.path, o.Options)
	}
	dir := v.startOf(c.Thread, o.dirfd)
	if dir.place == "" {
		return ref{unknown: true}, 0
	}
	as, err := v.walkerOf(c.Thread)
	if err != nil {
		return ref{unknown: true}, 0 // it has died
	}
	found, e := v.walk(c, dir.place, pathKey{dir: dir, path: o.path, as: as}, o.Options, new(bool))
	found.Apart = found.Apart || dir.apart
	return v.refIn(as.host, found), e
}

// refuseWriting keeps a file of a read-only tree from being opened for writing,
// as the kernel does on a read-only mount.
func (v *View) refuseWriting(o *opening, r ref) abi.Errno {
	at := v.spot(r.host, r.Place)
	var st unix.Stat_t
	if err := unix.Fstatat(at.dir, at.name, &st, unix.AT_SYMLINK_NOFOLLOW); err != nil {
		if err == unix.ENOENT && o.flags&unix.O_CREAT != 0 {
			return abi.EROFS
		}
		return errnoOf(err)
	}
	isDir := st.Mode&unix.S_IFMT == unix.S_IFDIR
	switch {
	case o.flags&(unix.O_CREAT|unix.O_EXCL) == unix.O_CREAT|unix.O_EXCL:
		return abi.EEXIST
	case isDir && o.writes() && !o.isTemporary():
		return abi.EISDIR
	case isStored(&st) && o.writes():
		return abi.EROFS
	}
	o.flags &^= unix.O_CREAT
	return 0
}

// openHere opens what r refers to and hands it to the guest.
func (v *View) openHere(c *intercept.Call, o *opening, r ref) intercept.Verdict {
	restore, _, e := v.become(c.Thread, o.flags&unix.O_CREAT != 0 || o.isTemporary(), false)
	if e != 0 {
		return intercept.Fail(e)
	}
	defer restore()
	if !c.Alive() {
		return intercept.Run // nobody is there any more
	}
	if at := v.spot(r.host, r.Place); waits(at, o.flags) {
		return v.openPipe(c, o, at)
	}
	fd, err := v.openSpot(o, r)
	if err == nil && o.empty != nil {
		if err = v.makeEmpty(o, r, fd); err != nil {
			unix.Close(fd)
		}
	}
	if err != nil {
		return intercept.Fail(errnoOf(err))
	}
	return intercept.Give(fd, o.flags&unix.O_CLOEXEC != 0)
}

// openSpot opens what r refers to.
func (v *View) openSpot(o *opening, r ref) (int, error) {
	at := v.spot(r.host, r.Place)
	name := at.name
	if r.Slash {
		name += "/"
	}
	flags := o.flags | unix.O_CLOEXEC | unix.O_NOCTTY
	if r.Kind != namespace.Foreign && r.Kind != namespace.Symlink {
		flags |= unix.O_NOFOLLOW // nobody may put a link there meanwhile
	}
	fd, err := unix.Openat(at.dir, name, flags, o.mode)
	if err == nil && r.mount != nil && !r.mount.Private {
		return mark(fd, at, flags, r.mount.ReadOnly)
	}
	return fd, err
}

// mark makes a descriptor one that marked recognizes: of a directory, and with
// all of anything that cannot be written through it.
func mark(fd int, at spot, flags int, all bool) (int, error) {
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return fd, err
	}
	isDir := st.Mode&unix.S_IFMT == unix.S_IFDIR
	isFile := st.Mode&unix.S_IFMT == unix.S_IFREG
	if !isDir && !(all && isFile) {
		return fd, nil
	}
	unix.Close(fd)
	return unix.Openat(at.dir, at.name, flags&^(unix.O_CREAT|unix.O_EXCL|unix.O_TRUNC)|markOpen, 0)
}
