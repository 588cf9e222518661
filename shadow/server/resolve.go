package server

import (
	"errors"
	"fmt"
	"path"
	"strings"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/shadow/wire"
)

// beneath keeps openat2(2) below the directory that it starts from.
const beneath = unix.RESOLVE_BENEATH | unix.RESOLVE_NO_MAGICLINKS

// A base is where a path begins: a directory in an export, or its root.
type base struct {
	dir int
	at  *export
	rel string // the path from there
}

// open opens a path of the client's, below the export that it leads to. flags
// are those of open(2) here.
//
// The kernel follows the links that stay below the directory where it begins.
// Where one leads elsewhere, perhaps to the same export by an absolute path, the
// path is walked here. The kernel then opens the result, which has no links, and
// refuses if it has got one in the meantime.
func (x *executor) open(b base, flags, mode uint64) (int, *export, error) {
	fd, err := openBeneath(b.dir, b.rel, flags, mode, 0)
	if !errors.Is(err, unix.EXDEV) {
		return fd, b.at, err
	}
	const attempts = 8 // against somebody who keeps exchanging files
	for range attempts {
		from, err := b.at.pathOf(b.dir)
		if err != nil {
			return -1, nil, err
		}
		e, rel, err := x.walk(from+"/"+b.rel, flags&unix.O_NOFOLLOW == 0)
		if err != nil {
			return -1, nil, err
		}
		fd, err = openBeneath(e.root, rel, flags, mode, unix.RESOLVE_NO_SYMLINKS)
		if !errors.Is(err, unix.ELOOP) && !errors.Is(err, unix.EXDEV) || flags&unix.O_NOFOLLOW != 0 {
			return fd, e, err
		}
	}
	return -1, nil, abi.ELOOP
}

func openBeneath(dir int, rel string, flags, mode, resolve uint64) (int, error) {
	how := unix.OpenHow{Flags: flags | unix.O_CLOEXEC, Mode: mode, Resolve: beneath | resolve}
	for attempt := 0; ; attempt++ {
		fd, err := unix.Openat2(dir, rel, &how)
		switch {
		case errors.Is(err, unix.EINTR):
		case errors.Is(err, unix.EAGAIN) && attempt < 64: // a rename, anywhere, while it met with ..
		case errors.Is(err, unix.EAGAIN):
			return -1, unix.EXDEV // walk then
		default:
			return fd, err
		}
	}
}

// base returns where a path of the client's begins. An absolute path outside of
// all exports is EACCES.
func (x *executor) base(h *handle, p string) (base, error) {
	if p == "" {
		return base{}, abi.ENOENT
	}
	if !strings.HasPrefix(p, "/") {
		if h == nil || h.fd < 0 {
			return base{}, abi.ESTALE
		}
		return base{h.fd, h.at, p}, nil
	}
	e, rel := x.exportOf(p)
	if e == nil {
		e, rel, err := x.walk(p, false) // perhaps /home/../data/x
		if err != nil {
			return base{}, err
		}
		return base{e.root, e, rel}, nil
	}
	return base{e.root, e, rel}, nil
}

// exportOf returns the export that an absolute path leads into by its letters,
// and the rest of the path, with a slash at its end if that has one.
func (x *executor) exportOf(p string) (*export, string) {
	for _, e := range x.exports {
		rest, ok := strings.CutPrefix(p, e.name)
		if !ok {
			continue
		}
		if e.name != "/" && rest != "" && rest[0] != '/' {
			continue
		}
		if rest = strings.TrimLeft(rest, "/"); rest == "" {
			rest = "."
		}
		return e, rest
	}
	return nil, ""
}

// pathOf returns the client's path of a directory or file that is open here.
func (e *export) pathOf(fd int) (string, error) {
	buf := make([]byte, wire.MaxPath+1)
	n, err := unix.Readlink(procPath(fd), buf)
	if err != nil {
		return "", err
	}
	if n > wire.MaxPath {
		return "", abi.ENAMETOOLONG
	}
	rel, ok := within(string(buf[:n]), e.real)
	if !ok {
		return "", abi.EACCES // it was moved out of the export
	}
	return path.Join(e.name, rel), nil
}

