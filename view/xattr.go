package view

import (
	"encoding/binary"
	"errors"
	"strings"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/intercept"
	"penumbra/module"
	"penumbra/namespace"
)

// The bounds of extended attributes (linux/limits.h).
const largestXattr, longestXattr = 64 << 10, 255

// xattrCall is what a call about extended attributes asks for.
type xattrCall struct {
	module.Extended
	name      string // of the file
	readOnly  bool
	isLink    bool
	attribute string
	value     abi.Addr
	size      uint64
	flags     int
}

// xattr answers the calls about extended attributes. Those of files that are kept
// elsewhere are there, too.
func (v *View) xattr(c *intercept.Call, sh *shape) intercept.Verdict {
	x, verdict, ok := v.readXattr(c, sh)
	if !ok {
		return verdict
	}
	c.Leave()
	switch name := c.Syscall.Name; {
	case strings.Contains(name, "listxattr"):
		list, err := x.Listxattr(x.name)
		return x.give(c, list, err)
	case strings.Contains(name, "getxattr"):
		value, err := x.Getxattr(x.name, x.attribute)
		return x.give(c, value, err)
	case x.readOnly:
		return intercept.Fail(abi.EROFS)
	case x.isLink:
		return intercept.Fail(abi.EPERM) // a user's are not on links; xattr(7)
	case strings.Contains(name, "removexattr"):
		return x.done(x.Removexattr(x.name, x.attribute))
	case x.size > largestXattr:
		return intercept.Fail(abi.E2BIG)
	}
	value := make([]byte, x.size)
	if _, err := c.Memory().ReadAt(value, x.value); err != nil && len(value) > 0 {
		return intercept.Fail(abi.EFAULT)
	}
	return x.done(x.Setxattr(x.name, x.attribute, value, x.flags))
}

// readXattr reads the arguments of such a call. It reports false for what is not kept
// elsewhere, with the verdict on that.
func (v *View) readXattr(c *intercept.Call, sh *shape) (x xattrCall, verdict intercept.Verdict, ok bool) {
	r, verdict, ok := v.refOfXattr(c, sh)
	if !ok {
		return x, verdict, false
	}
	x.Extended, x.readOnly, x.isLink = r.mount.extended, r.mount.ReadOnly, v.isLink(r)
	if x.name = r.mount.relative(r.Place); x.name == "" {
		x.name = "."
	}
	for i, arg := range c.Syscall.ArgsOn(c.Arch) {
		switch {
		case arg.Kind == abi.KindString:
			s, err := c.Memory().String(c.Args.Addr(i), longestXattr)
			if e := errnoOf(err); err != nil && e != abi.ENAMETOOLONG {
				return x, intercept.Fail(e), false
			}
			if s == "" || err != nil {
				return x, intercept.Fail(abi.ERANGE), false
			}
			x.attribute = s
		case arg.Kind == abi.KindBuffer:
			x.value, x.size = c.Args.Addr(i), c.Args[arg.Len]
		case arg.Kind == abi.KindFlags && arg.Of == "xattr":
			x.flags = int(c.Args.Int32(i))
		case arg.Of == "xattr_args":
			if e := x.readStructure(c, i, arg.Len); e != 0 {
				return x, intercept.Fail(e), false
			}
		}
	}
	if x.flags&^(unix.XATTR_CREATE|unix.XATTR_REPLACE) != 0 {
		return x, intercept.Fail(abi.EINVAL), false
	}
	return x, verdict, true
}

// readStructure reads a struct xattr_args (setxattrat(2)).
func (x *xattrCall) readStructure(c *intercept.Call, i, size int) abi.Errno {
	var b [16]byte
	switch n := c.Args[size]; {
	case n < uint64(len(b)):
		return abi.EINVAL
	case n > uint64(len(b)):
		return abi.E2BIG // fields that we do not know
	}
	if _, err := c.Memory().ReadAt(b[:], c.Args.Addr(i)); err != nil {
		return abi.EFAULT
	}
	x.value = abi.Addr(binary.LittleEndian.Uint64(b[:]))
	x.size = uint64(binary.LittleEndian.Uint32(b[8:]))
	x.flags = int(binary.LittleEndian.Uint32(b[12:]))
	return 0
}

// refOfXattr finds the file that such a call means. It reports false if that has no
// attributes elsewhere.
func (v *View) refOfXattr(c *intercept.Call, sh *shape) (ref, intercept.Verdict, bool) {
	fd := int32(-1)
	if sh == nil {
		fd = c.Args.Int32(0)
	} else {
		p := sh.paths[0]
		path, err := v.pathOf(c, p.arg)
		if err == nil && path != "" {
			r, e := v.resolve(c, p.dirfdOf(c), path, sh.options(c, p))
			if e != 0 || r.unknown || r.mount == nil || r.mount.extended == nil {
				return r, v.byPath(c, sh), false
			}
			if _, e := v.statRef(r); e != 0 {
				return r, intercept.Fail(e), false
			}
			return r, intercept.Verdict{}, true
		}
		// Whether it may be empty the kernel knows; then it is the descriptor's file.
		if err != nil || p.dirfd < 0 || p.dirfdOf(c) == unix.AT_FDCWD || !emptyAllowed(c, sh) {
			return ref{}, v.byPath(c, sh), false
		}
		fd = p.dirfdOf(c)
	}
	place := v.placeOfFD(c.Thread.ID(), fd)
	if d, err := describe(c.Thread, fd); err != nil || sh == nil && d.flags&unix.O_PATH != 0 || !v.isExtended(place) {
		if sh == nil && isXattrChange(c.Syscall.Name) && (v.guarded || v.changes) {
			return ref{}, v.changeByFD(c, nil), false
		}
		return ref{}, intercept.Run, false
	}
	return v.refOf(c.Thread, namespace.Found{Place: place}), intercept.Verdict{}, true
}

// isExtended reports whether attributes of the file at a place are kept elsewhere. A
// file that has lost its name has no place, and keeps its attributes here.
func (v *View) isExtended(place string) bool {
	if place == "" {
		return false
	}
	m, _ := v.mountOf(place)
	return m != nil && m.extended != nil
}

func isXattrChange(name string) bool {
	return strings.Contains(name, "setxattr") || strings.Contains(name, "removexattr")
}

// emptyAllowed reports whether a call has AT_EMPTY_PATH.
func emptyAllowed(c *intercept.Call, sh *shape) bool {
	return sh.flags >= 0 && c.Args[sh.flags]&unix.AT_EMPTY_PATH != 0
}

// give answers with bytes, or with their number if that alone is asked for.
func (x *xattrCall) give(c *intercept.Call, b []byte, err error) intercept.Verdict {
	switch {
	case err != nil:
		return x.done(err)
	case x.size == 0:
		return intercept.Skip(int64(len(b)))
	case x.size < uint64(len(b)):
		return intercept.Fail(abi.ERANGE)
	}
	if _, err := c.Memory().WriteAt(b, x.value); err != nil {
		return intercept.Fail(abi.EFAULT)
	}
	return intercept.Skip(int64(len(b)))
}

func (x *xattrCall) done(err error) intercept.Verdict {
	if err == nil {
		return intercept.Skip(0)
	}
	if errors.Is(err, errors.ErrUnsupported) {
		return intercept.Fail(abi.EOPNOTSUPP)
	}
	return intercept.Fail(contentErrno(err))
}
