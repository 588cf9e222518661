package network

import (
	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/intercept"
	"penumbra/shadow/client"
	"penumbra/shadow/wire"
)

// create answers socket(2). A Unix socket is the guest's own until it has a name
// of the shadow's; see native. What is about this machine and its processes, netlink
// and the kernel's ciphers, stays here. Other families there are none.
func (n *Network) create(r *request) (intercept.Verdict, bool) {
	if !r.makes {
		return intercept.Run, false
	}
	const flags = unix.SOCK_NONBLOCK | unix.SOCK_CLOEXEC
	word, protocol := r.args.Int32(1), r.args.Int32(2)
	var family wire.Family
	switch r.args.Int32(0) {
	case unix.AF_UNIX, unix.AF_NETLINK, unix.AF_ALG:
		return intercept.Run, false
	case unix.AF_INET:
		family = wire.FamilyInet
	case unix.AF_INET6:
		family = wire.FamilyInet6
	default:
		return intercept.Fail(abi.EAFNOSUPPORT), true
	}
	var kind wire.SocketType
	var usual int32
	switch kindWord := word &^ flags; kindWord {
	case unix.SOCK_STREAM:
		kind, usual = wire.SocketStream, unix.IPPROTO_TCP
	case unix.SOCK_DGRAM:
		kind, usual = wire.SocketDatagram, unix.IPPROTO_UDP
	case unix.SOCK_RAW:
		if protocol == 0 {
			return intercept.Fail(abi.EPROTONOSUPPORT), true
		}
		return intercept.Fail(abi.EPERM), true
	case unix.SOCK_SEQPACKET, unix.SOCK_RDM:
		return intercept.Fail(abi.ESOCKTNOSUPPORT), true
	default:
		return intercept.Fail(abi.EINVAL), true
	}
	if protocol != 0 && protocol != usual {
		return intercept.Fail(abi.EPROTONOSUPPORT), true
	}
	r.Leave()
	remote, err := n.cfg.Client.NewSocket(n.ctx, family, kind)
	if err != nil {
		return intercept.Fail(errnoOf(err)), true
	}
	s, fd, err := n.pair(remote, family, kind)
	if err != nil {
		_ = remote.Close(n.ctx)
		return intercept.Fail(errnoOf(err)), true
	}
	s.protocol = uint32(usual)
	s.holder.Store(int64(r.Thread.Process().ID))
	_ = unix.SetNonblock(fd, word&unix.SOCK_NONBLOCK != 0)
	s.start()
	return intercept.Give(fd, word&unix.SOCK_CLOEXEC != 0), true
}

// unixSocket makes a socket at the shadow for a Unix socket of the guest's, of which
// own is a copy, or says that it is none.
func (n *Network) unixSocket(own int) (*client.Socket, wire.SocketType, abi.Errno) {
	domain, err := unix.GetsockoptInt(own, unix.SOL_SOCKET, unix.SO_DOMAIN)
	if err != nil {
		return nil, 0, errnoOf(err)
	}
	number, err := unix.GetsockoptInt(own, unix.SOL_SOCKET, unix.SO_TYPE)
	if err != nil || domain != unix.AF_UNIX {
		return nil, 0, abi.EAFNOSUPPORT
	}
	for kind, t := range types {
		if t == number {
			remote, err := n.cfg.Client.NewSocket(n.ctx, wire.FamilyUnix, kind)
			return remote, kind, errnoOf(err)
		}
	}
	return nil, 0, abi.EOPNOTSUPP
}

// adopt connects a stream of the guest's, of which own is a copy, to one of ours, so
// that it stands for remote, which is connected to peer. It may have been known as s.
func (n *Network) adopt(r *request, s *socket, own int, remote *client.Socket, kind wire.SocketType, peer wire.Address) intercept.Verdict {
	ours, err := joinStream(own, types[kind])
	if err != nil {
		_ = remote.Close(n.ctx)
		return intercept.Fail(errnoOf(err))
	}
	a := n.attach(remote, wire.FamilyUnix, kind, ours, inodeOf(own))
	if s != nil {
		n.supplant(s, a)
	}
	a.holder.Store(int64(r.Thread.Process().ID))
	a.peer, a.state, a.told = peer, connected, true
	a.start()
	return intercept.Skip(0)
}

// supplant gives by what s had a name.
func (n *Network) supplant(s, by *socket) {
	n.local.note(by, s.here)
	s.once.Do(func() { n.relays.Done() })
}

// anyName is the address by which the kernel chooses an abstract name.
var anyName = &unix.SockaddrUnix{}

// joinStream connects own to a socket that only lives for that.
func joinStream(own, kind int) (int, error) {
	l, err := unix.Socket(unix.AF_UNIX, kind|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, err
	}
	defer unix.Close(l)
	if err = unix.Bind(l, anyName); err != nil {
		return -1, err
	}
	name, err := unix.Getsockname(l)
	if err != nil {
		return -1, err
	}
	if err = unix.Listen(l, 1); err != nil {
		return -1, err
	}
	if err = unix.Connect(own, name); err != nil {
		return -1, err
	}
	for {
		ours, _, err := unix.Accept4(l, unix.SOCK_CLOEXEC)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return -1, err
		}
		peer, err := unix.GetsockoptUcred(ours, unix.SOL_SOCKET, unix.SO_PEERCRED)
		if err == nil && int(peer.Pid) == unix.Getpid() {
			return ours, nil
		}
		unix.Close(ours) // a stranger's: everybody may see the name
	}
}
