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
		Policy: x.server.cfg.Network, Limit: x.server.cfg.Files, Place: x.socketPlace, Find: x.findSocket,
		Whole: len(x.exports) == 1 && x.exports[0].real == "/" && !x.exports[0].readOnly,
	})
}

// socketPlace finds where a Unix socket is to be named.
func (x *executor) socketPlace(path string) (dir int, name string, err error) {
	p, err := x.place(nil, path, abi.EADDRINUSE)
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
func (x *executor) findSocket(path string) (int, error) {
	b, err := x.base(nil, path)
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
