package server

import (
	"encoding/binary"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/shadow/wire"
)

// opReaddir lists a directory from a cookie on, with attributes, as far as length
// bytes suffice. A lease begins before the first name is read, so that it tells
// of all changes since.
func (t *task) opReaddir(o *wire.Op, r *wire.Result) error {
	f, err := t.file(t.proc, o.FD)
	if err != nil {
		return err
	}
	defer t.done(f)
	most, err := t.most(o.Length)
	if err != nil {
		return err
	}
	buf, err := t.request.Buffer(most)
	if err != nil {
		return err
	}
	le := t.lease(o, f)
	list := buf[:0]
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, err := unix.Seek(f.fd, o.Offset, unix.SEEK_SET); err != nil {
		return err
	}
	raw := make([]byte, 32<<10)
	for {
		n, err := restart(func() (int, error) { return unix.ReadDirent(f.fd, raw) })
		if err != nil {
			return err
		}
		if n == 0 {
			r.End = true
			break
		}
		full := false
		for rest := raw[:n]; len(rest) > 0 && !full; {
			var d wire.Dirent
			d, rest = dirent(rest)
			if d.Name != "." && d.Name != ".." {
				_ = t.leases.describe(le, f.fd, &d) // it may be gone by now
			}
			longer, err := wire.AppendDirent(list, &d)
			switch {
			case err != nil:
				// A name that the protocol has no room for is not shown.
			case len(longer) > most:
				full = true
			default:
				list = longer
			}
		}
		if full {
			break
		}
	}
	if len(list) == 0 && !r.End {
		return abi.EINVAL // not even one fits
	}
	r.Data = [][]byte{list}
	if le != nil {
		r.Lease = o.Lease
	}
	return nil
}

// lease returns the lease that is asked for, or nil if there is none to be had.
// One that a reply tells of which is kept might have ended when that is sent
// again.
func (t *task) lease(o *wire.Op, f *file) *lease {
	switch {
	case o.Lease == 0 || t.keep:
		return nil
	case o.Offset != 0:
		return t.leases.of(o.Lease, f)
	}
	le := t.leases.begin(o.Lease, f)
	if le != nil {
		t.leased = append(t.leased, le)
	}
	return le
}

func (t *task) opUnwatch(o *wire.Op, _ *wire.Result) error {
	t.leases.giveUp(o.Lease)
	return nil
}

// dirent takes an entry off what getdents64(2) returned.
func dirent(b []byte) (d wire.Dirent, rest []byte) {
	const cookieAt, lengthAt, typeAt, nameAt = 8, 16, 18, 19 // struct linux_dirent64
	length := int(binary.NativeEndian.Uint16(b[lengthAt:]))
	name := b[nameAt:length]
	for i, c := range name {
		if c == 0 {
			name = name[:i]
			break
		}
	}
	return wire.Dirent{
		Name:   string(name),
		Ino:    binary.NativeEndian.Uint64(b),
		Cookie: int64(binary.NativeEndian.Uint64(b[cookieAt:])),
		Type:   wire.TypeOf(uint32(b[typeAt]) << 12), // DT_* are S_IFMT's bits; getdents(2)
	}, b[length:]
}
