package sockets

import (
	"bytes"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/internal/sys"
	"penumbra/shadow/wire"
)

// An Endpoint is a socket without flows: the client makes each call with it, and none
// of them waits. Whoever has it closes its descriptor.
type Endpoint struct {
	FD     int
	family wire.Family
	kind   wire.SocketType

	mu   sync.Mutex
	name string // of a Unix socket, as the client has said it
}

// Open makes a socket. EACCES: the policy permits none.
func (c *Config) Open(o *wire.Op) (*Endpoint, error) {
	family, ok := families[o.Family]
	switch {
	case !ok:
		return nil, abi.EAFNOSUPPORT
	case c.Policy == None:
		return nil, abi.EACCES
	}
	fd, err := unix.Socket(family, types[o.Type]|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, int(o.Protocol))
	if err != nil {
		return nil, err
	}
	return &Endpoint{FD: fd, family: o.Family, kind: o.Type}, nil
}

// Pair makes two Unix sockets that are connected to one another, and reach nobody else.
func Pair(kind wire.SocketType) (a, b *Endpoint, err error) {
	fds, err := unix.Socketpair(unix.AF_UNIX, types[kind]|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, nil, err
	}
	return &Endpoint{FD: fds[0], family: wire.FamilyUnix, kind: kind}, &Endpoint{FD: fds[1], family: wire.FamilyUnix, kind: kind}, nil
}

// Bind gives e a name. A file that it becomes has the permissions o.Mode.
func (e *Endpoint) Bind(c *Config, o *wire.Op) error {
	switch {
	case o.Addr.Family != e.family:
		return abi.EAFNOSUPPORT
	case !c.mayBind(&o.Addr):
		return abi.EACCES
	case !isPath(&o.Addr):
		return syscall.Bind(e.FD, sockaddrOf(&o.Addr))
	}
	if err := c.bindPath(e.FD, o); err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.name = o.Addr.Name
	return nil
}

// Connect begins to connect, or says what has become of that: EINPROGRESS, EALREADY,
// EISCONN, as connect(2).
func (e *Endpoint) Connect(c *Config, o *wire.Op) error {
	if o.Addr.Family == wire.FamilyNone {
		return sys.Disconnect(e.FD)
	}
	to, done, err := c.reach(&o.Addr)
	if err != nil {
		return err
	}
	defer done()
	return syscall.Connect(e.FD, to)
}

// Listen lets others connect.
func (e *Endpoint) Listen(c *Config, o *wire.Op) error {
	if c.Policy != All {
		return abi.EACCES
	}
	return unix.Listen(e.FD, int(min(o.Length, 4096)))
}

// Accept takes one that has connected, and tells who.
func (e *Endpoint) Accept(r *wire.Result) (*Endpoint, error) {
	fd, from, err := unix.Accept4(e.FD, unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC)
	if err != nil {
		return nil, err
	}
	r.Addr = addressOf(from, e.family)
	e.mu.Lock()
	defer e.mu.Unlock()
	return &Endpoint{FD: fd, family: e.family, kind: e.kind, name: e.name}, nil
}

// messageFlags pairs flags of messages with those of Linux.
var messageFlags = []struct {
	wire uint32
	host int
}{
	{wire.MessagePeek, unix.MSG_PEEK}, {wire.MessageOOB, unix.MSG_OOB}, {wire.MessageTruncated, unix.MSG_TRUNC},
	{wire.MessageEnd, unix.MSG_EOR}, {wire.MessageMore, unix.MSG_MORE}, {wire.MessageDontRoute, unix.MSG_DONTROUTE},
}

func hostMessageFlags(flags uint32) int {
	host := unix.MSG_NOSIGNAL | unix.MSG_DONTWAIT
	for _, f := range messageFlags {
		if flags&f.wire != 0 {
			host |= f.host
		}
	}
	return host
}

// Send sends a message, or as many bytes as there is room for.
func (e *Endpoint) Send(c *Config, o *wire.Op, r *wire.Result) error {
	var to syscall.Sockaddr
	if o.Addr.Family != wire.FamilyNone {
		at, done, err := c.reach(&o.Addr)
		if err != nil {
			return err
		}
		defer done()
		to = at
	}
	n, err := syscall.SendmsgN(e.FD, bytes.Join(o.Data, nil), nil, to, hostMessageFlags(o.Flags))
	r.Length = int64(max(n, 0))
	return err
}

// Receive receives into b, and tells how long the message was, if o asks for that.
func (e *Endpoint) Receive(o *wire.Op, b []byte, r *wire.Result) error {
	n, _, got, from, err := unix.Recvmsg(e.FD, b, nil, hostMessageFlags(o.Flags))
	if err != nil {
		return err
	}
	for _, f := range messageFlags {
		if got&f.host != 0 && f.wire != wire.MessagePeek {
			r.Flags |= f.wire
		}
	}
	if from != nil {
		r.Addr = addressOf(from, e.family)
	}
	r.Length = int64(n)
	r.Data = [][]byte{b[:min(n, len(b))]}
	return nil
}

// Names tells e's name, and its peer's if it has one.
func (e *Endpoint) Names(r *wire.Result) error {
	own, err := unix.Getsockname(e.FD)
	if err != nil {
		return err
	}
	e.mu.Lock()
	if r.Addr = addressOf(own, e.family); e.name != "" {
		r.Addr.Name = e.name
	}
	e.mu.Unlock()
	if peer, err := unix.Getpeername(e.FD); err == nil {
		r.Addr2 = addressOf(peer, e.family)
	}
	return nil
}

// Shutdown ends one direction or both.
func (e *Endpoint) Shutdown(o *wire.Op) error {
	switch o.Flags {
	case wire.ShutdownRead:
		return unix.Shutdown(e.FD, unix.SHUT_RD)
	case wire.ShutdownWrite:
		return unix.Shutdown(e.FD, unix.SHUT_WR)
	case wire.ShutdownRead | wire.ShutdownWrite:
		return unix.Shutdown(e.FD, unix.SHUT_RDWR)
	}
	return abi.EINVAL
}

// GetOption tells an option's value.
func (e *Endpoint) GetOption(o *wire.Op, r *wire.Result) error { return getOption(e.FD, o, r) }

// SetOption sets an option.
func (e *Endpoint) SetOption(c *Config, o *wire.Op) error { return c.setOption(e.FD, o) }
