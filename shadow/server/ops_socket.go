package server

import (
	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/shadow/sockets"
	"penumbra/shadow/wire"
)

// newSockets makes the table of a session's sockets.
func (x *executor) newSockets() *sockets.Table {
	return sockets.New(sockets.Config{
		Policy: x.server.cfg.Network, Limit: x.server.cfg.Files, Whole: x.whole(),
		Place: func(path string) (int, string, error) { return x.socketPlace(nil, path) },
		Find:  func(path string) (int, error) { return x.findSocket(nil, path) },
	})
}

// whole reports whether every path means the same here as to the client.
func (x *executor) whole() bool {
	return len(x.exports) == 1 && x.exports[0].real == "/" && !x.exports[0].readOnly
}

// socketPlace finds where a Unix socket is to be named. h is where a relative path
// begins; without it there is none.
func (x *executor) socketPlace(h *handle, path string) (dir int, name string, err error) {
	p, err := x.place(h, path, abi.EADDRINUSE)
	if err != nil {
		return -1, "", err
	}
	if err = p.at.writable(); err == nil && p.slashed {
		err = abi.ENOENT
	}
	if err != nil {
		p.close()
		return -1, "", err
	}
	return p.dir, p.name, nil
}

// findSocket opens the Unix socket that a path leads to. Of a read-only export it
// may not: what others do on its behalf are changes.
func (x *executor) findSocket(h *handle, path string) (int, error) {
	b, err := x.base(h, path)
	if err != nil {
		return -1, err
	}
	fd, e, err := x.open(b, unix.O_PATH, 0)
	if err == nil && e.readOnly {
		unix.Close(fd)
		return -1, abi.EACCES
	}
	return fd, err
}

// opSocket performs an operation on a socket.
func (t *task) opSocket(o *wire.Op, r *wire.Result) error { return t.sockets.Perform(o, r) }
