package view

import (
	"encoding/binary"
	"path"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/intercept"
	"penumbra/internal/sys"
	"penumbra/module"
	"penumbra/namespace"
)

// socketCalls are the operations of i386's socketcall(2) that are answered, by
// number: the names of the calls that they stand for, and how many arguments.
var socketCalls = map[int32]struct {
	name  string
	words int
}{
	2: {"bind", 3}, 3: {"connect", 3}, 6: {"getsockname", 3}, 7: {"getpeername", 3},
	11: {"sendto", 6}, 16: {"sendmsg", 3}, 20: {"sendmmsg", 4},
}

// socketCall answers these calls where one call serves all of sockets.
func (v *View) socketCall(c *intercept.Call, _ *shape) intercept.Verdict {
	call, ok := socketCalls[c.Args.Int32(0)]
	b := make([]byte, 4*call.words)
	if _, err := c.Memory().ReadAt(b, c.Args.Addr(1)); !ok || err != nil {
		return intercept.Run
	}
	var args abi.Args
	for i := range call.words {
		args[i] = uint64(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return v.socket(c, call.name, args)
}

// socketByName answers the calls of which the names of Unix sockets, paths, are
// arguments or results.
func (v *View) socketByName(c *intercept.Call, _ *shape) intercept.Verdict {
	return v.socket(c, c.Syscall.Name, c.Args)
}

func (v *View) socket(c *intercept.Call, call string, args abi.Args) intercept.Verdict {
	switch call {
	case "getsockname":
		return v.socketName(c, unix.SYS_GETSOCKNAME, args)
	case "getpeername":
		return v.socketName(c, unix.SYS_GETPEERNAME, args)
	case "sendto", "sendmsg", "sendmmsg":
		return v.sendByName(c, call, args)
	}
	return v.nameSocket(c, call == "bind", args)
}

// Sizes of a struct sockaddr_un (unix(7)): its family, and all of it.
const (
	familySize  = 2
	addressSize = 110
)

// nameSocket makes a bind or connect whose name leads into a mount.
func (v *View) nameSocket(c *intercept.Call, bind bool, args abi.Args) intercept.Verdict {
	name, ok := unixName(c, args.Addr(1), args.Int32(2))
	if !ok {
		return intercept.Run
	}
	var r ref
	var e abi.Errno
	if bind {
		r, e = v.resolve(c, unix.AT_FDCWD, name, namespace.Options{Name: true})
	} else {
		r, e = v.socketOf(c, name)
	}
	switch {
	case e != 0 && r.Apart:
		return intercept.Fail(e)
	case e != 0 || r.unknown:
		return intercept.Run
	case bind && r.mount != nil && r.mount.ReadOnly:
		return intercept.Fail(abi.EROFS)
	case bind && r.mount != nil && r.mount.changer != nil:
		return intercept.Fail(abi.EPERM) // where its files are kept there are no sockets
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
	name, err := v.socketPath(r)
	if err != nil {
		return intercept.Fail(errnoOf(err))
	}
	f := v.frames.get()
	defer v.frames.put(f)
	address := append(unixAddress(name), 0)
	b, at := f.take(len(address))
	copy(b, address)
	number := unix.SYS_CONNECT
	if bind {
		number = unix.SYS_BIND
	} else {
		c.Leave() // a full queue makes it wait
	}
	return intercept.Skip(sys.Perform(native, number, abi.Args{uint64(own), at, uint64(len(b))}))
}

// socketOf finds the socket that a name refers to. Where a mount covers another's
// tree, a name that the guest was told by recvfrom or accept leads nowhere in the
// view: it is the one that the kernel has.
func (v *View) socketOf(c *intercept.Call, name string) (ref, abi.Errno) {
	r, e := v.resolve(c, unix.AT_FDCWD, name, namespace.Options{Follow: true})
	place := v.placeOf(name, func() bool { return true })
	if place == name || r.unknown || e != 0 && e != abi.ENOENT {
		return r, e
	}
	at := v.spot(r.host, r.Place)
	if e == 0 && unix.Fstatat(at.dir, at.name, new(unix.Stat_t), unix.AT_SYMLINK_NOFOLLOW) != unix.ENOENT {
		return r, e
	}
	return v.refOf(c.Thread, namespace.Found{Place: place, Kind: namespace.Other, Apart: true}), 0
}

// SocketPlace says where the path of a Unix socket leads for the thread that makes c:
// to which place, and in which of the view's trees, nil if in none. The last name of
// one that is to be made need not be there. It is false if that cannot be known.
func (v *View) SocketPlace(c *intercept.Call, name string, make bool) (place string, tree module.Tree, ok bool) {
	var r ref
	if make {
		r, _ = v.resolve(c, unix.AT_FDCWD, name, namespace.Options{Name: true})
	} else {
		r, _ = v.resolve(c, unix.AT_FDCWD, name, namespace.Options{Follow: true})
	}
	if r.unknown || r.Place == "" {
		return "", nil, false
	}
	if r.mount != nil {
		tree = r.mount.tree
	}
	return r.Place, tree, true
}

// Connect connects own, a copy of a descriptor of the thread that makes c, to the
// socket that this process knows by that name, with that thread's rights.
func (v *View) Connect(c *intercept.Call, own int, to unix.Sockaddr) abi.Errno {
	restore, _, e := v.become(c.Thread, false, false)
	if e != 0 {
		return e
	}
	defer restore()
	if !c.Alive() {
		return abi.ESRCH
	}
	c.Leave() // a full queue makes it wait
	if err := unix.Connect(own, to); err != nil {
		return errnoOf(err)
	}
	return 0
}

// SocketMade says that a socket was made at a place, past the view.
func (v *View) SocketMade() { v.paths.forget() }

// unixAddress returns the address of a Unix socket of that name.
func unixAddress(name string) []byte {
	return append(binary.NativeEndian.AppendUint16(nil, unix.AF_UNIX), name...)
}

// socketName tells the name of a socket, or of its peer, by its place in the
// view.
func (v *View) socketName(c *intercept.Call, number int, args abi.Args) intercept.Verdict {
	own, e := copyFD(c.Thread, int32(args[0]))
	if e != 0 {
		return intercept.Run
	}
	defer unix.Close(own)
	f := v.frames.get()
	defer v.frames.put(f)
	address, at := f.take(addressSize + 1)
	length, lengthAt := f.take(4)
	binary.NativeEndian.PutUint32(length, addressSize+1)
	if sys.Perform(native, number, abi.Args{uint64(own), at, lengthAt}) < 0 {
		return intercept.Run
	}
	n := binary.NativeEndian.Uint32(length)
	if n <= familySize || n > addressSize+1 || binary.NativeEndian.Uint16(address) != unix.AF_UNIX || address[familySize] != '/' {
		return intercept.Run
	}
	host := unix.ByteSliceToString(address[familySize:n])
	place := v.placeOf(host, func() bool { return true })
	if place == host {
		return intercept.Run
	}
	seen := append(unixAddress(place), 0)
	var room [4]byte
	if _, err := c.Memory().ReadAt(room[:], args.Addr(2)); err != nil {
		return intercept.Fail(abi.EFAULT)
	}
	fits := min(len(seen), int(binary.NativeEndian.Uint32(room[:])))
	binary.NativeEndian.PutUint32(room[:], uint32(len(seen)))
	_, err1 := c.Memory().WriteAt(seen[:fits], args.Addr(1))
	_, err2 := c.Memory().WriteAt(room[:], args.Addr(2))
	if err1 != nil || err2 != nil {
		return intercept.Fail(abi.EFAULT)
	}
	return intercept.Skip(0)
}

// unixName returns the path that names a Unix socket, if that is what there is
// at an address of so many bytes.
func unixName(c *intercept.Call, at abi.Addr, size int32) (string, bool) {
	if size <= familySize || size > addressSize {
		return "", false
	}
	b := make([]byte, size)
	if _, err := c.Memory().ReadAt(b, at); err != nil || binary.NativeEndian.Uint16(b) != unix.AF_UNIX {
		return "", false
	}
	name := unix.ByteSliceToString(b[familySize:])
	return name, name != "" && b[familySize] != 0
}

// socketPath returns a path of the calling thread that is short enough for a
// socket's name. The kernel keeps the name as it is given: by the whole path, if
// that fits, socketName knows the socket again.
func (v *View) socketPath(r ref) (string, error) {
	if name := v.hostPath(r.Place); len(name) < addressSize-familySize {
		return name, nil
	}
	return enter(v.spot(r.host, r.Place))
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
