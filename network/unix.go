package network

import (
	"time"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/intercept"
	"penumbra/shadow/client"
	"penumbra/shadow/wire"
)

// bindUnix names a Unix socket of the guest's: at the shadow, where others find it,
// and here, where the guest does. s is nil if it is not known yet.
func (n *Network) bindUnix(r *request, s *socket, own int, a wire.Address) intercept.Verdict {
	if isNamed(own) {
		if a.Name == "" {
			return intercept.Skip(0) // as the kernel has it
		}
		return intercept.Fail(abi.EINVAL)
	}
	r.Leave()
	if err := n.open(); err != nil {
		return intercept.Fail(errnoOf(err))
	}
	n.settle()
	spelled, _ := readAddress(r.Call, r.args.Addr(1), r.args.Int32(2))
	remote, kind := s.remoteOf()
	if s == nil {
		var e abi.Errno
		if remote, kind, e = n.unixSocket(own); e != 0 {
			return intercept.Fail(e)
		}
	}
	here, err := n.bindBoth(remote, own, a, spelled, 0o777&^umaskOf(r))
	if err != nil {
		if s == nil {
			_ = remote.Close(n.ctx)
		}
		return intercept.Fail(errnoOf(err))
	}
	if s == nil {
		s = n.native(r, remote, kind, own)
	}
	n.local.note(s, here)
	if isPath(&a) && n.cfg.Made != nil {
		n.cfg.Made(a.Name)
	}
	return intercept.Skip(0)
}

// bindBoth gives a name to a socket at the shadow, and to the guest's own that stands
// for it. A name that the kernel chooses nobody at the shadow will look for.
func (n *Network) bindBoth(remote *client.Socket, own int, a, spelled wire.Address, mode uint32) (*local, error) {
	var id wire.Identity
	if a.Name != "" {
		if _, err := remote.Bind(n.ctx, a, mode); err != nil {
			return nil, err
		}
	}
	if isPath(&a) {
		attr, err := n.local.proc.Stat(n.ctx, wire.CWD, a.Name, wire.AtNoFollow)
		if err != nil {
			return nil, err
		}
		id = attr.ID
	}
	here, err := n.local.nameHere(own, spelled)
	if err == nil {
		here.id = id
	}
	return here, err
}

func isNamed(own int) bool {
	name, err := unix.Getsockname(own)
	return err == nil && unixAddress(name).Name != ""
}

// native notes that a Unix socket of the guest's, of which own is a copy, stands for
// one at the shadow. It stays as it is: what it does with others of the guest's is
// the kernel's.
func (n *Network) native(r *request, remote *client.Socket, kind wire.SocketType, own int) *socket {
	alive, err := unixSockets()
	s := n.newSocket(remote, wire.FamilyUnix, kind, inodeOf(own))
	s.native = true
	s.unseen = err != nil || !alive.inodes[s.inode] // it is in another network namespace
	s.holder.Store(int64(r.Thread.Process().ID))
	n.enter(s)
	if kind == wire.SocketDatagram {
		go s.sendOut()
		go s.deliverHere()
	}
	return s
}

// connectUnix connects a Unix socket of the guest's to another of its, or to one at
// the shadow. It stays as it is if that fails.
func (n *Network) connectUnix(r *request, s *socket, own int, a wire.Address) intercept.Verdict {
	r.Leave()
	if err := n.open(); err != nil {
		return intercept.Fail(errnoOf(err))
	}
	n.settle()
	here, e := n.findLocal(a)
	switch {
	case e != 0:
		return intercept.Fail(e)
	case here != nil:
		return n.connectHere(r, own, here)
	}
	remote, kind := s.remoteOf()
	if s == nil {
		if remote, kind, e = n.unixSocket(own); e != 0 {
			return intercept.Fail(e)
		}
	}
	if e = n.connectThere(r, remote, own, a); e != 0 {
		if s == nil {
			_ = remote.Close(n.ctx)
		}
		return intercept.Fail(e)
	}
	spelled, _ := readAddress(r.Call, r.args.Addr(1), r.args.Int32(2))
	if kind != wire.SocketDatagram {
		return n.adopt(r, s, own, remote, kind, spelled)
	}
	if s == nil {
		s = n.native(r, remote, kind, own)
	}
	return intercept.Fail(s.adoptDatagram(own, spelled))
}

