package view

import (
	"encoding/binary"
	"path"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/intercept"
	"penumbra/internal/sys"
	"penumbra/namespace"
)

// Operations of i386's socketcall(2).
const (
	socketCallBind    = 2
	socketCallConnect = 3
)

// socketCall answers bind and connect where one call serves all of sockets.
func (v *View) socketCall(c *intercept.Call, _ *shape) intercept.Verdict {
	name := "bind"
	switch c.Args.Int32(0) {
	case socketCallBind:
	case socketCallConnect:
		name = "connect"
	default:
		return intercept.Run
	}
	var b [12]byte
	if _, err := c.Memory().ReadAt(b[:], c.Args.Addr(1)); err != nil {
		return intercept.Run
	}
	word := func(i int) uint64 { return uint64(binary.LittleEndian.Uint32(b[4*i:])) }
	return v.socketByName(c, name, abi.Args{word(0), word(1), word(2)})
}

// socketName answers bind(2) and connect(2), of which the names of Unix sockets
// are paths.
func (v *View) socketName(c *intercept.Call, _ *shape) intercept.Verdict {
	return v.socketByName(c, c.Syscall.Name, c.Args)
}

func (v *View) socketByName(c *intercept.Call, call string, args abi.Args) intercept.Verdict {
	const familySize = 2
	name, ok := unixName(c, args)
	if !ok {
		return intercept.Run
	}
	bind := call == "bind"
	r, e := v.resolve(c, unix.AT_FDCWD, name, namespace.Options{Follow: !bind, Name: bind})
	switch {
	case e != 0 && r.Apart:
		return intercept.Fail(e)
	case e != 0 || r.unknown:
		return intercept.Run
	case bind && r.mount != nil && r.mount.ReadOnly:
		return intercept.Fail(abi.EROFS)
	case !r.Apart:
		return intercept.Run
	}
	own, e := copyFD(c.Thread, int32(args[0]))
	if e != 0 {
		return intercept.Fail(e)
	}
	defer unix.Close(own)
	restore, _, e := v.become(c.Thread, bind, false)
	if e != 0 {
		return intercept.Fail(e)
	}
	defer restore()
	if !c.Alive() {
		return intercept.Run // nobody is there any more
	}
	base, err := enter(v.spot(r.Place))
	if err != nil {
		return intercept.Fail(errnoOf(err))
	}
	f := v.frames.Get().(*frame)
	defer func() { f.reset(); v.frames.Put(f) }()
	address, at := f.take(familySize + len(base) + 1)
	binary.NativeEndian.PutUint16(address, unix.AF_UNIX)
	copy(address[familySize:], base)
	address[len(address)-1] = 0
	number := unix.SYS_CONNECT
	if bind {
		number = unix.SYS_BIND
	} else {
		c.Leave() // a full queue makes it wait
	}
	return intercept.Skip(sys.Perform(native, number, abi.Args{uint64(own), at, uint64(len(address))}))
}

// unixName returns the path that names a Unix socket, if that is what the
// arguments of bind or connect are about.
func unixName(c *intercept.Call, args abi.Args) (string, bool) {
	const familySize, longest = 2, 110 // struct sockaddr_un, unix(7)
	size := int(args.Int32(2))
	if size <= familySize || size > longest {
		return "", false
	}
	b := make([]byte, size)
	if _, err := c.Memory().ReadAt(b, args.Addr(1)); err != nil || binary.NativeEndian.Uint16(b) != unix.AF_UNIX {
		return "", false
	}
	name := unix.ByteSliceToString(b[familySize:])
	return name, name != "" && b[familySize] != 0
}

// enter goes to the directory of a spot, so that its name is short enough for a
// socket's, and returns that.
func enter(at spot) (string, error) {
	dir, err := unix.Openat(at.dir, path.Dir(at.name), unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return "", err
	}
	defer unix.Close(dir)
	return path.Base(at.name), unix.Fchdir(dir)
}
