package away

import (
	"encoding/binary"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/intercept"
	"penumbra/shadow/client"
	"penumbra/shadow/wire"
)

// A socket is what is known here of one of the representative's.
type socket struct {
	family   wire.Family
	kind     wire.SocketType
	receives atomic.Int64 // SO_RCVTIMEO, in nanoseconds; 0: there is no limit
	sends    atomic.Int64 // SO_SNDTIMEO
}

// What a limit is for.
const (
	receiving = iota
	sending
)

// limit returns how long a call may wait, or 0.
func (d descriptor) limit(what int) time.Duration {
	switch {
	case d.socket == nil:
		return 0
	case what == receiving:
		return time.Duration(d.socket.receives.Load())
	}
	return time.Duration(d.socket.sends.Load())
}

var socketTypes = map[uint64]wire.SocketType{unix.SOCK_STREAM: wire.SocketStream, unix.SOCK_DGRAM: wire.SocketDatagram, unix.SOCK_SEQPACKET: wire.SocketSequence}

// askedSocket returns which kind of socket a call asks for, and flags for its descriptor.
func (t *task) askedSocket() (family wire.Family, kind wire.SocketType, how uint64, e abi.Errno) {
	const typeMask = 0xf
	asked := t.Args[1] & 0xffffffff
	how = asked &^ typeMask
	kind, known := socketTypes[asked&typeMask]
	family = wire.FamilyOf(uint16(min(t.Args[0]&0xffffffff, 1<<16-1)))
	switch {
	case how&^(unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK) != 0:
		return family, kind, how, abi.EINVAL
	case family == wire.FamilyNone:
		return family, kind, how, abi.EAFNOSUPPORT
	case !known:
		return family, kind, how, abi.ESOCKTNOSUPPORT
	}
	return family, kind, how, 0
}

func newSocket(family wire.Family, kind wire.SocketType, how uint64) *openFile {
	f := newStream(wire.OpenRead|wire.OpenWrite, how)
	f.kind, f.socket = wire.TypeSocket, &socket{family: family, kind: kind}
	return f
}

func (t *task) newSocket() intercept.Verdict {
	family, kind, how, e := t.askedSocket()
	if e != 0 {
		return intercept.Fail(e)
	}
	return t.create(newSocket(family, kind, how), how, func(p *client.Process, fd int32) error {
		return p.Endpoint(t.ctx, fd, family, kind, uint32(t.Args[2]))
	})
}

func (t *task) socketPair() intercept.Verdict {
	family, kind, how, e := t.askedSocket()
	switch {
	case e != 0:
		return intercept.Fail(e)
	case family != wire.FamilyUnix:
		return intercept.Fail(abi.EOPNOTSUPP)
	}
	ends := [2]*openFile{newSocket(family, kind, how), newSocket(family, kind, how)}
	return t.createTwo(3, how, ends, func(p *client.Process, a, b int32) error { return p.EndPair(t.ctx, kind, a, b) })
}

// endpoint returns the socket that the first argument of a call is.
func (t *task) endpoint() (descriptor, *client.File, error) {
	d, f, err := t.descriptor()
	if err == nil && d.socket == nil {
		err = abi.ENOTSOCK
	}
	return d, f, err
}

// address reads the address that argument i points to, whose size is the next one.
func (t *task) address(i int) (wire.Address, abi.Errno) {
	return t.addressAt(t.Args.Addr(i), t.Args.Int32(i+1))
}

func (t *task) addressAt(at abi.Addr, size int32) (wire.Address, abi.Errno) {
	const least, most = 2, 128 // the family; struct sockaddr_storage
	if size < least || size > most {
		return wire.Address{}, abi.EINVAL
	}
	b := make([]byte, size)
	if _, err := t.Memory().ReadAt(b, at); err != nil {
		return wire.Address{}, abi.EFAULT
	}
	return wire.DecodeSockaddr(b)
}

// tellAddress writes an address as getsockname(2) and its kin do: as much as there is
// room for, and its size.
func (t *task) tellAddress(a *wire.Address, at, sizeAt abi.Addr) abi.Errno {
	if at == 0 {
		return 0
	}
	var size [4]byte
	if _, err := t.Memory().ReadAt(size[:], sizeAt); err != nil {
		return abi.EFAULT
	}
	room := int32(binary.LittleEndian.Uint32(size[:]))
	if room < 0 {
		return abi.EINVAL
	}
	b := encodeAddress(a)
	binary.LittleEndian.PutUint32(size[:], uint32(len(b)))
	_, err := t.Memory().WriteAt(size[:], sizeAt)
	if n := min(len(b), int(room)); err == nil && n > 0 {
		_, err = t.Memory().WriteAt(b[:n], at)
	}
	if err != nil {
		return abi.EFAULT
	}
	return 0
}

