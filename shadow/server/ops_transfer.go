package server

import (
	"errors"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/shadow/wire"
)

// opTransfer has what one descriptor holds go to another without passing the client.
// One without positions has the offset -1.
func (t *task) opTransfer(o *wire.Op, r *wire.Result) error {
	in, err := t.file(t.proc, o.FD)
	if err != nil {
		return err
	}
	defer t.done(in)
	out, err := t.file(t.proc, o.FD2)
	if err != nil {
		return err
	}
	defer t.done(out)
	switch {
	case in.stream != (o.Offset == -1) || out.stream != (o.Offset2 == -1) || o.Offset < -1 || o.Offset2 < -1:
		return abi.EINVAL
	case in.flags&wire.OpenRead == 0 || out.flags&wire.OpenWrite == 0 || (in.flags|out.flags)&wire.OpenPath != 0:
		return abi.EBADF
	}
	if err := out.at.writable(); err != nil && !out.stream {
		return err
	}
	r.Length, err = transfer(in, out, o)
	return err
}

// transfer moves some bytes, as many as it can without waiting.
func transfer(in, out *file, o *wire.Op) (int64, error) {
	const most = 1 << 20 // others want to be served meanwhile
	size := int(min(o.Length, most))
	from, to := o.Offset, o.Offset2
	var n int
	var err error
	switch {
	case o.Flags&wire.ShareOnly != 0:
		var shared int64
		shared, err = unix.Tee(in.fd, out.fd, size, unix.SPLICE_F_NONBLOCK)
		n = int(shared)
	case !in.stream && !out.stream:
		n, err = unix.CopyFileRange(in.fd, &from, out.fd, &to, size, 0)
		if errors.Is(err, unix.EXDEV) || errors.Is(err, unix.EOPNOTSUPP) {
			n, err = copyPiece(in.fd, from, out.fd, to, size)
		}
	case !in.stream:
		n, err = unix.Sendfile(out.fd, in.fd, &from, size)
	default:
		var target *int64
		if !out.stream {
			target = &to
		}
		var moved int64
		moved, err = unix.Splice(in.fd, nil, out.fd, target, size, unix.SPLICE_F_NONBLOCK)
		n = int(moved)
	}
	return int64(max(n, 0)), err
}

// copyPiece copies between file systems.
func copyPiece(in int, from int64, out int, to int64, size int) (int, error) {
	b := make([]byte, min(size, 128<<10))
	n, err := restart(func() (int, error) { return unix.Pread(in, b, from) })
	if err != nil || n == 0 {
		return n, err
	}
	return restart(func() (int, error) { return unix.Pwrite(out, b[:n], to) })
}
