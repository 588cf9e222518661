package sockets

import (
	"syscall"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/internal/sys"
	"penumbra/shadow/wire"
)

// control calls f with the socket's descriptor.
func (s *socket) control(f func(fd int) error) error {
	var err error
	if s.raw.Control(func(fd uintptr) { err = f(int(fd)) }) != nil {
		return abi.EBADF
	}
	return err
}

// bind gives the socket a name, and tells which one.
func (s *socket) bind(o *wire.Op, r *wire.Result) error {
	if o.Addr.Family != s.family {
		return abi.EAFNOSUPPORT
	}
	if !s.table.cfg.mayBind(&o.Addr) {
		return abi.EACCES
	}
	if isPath(&o.Addr) {
		return s.bindPath(o, r)
	}
	return s.control(func(fd int) error {
		if err := syscall.Bind(fd, sockaddrOf(&o.Addr)); err != nil {
			return err
		}
		if o.Addr.Family == wire.FamilyUnix && o.Addr.Name != "" {
			s.called(o.Addr.Name)
			r.Addr = o.Addr
			return nil
		}
		own, err := unix.Getsockname(fd)
		r.Addr = addressOf(own, s.family)
		return err
	})
}

// mayBind reports whether the policy permits a name.
func (c *Config) mayBind(a *wire.Address) bool {
	return c.Policy == All || a.Port == 0 && a.Family != wire.FamilyUnix
}

// connect begins to connect. What becomes of it a record tells, unless it is done.
func (s *socket) connect(o *wire.Op, r *wire.Result) error {
	if o.Addr.Family == wire.FamilyNone && s.kind == wire.SocketDatagram {
		return s.control(sys.Disconnect)
	}
	to, done, err := s.table.cfg.reach(&o.Addr)
	if err != nil {
		return err
	}
	defer done()
	err = s.control(func(fd int) error {
		for {
			if err := syscall.Connect(fd, to); err != unix.EINTR {
				return err
			}
		}
	})
	switch {
	case err == unix.EINPROGRESS:
		go s.awaitConnection()
		return nil
	case err != nil:
		return err
	}
	if r.End = true; s.kind != wire.SocketDatagram {
		go s.connected(nil)
	}
	return nil
}

// listen lets others connect, or changes how many may wait.
func (s *socket) listen(o *wire.Op) error {
	if s.table.cfg.Policy != All {
		return abi.EACCES
	}
	backlog := int(min(o.Length, 4096))
	if err := s.control(func(fd int) error { return unix.Listen(fd, backlog) }); err != nil {
		return err
	}
	s.mu.Lock()
	s.backlog = backlog
	s.changed.Broadcast()
	s.mu.Unlock()
	s.begin(s.accept)
	return nil
}

// names tells the socket's name, and its peer's if it has one.
func (s *socket) names(r *wire.Result) error {
	return s.control(func(fd int) error {
		own, err := unix.Getsockname(fd)
		if err != nil {
			return err
		}
		r.Addr = s.ownName(own)
		if peer, err := unix.Getpeername(fd); err == nil {
			r.Addr2 = addressOf(peer, s.family)
		}
		return nil
	})
}

func (s *socket) getOption(o *wire.Op, r *wire.Result) error {
	return s.control(func(fd int) error { return getOption(fd, o, r) })
}

func getOption(fd int, o *wire.Op, r *wire.Result) error {
	info := o.Option.Info()
	value := make([]byte, info.Size)
	n, err := sys.Getsockopt(fd, info.Level, info.Opt, value)
	if err == nil {
		r.Data = [][]byte{value[:n]}
	}
	return err
}

func (s *socket) setOption(o *wire.Op) error {
	return s.control(func(fd int) error { return s.table.cfg.setOption(fd, o) })
}

func (c *Config) setOption(fd int, o *wire.Op) error {
	info := o.Option.Info()
	var value []byte
	for _, b := range o.Data {
		value = append(value, b...)
	}
	switch {
	case info.ReadOnly:
		return abi.ENOPROTOOPT
	case info.Serves && c.Policy != All:
		return abi.EACCES
	case len(value) > info.Size:
		return abi.EINVAL
	}
	return unix.SetsockoptString(fd, info.Level, info.Opt, string(value))
}