// connectHere connects two sockets of the guest's. The kernel would name this process
// as who has done it.
func (n *Network) connectHere(r *request, own int, to *local) intercept.Verdict {
	caller := credentialsOf(r.Thread)
	if isNamed(own) {
		to.byNamed.Store(true)
	}
	l := &n.local
	l.mu.Lock()
	l.callers[inodeOf(own)] = caller
	l.mu.Unlock()
	if e := n.cfg.Connect(r.Call, own, to.address()); e != 0 {
		return intercept.Fail(e)
	}
	return intercept.Skip(0)
}

// acceptNative answers accept(2) of the guest's own socket. The kernel's address is
// only wrong where somebody with a name has connected.
func (s *socket) acceptNative(r *request, own int, flags int32) intercept.Verdict {
	if r.args.Addr(1) == 0 || s.here == nil || !s.here.byNamed.Load() || flags&^(unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC) != 0 {
		return intercept.Run
	}
	if !nonblocking(own) {
		if e := awaitReadable(patienceFor(r.Call, own, unix.SO_RCVTIMEO), own); e != 0 {
			return intercept.Fail(e)
		}
	}
	fd, from, err := unix.Accept4(own, unix.SOCK_CLOEXEC|int(flags))
	if err != nil {
		return intercept.Fail(errnoOf(err))
	}
	a, known := s.network.local.called(from)
	if !known {
		a = unixAddress(from)
	}
	a.Family = wire.FamilyUnix
	if e := writeAddress(r.Call, &a, r.args.Addr(1), r.args.Addr(2)); e != 0 {
		unix.Close(fd)
		return intercept.Fail(e)
	}
	return intercept.Give(fd, flags&unix.SOCK_CLOEXEC != 0)
}

// connectThere connects a socket of the shadow's, and waits while too many wait there
// already.
func (n *Network) connectThere(r *request, remote *client.Socket, own int, a wire.Address) abi.Errno {
	p := patienceFor(r.Call, own, unix.SO_SNDTIMEO)
	for {
		e := errnoOf(remote.Connect(n.ctx, a))
		if e != abi.EAGAIN || nonblocking(own) {
			return e
		}
		pause, e := p.next()
		if e != 0 {
			return e
		}
		time.Sleep(pause)
	}
}

// tellUnix answers getsockname(2) and getpeername(2) of Unix sockets that have names
// of ours; it is false of others.
func (n *Network) tellUnix(r *request, own int, ask func(fd int) (unix.Sockaddr, error)) (intercept.Verdict, bool) {
	name, err := ask(own)
	if err != nil {
		return intercept.Run, false
	}
	called, ok := n.local.called(name)
	if !ok {
		return intercept.Run, false
	}
	if e := writeAddress(r.Call, &called, r.args.Addr(1), r.args.Addr(2)); e != 0 {
		return intercept.Fail(e), true
	}
	return intercept.Skip(0), true
}

// getName answers getsockname(2).
func (n *Network) getName(r *request) (intercept.Verdict, bool) {
	return n.tell(r, unix.Getsockname, (*socket).tellName)
}

// getPeer answers getpeername(2).
func (n *Network) getPeer(r *request) (intercept.Verdict, bool) {
	return n.tell(r, unix.Getpeername, (*socket).tellPeer)
}

func (n *Network) tell(r *request, ask func(int) (unix.Sockaddr, error), tell func(*socket, *request) intercept.Verdict) (intercept.Verdict, bool) {
	s, own := n.find(r)
	if own < 0 {
		return intercept.Run, false
	}
	defer unix.Close(own)
	if s != nil && r.args.Addr(1) == 0 {
		return intercept.Fail(abi.EFAULT), true
	}
	if verdict, ok := n.tellUnix(r, own, ask); ok {
		return verdict, true
	}
	if s == nil || s.native {
		return intercept.Run, false
	}
	return tell(s, r), true
}