// procPath returns a path that leads to what is open as fd, and to nothing else.
func procPath(fd int) string { return fmt.Sprintf("/proc/self/fd/%d", fd) }

// walk follows an absolute path of the client's from name to name. It returns an
// export, and a path in it that has no links, but for the last name if follow is
// false. What is not in an export, nor on the way to one, is EACCES.
func (x *executor) walk(p string, follow bool) (*export, string, error) {
	const mostLinks = 40 // MAXSYMLINKS of the kernel
	links, at := 0, "/"
	rest := p
	for rest != "" {
		var name string
		name, rest, _ = strings.Cut(rest, "/")
		switch name {
		case "", ".":
			continue
		case "..":
			at = path.Dir(at)
			continue
		}
		next := path.Join(at, name)
		last := strings.Trim(rest, "/") == ""
		target, err := x.linkAt(next)
		if err != nil && !(last && errors.Is(err, unix.ENOENT)) {
			return nil, "", err
		}
		if target == "" || last && !follow && rest == "" {
			at = next
			continue
		}
		if links++; links > mostLinks {
			return nil, "", abi.ELOOP
		}
		if strings.HasPrefix(target, "/") {
			at = "/"
		}
		if rest = target + "/" + rest; len(rest) > 4*wire.MaxPath {
			return nil, "", abi.ENAMETOOLONG
		}
		if last {
			rest = strings.TrimSuffix(rest, "/") // it was not there
		}
	}
	e, rel := x.exportOf(at)
	if e == nil {
		return nil, "", abi.EACCES
	}
	if strings.HasSuffix(p, "/") && rel != "." {
		rel += "/"
	}
	return e, rel, nil
}

// linkAt returns what the link at an absolute path says, or "" if there is
// something else. The path above it has no links.
func (x *executor) linkAt(p string) (string, error) {
	e, rel := x.exportOf(p)
	if e == nil {
		for _, e := range x.exports {
			if _, ok := within(e.name, p); ok {
				return "", nil // on the way to an export
			}
		}
		return "", abi.EACCES
	}
	if rel == "." {
		return "", nil
	}
	fd, err := openBeneath(e.root, rel, unix.O_PATH|unix.O_NOFOLLOW, 0, unix.RESOLVE_NO_SYMLINKS)
	if err != nil {
		return "", err
	}
	defer unix.Close(fd)
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return "", err
	}
	if st.Mode&unix.S_IFMT != unix.S_IFLNK {
		return "", nil
	}
	return readlink(fd, "")
}

// readlink returns what a link in a directory says, or the one that is open as
// dir itself if name is empty.
func readlink(dir int, name string) (string, error) {
	buf := make([]byte, wire.MaxPath+1)
	n, err := unix.Readlinkat(dir, name, buf)
	if err == nil && n > wire.MaxPath {
		err = abi.ENAMETOOLONG
	}
	if err != nil {
		return "", err
	}
	return string(buf[:n]), nil
}

// A place is a name in a directory, for operations on names.
type place struct {
	dir     int // to be closed
	at      *export
	name    string
	slashed bool // the path ended with a slash
}

func (p *place) close() { unix.Close(p.dir) }

// place finds the directory of a path's last name. A path that has none, as /
// and those that end with . or .., is noName.
func (x *executor) place(h *handle, p string, noName abi.Errno) (place, error) {
	b, err := x.base(h, p)
	if err != nil {
		return place{}, err
	}
	trimmed := strings.TrimRight(b.rel, "/")
	dir, name := path.Split(trimmed)
	if name == "" || name == "." || name == ".." {
		return place{}, noName
	}
	if dir == "" {
		dir = "."
	}
	fd, e, err := x.open(base{b.dir, b.at, dir}, unix.O_PATH|unix.O_DIRECTORY, 0)
	if err != nil {
		return place{}, err
	}
	return place{dir: fd, at: e, name: name, slashed: trimmed != b.rel}, nil
}

// writable returns EROFS if p must not be changed.
func (e *export) writable() error {
	if e.readOnly {
		return abi.EROFS
	}
	return nil
}

// path returns the client's path of p.
func (p *place) path() (string, error) {
	dir, err := p.at.pathOf(p.dir)
	if err != nil {
		return "", err
	}
	return path.Join(dir, p.name), nil
}
