package away

import (
	"encoding/binary"
	"errors"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/intercept"
	"penumbra/shadow/client"
	"penumbra/shadow/wire"
)

// readStream answers read and readv of what has no positions.
func (t *task) readStream(d descriptor, f *client.File, pieces []Piece) intercept.Verdict {
	if !t.commit() { // what has been taken is nowhere else
		return intercept.Run
	}
	b := make([]byte, min(total(pieces), wire.MaxKept))
	n := 0
	e := t.try(patienceFor(d, true, d.limit(receiving)), f.PollEntry(unix.POLLIN), func() (err error) {
		n, err = f.Take(t.ctx, b)
		return err
	})
	if e == 0 {
		e = scatter(t.Memory(), pieces, b[:n])
	}
	if e != 0 {
		return intercept.Fail(e)
	}
	return intercept.Skip(int64(n))
}

// writeStream answers write and writev to it. Unless it is not to wait it goes on until
// all is written.
func (t *task) writeStream(d descriptor, f *client.File, b []byte) intercept.Verdict {
	w := patienceFor(d, true, d.limit(sending))
	entry := f.PollEntry(unix.POLLOUT)
	n, e := t.each(w, entry, b, d.splits(), func(b []byte) (int, error) { return f.Put(t.ctx, b) })
	if e == abi.EPIPE {
		t.Signal(abi.Signal(unix.SIGPIPE))
	}
	if e != 0 && n == 0 {
		return intercept.Fail(e)
	}
	return intercept.Skip(int64(n))
}

// each hands b to put until all is taken, or once if it cannot be split. The error is
// what came after n bytes.
func (t *task) each(w *patience, entry wire.PollEntry, b []byte, splits bool, put func([]byte) (int, error)) (n int, e abi.Errno) {
	for {
		piece := b[n:min(len(b), n+wire.MaxPayload)]
		if !splits {
			piece = b
		}
		took := 0
		e = t.try(w, entry, func() (err error) {
			took, err = put(piece)
			return err
		})
		if n += took; e != 0 || !splits || n == len(b) || !w.wait && took < len(piece) {
			return n, e
		}
	}
}

// splits reports whether what is written may be taken in parts.
func (d descriptor) splits() bool { return d.socket == nil || d.socket.kind == wire.SocketStream }

// newStream returns what a new descriptor leads to.
func newStream(access uint32, flags uint64) *openFile {
	f := &openFile{stream: true}
	f.flags.Store(access)
	f.nonblock.Store(flags&unix.O_NONBLOCK != 0)
	return f
}

// create answers calls that make a descriptor, whose flags are O_CLOEXEC and
// O_NONBLOCK.
func (t *task) create(f *openFile, flags uint64, do func(p *client.Process, fd int32) error) intercept.Verdict {
	p, err := t.process()
	if err != nil {
		return fail(err)
	}
	fd := t.reserve(p, 0)
	if err := do(p.rep, fd); err != nil {
		p.set(fd, descriptor{})
		return fail(err)
	}
	p.set(fd, descriptor{openFile: f, closeOnExec: flags&unix.O_CLOEXEC != 0})
	return intercept.Skip(int64(fd))
}

// createTwo answers calls that make two, and write their numbers to where argument i
// points.
func (t *task) createTwo(i int, flags uint64, files [2]*openFile, do func(p *client.Process, a, b int32) error) intercept.Verdict {
	p, err := t.process()
	if err != nil {
		return fail(err)
	}
	a := t.reserve(p, 0)
	b := t.reserve(p, 0)
	if err := do(p.rep, a, b); err != nil {
		p.set(a, descriptor{})
		p.set(b, descriptor{})
		return fail(err)
	}
	closeOnExec := flags&unix.O_CLOEXEC != 0
	p.set(a, descriptor{openFile: files[0], closeOnExec: closeOnExec})
	p.set(b, descriptor{openFile: files[1], closeOnExec: closeOnExec})
	numbers := binary.LittleEndian.AppendUint32(nil, uint32(a))
	v := give(t.Call, i, binary.LittleEndian.AppendUint32(numbers, uint32(b)))
	if v != intercept.Skip(0) {
		_ = t.closeOne(p, a)
		_ = t.closeOne(p, b)
	}
	return v
}

// pipe answers pipe and pipe2.
func (t *task) pipe() intercept.Verdict {
	how := flags(t.Call, "flags")
	if how&^(unix.O_CLOEXEC|unix.O_NONBLOCK) != 0 {
		return intercept.Fail(abi.EINVAL) // packets, and what the kernel says of keys
	}
	ends := [2]*openFile{newStream(wire.OpenRead, how), newStream(wire.OpenWrite, how)}
	ends[0].kind, ends[1].kind = wire.TypeFIFO, wire.TypeFIFO
	return t.createTwo(0, how, ends, func(p *client.Process, r, w int32) error { return p.Pipe(t.ctx, r, w) })
}

// ioctlStream answers what is asked of streams.
func (t *task) ioctlStream(d descriptor, f *client.File) intercept.Verdict {
	const nonblock, readable = 0x5421, 0x541b // FIONBIO, FIONREAD; asm-generic/ioctls.h
	switch uint32(t.Args[1]) {
	case nonblock:
		var b [4]byte
		if _, err := t.Memory().ReadAt(b[:], t.Args.Addr(2)); err != nil {
			return intercept.Fail(abi.EFAULT)
		}
		d.nonblock.Store(b != [4]byte{})
		return intercept.Skip(0)
	case readable:
		n, err := f.Pending(t.ctx)
		if errors.Is(err, abi.EINVAL) {
			err = abi.ENOTTY
		}
		if err != nil {
			return fail(err)
		}
		return give(t.Call, 2, binary.LittleEndian.AppendUint32(nil, uint32(n)))
	}
	return intercept.Fail(abi.ENOTTY)
}
