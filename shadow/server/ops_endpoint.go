package server

import (
	"penumbra/abi"
	"penumbra/shadow/sockets"
	"penumbra/shadow/wire"
)

// endpoints returns what the representative may do by sockets. Paths begin in its
// working directory.
func (t *task) endpoints() *sockets.Config {
	from := func(do func(h *handle) error) error {
		cwd, err := t.directory(t.proc, wire.CWD)
		if err != nil {
			return err
		}
		defer t.done(cwd)
		return do(&cwd.handle)
	}
	return &sockets.Config{
		Policy: t.server.cfg.Network, Whole: t.whole(),
		Place: func(path string) (dir int, name string, err error) {
			err = from(func(h *handle) (err error) { dir, name, err = t.socketPlace(h, path); return err })
			return dir, name, err
		},
		Find: func(path string) (fd int, err error) {
			err = from(func(h *handle) (err error) { fd, err = t.findSocket(h, path); return err })
			return fd, err
		},
	}
}

func (t *task) opEndpoint(o *wire.Op, _ *wire.Result) error {
	e, err := t.endpoints().Open(o)
	if err != nil {
		return err
	}
	return t.hold(e.FD, readWrite, e, o.FD2)
}

func (t *task) opEndPair(o *wire.Op, _ *wire.Result) error {
	a, b, err := sockets.Pair(o.Type)
	if err != nil {
		return err
	}
	return t.both([2]int{a.FD, b.FD}, [2]uint32{readWrite, readWrite}, [2]*sockets.Endpoint{a, b}, [2]int32{o.FD, o.FD2})
}

// onEndpoint returns the operation that calls do with a socket.
func onEndpoint(do func(*sockets.Endpoint, *sockets.Config, *wire.Op, *wire.Result) error) operation {
	return func(t *task, o *wire.Op, r *wire.Result) error {
		f, err := t.file(t.proc, o.FD)
		if err != nil {
			return err
		}
		defer t.done(f)
		if f.endpoint == nil {
			return abi.ENOTSOCK
		}
		if o.Code == wire.EndBind {
			o.Mode = 0o777 &^ t.umask()
		}
		return do(f.endpoint, t.endpoints(), o, r)
	}
}

func (t *task) opEndAccept(o *wire.Op, r *wire.Result) error {
	return onEndpoint(func(e *sockets.Endpoint, _ *sockets.Config, o *wire.Op, r *wire.Result) error {
		if o.FD2 < 0 {
			return abi.EBADF
		}
		peer, err := e.Accept(r)
		if err != nil {
			return err
		}
		return t.hold(peer.FD, readWrite, peer, o.FD2)
	})(t, o, r)
}

func (t *task) opEndReceive(o *wire.Op, r *wire.Result) error {
	return onEndpoint(func(e *sockets.Endpoint, _ *sockets.Config, o *wire.Op, r *wire.Result) error {
		most, err := t.most(o.Length)
		if err != nil {
			return err
		}
		buf, err := t.request.Buffer(most)
		if err != nil {
			return err
		}
		return e.Receive(o, buf, r)
	})(t, o, r)
}