// encodeAddress returns a as memory has it; of none there is nothing.
func encodeAddress(a *wire.Address) []byte {
	if a.Family == wire.FamilyNone {
		return nil
	}
	return wire.EncodeSockaddr(a)
}

func (t *task) bind() intercept.Verdict {
	_, f, err := t.endpoint()
	if err != nil {
		return fail(err)
	}
	a, e := t.address(1)
	if e != 0 {
		return intercept.Fail(e)
	}
	return done(f.Bind(t.ctx, a))
}

// connect answers connect(2): who waits asks again what has become of it.
func (t *task) connect() intercept.Verdict {
	d, f, err := t.endpoint()
	if err != nil {
		return fail(err)
	}
	a, e := t.address(1)
	if e != 0 {
		return intercept.Fail(e)
	}
	w := patienceFor(d, true, d.limit(sending))
	began := false
	e = t.try(w, f.PollEntry(unix.POLLOUT), func() error {
		err := f.Connect(t.ctx, a)
		switch e := client.Errno(err); {
		case e == abi.EISCONN && began:
			return nil
		case w.wait && (e == abi.EINPROGRESS || e == abi.EALREADY):
			began = true
			return abi.EAGAIN
		}
		return err
	})
	if e == abi.EAGAIN && began {
		e = abi.EINPROGRESS // the limit has come
	}
	if e != 0 {
		return intercept.Fail(e)
	}
	return intercept.Skip(0)
}

func (t *task) listen() intercept.Verdict {
	_, f, err := t.endpoint()
	if err != nil {
		return fail(err)
	}
	backlog := t.Args.Int32(1)
	if backlog < 0 {
		backlog = 1<<31 - 1 // as the kernel takes it
	}
	return done(f.Listen(t.ctx, int64(backlog)))
}

// accept answers accept and accept4.
func (t *task) accept() intercept.Verdict {
	how := flags(t.Call, "flags")
	if t.Syscall.Name == "accept" {
		how = 0
	}
	if how&^(unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK) != 0 {
		return intercept.Fail(abi.EINVAL)
	}
	d, f, err := t.endpoint()
	if err != nil {
		return fail(err)
	}
	return t.create(newSocket(d.socket.family, d.socket.kind, how), how, func(p *client.Process, fd int32) error {
		var from wire.Address
		e := t.try(patienceFor(d, true, d.limit(receiving)), f.PollEntry(unix.POLLIN), func() (err error) {
			from, err = f.Accept(t.ctx, fd)
			return err
		})
		if e != 0 {
			return e
		}
		if e := t.tellAddress(&from, t.Args.Addr(1), t.Args.Addr(2)); e != 0 {
			_ = p.File(fd, 0).Close(t.ctx)
			return e
		}
		return nil
	})
}

// tellName answers getsockname and getpeername.
func (t *task) tellName() intercept.Verdict {
	d, f, err := t.endpoint()
	if err != nil {
		return fail(err)
	}
	own, peer, err := f.Names(t.ctx)
	if err != nil {
		return fail(err)
	}
	a := &own
	if t.Syscall.Name == "getpeername" {
		if a = &peer; peer.Family == wire.FamilyNone {
			return intercept.Fail(abi.ENOTCONN)
		}
	}
	if a.Family == wire.FamilyNone {
		a.Family = d.socket.family
	}
	if e := t.tellAddress(a, t.Args.Addr(1), t.Args.Addr(2)); e != 0 {
		return intercept.Fail(e)
	}
	return intercept.Skip(0)
}

func (t *task) shutdown() intercept.Verdict {
	_, f, err := t.endpoint()
	if err != nil {
		return fail(err)
	}
	how, ok := map[int32]uint32{unix.SHUT_RD: wire.ShutdownRead, unix.SHUT_WR: wire.ShutdownWrite,
		unix.SHUT_RDWR: wire.ShutdownRead | wire.ShutdownWrite}[t.Args.Int32(1)]
	if !ok {
		return intercept.Fail(abi.EINVAL)
	}
	return done(f.Shutdown(t.ctx, how))
}
