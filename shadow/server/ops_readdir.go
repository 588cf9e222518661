package server

import (
	"encoding/binary"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/shadow/wire"
)

// opReaddir lists a directory from a cookie on, with attributes, as far as length
// bytes suffice.
func (t *task) opReaddir(o *wire.Op, r *wire.Result) error {
	f, err := t.file(t.proc, o.FD)
	if err != nil {
		return err
	}
	defer t.done(f)
	most := t.most(o.Length)
	buf, err := t.request.Buffer(most)
	if err != nil {
		return err
	}
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
			f.describe(&d)
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

// describe adds the attributes of what d names, unless that is gone by now.
func (f *file) describe(d *wire.Dirent) {
	if d.Name == "." || d.Name == ".." {
		return
	}
	attr, err := statx(f.fd, d.Name, unix.AT_SYMLINK_NOFOLLOW|unix.AT_NO_AUTOMOUNT)
	if err == nil {
		d.HasAttr, d.Attr = true, attr
	}
}
