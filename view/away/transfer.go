package away

import (
	"encoding/binary"
	"strings"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/intercept"
	"penumbra/shadow/client"
	"penumbra/shadow/wire"
)

// transfer answers sendfile, splice, tee and copy_file_range: what both descriptors hold
// stays at the shadow.
func (t *task) transfer() intercept.Verdict {
	p, err := t.process()
	if err != nil {
		return fail(err)
	}
	in, out := 0, 1
	offsets := map[int]int{} // arguments that point to offsets, by descriptor
	waits, flags := true, uint32(0)
	size := t.Args[3]
	switch name := t.Syscall.Name; {
	case strings.HasPrefix(name, "sendfile"):
		in, out, offsets[1] = 1, 0, 2
	case name == "tee":
		flags, size = wire.ShareOnly, t.Args[2]
		waits = t.Args[3]&unix.SPLICE_F_NONBLOCK == 0
	default:
		out, size = 2, t.Args[4]
		offsets[0], offsets[2] = 1, 3
		waits = name != "splice" || t.Args[5]&unix.SPLICE_F_NONBLOCK == 0
	}
	from, e := t.side(p, in, offsets[in])
	if e != 0 {
		return intercept.Fail(e)
	}
	to, e := t.side(p, out, offsets[out])
	if e != 0 {
		return intercept.Fail(e)
	}
	return t.move(from, to, int64(min(size, maxTransfer)), waits, flags)
}

// A side is one of two descriptors of a transfer.
type side struct {
	descriptor
	file   *client.File
	offset int64 // -1: it has none
	at     abi.Addr
	size   int // of the offset in memory
}

// side returns that of descriptor argument i, whose offset may lie where argument j
// points, unless j is 0. One of here and one of there do not go together.
func (t *task) side(p *process, i, j int) (*side, abi.Errno) {
	fd := t.Args.Int32(i)
	d, f, err := p.find(fd)
	if err != nil {
		if t.owns(t.Thread, fd) {
			return nil, abi.EINVAL
		}
		return nil, abi.EBADF
	}
	s := &side{descriptor: d, file: f, offset: -1, size: 8}
	if j > 0 {
		s.at = t.Args.Addr(j)
	}
	switch {
	case d.stream && s.at != 0:
		return nil, abi.ESPIPE
	case d.stream:
	case s.at == 0:
		d.mu.Lock()
		s.offset = d.offset
		d.mu.Unlock()
	default:
		if t.Syscall.Name == "sendfile" {
			s.size = t.Arch.PointerSize()
		}
		b := make([]byte, 8)
		if _, err := t.Memory().ReadAt(b[:s.size], s.at); err != nil {
			return nil, abi.EFAULT
		}
		if s.offset = int64(binary.LittleEndian.Uint64(b)); s.offset < 0 {
			return nil, abi.EINVAL
		}
	}
	return s, 0
}

// moved says that n bytes have gone through a side.
func (t *task) moved(s *side, n int64) abi.Errno {
	switch {
	case s.stream:
	case s.at == 0:
		s.mu.Lock()
		s.descriptor.offset = s.offset + n
		s.mu.Unlock()
	default:
		if _, err := t.Memory().WriteAt(binary.LittleEndian.AppendUint64(nil, uint64(s.offset+n))[:s.size], s.at); err != nil {
			return abi.EFAULT
		}
	}
	return 0
}

func (t *task) move(from, to *side, size int64, waits bool, flags uint32) intercept.Verdict {
	if to.flags.Load()&wire.OpenAppend != 0 && !to.stream {
		return intercept.Fail(abi.EINVAL) // as splice(2) says
	}
	n := int64(0)
	w := patienceFor(to.descriptor, waits && !from.nonblock.Load(), 0)
	again := false
	e := t.try(w, to.file.PollEntry(unix.POLLOUT), func() (err error) {
		if again && from.stream {
			// There was room: so it is the other that has nothing.
			if e := t.await(w, []wire.PollEntry{from.file.PollEntry(unix.POLLIN)}, nil); e != 0 {
				return e
			}
		}
		again = true
		n, err = from.file.Transfer(t.ctx, from.offset, to.file, to.offset, size, flags)
		return err
	})
	if e == abi.EPIPE {
		t.Signal(abi.Signal(unix.SIGPIPE))
	}
	if e == 0 {
		e = t.moved(from, n)
	}
	if e == 0 {
		e = t.moved(to, n)
	}
	if e != 0 {
		return intercept.Fail(e)
	}
	return intercept.Skip(n)
}
