package away

import (
	"encoding/binary"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/intercept"
	"penumbra/shadow/client"
	"penumbra/shadow/wire"
)

// list answers getdents and getdents64.
func (t *task) list() intercept.Verdict {
	d, f, err := t.descriptor()
	switch {
	case err != nil:
		return fail(err)
	case d.kind != wire.TypeDirectory:
		return intercept.Fail(abi.ENOTDIR)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	room := int(min(t.Args[2]&0xffffffff, 1<<20))
	var out []byte
	for {
		more, err := d.fetch(t, f)
		switch {
		case err != nil:
			return fail(err)
		case !more && len(out) == 0:
			return intercept.Skip(0)
		}
		if !more {
			break
		}
		entry := appendEntry(nil, t.Call, &d.listed[0], d.offset+1)
		if len(out)+len(entry) > room {
			if len(out) == 0 {
				return intercept.Fail(abi.EINVAL)
			}
			break
		}
		out = append(out, entry...)
		d.offset++
		if int64(len(d.cookies)) == d.offset {
			d.cookies = append(d.cookies, d.listed[0].Cookie)
		}
		d.listed = d.listed[1:]
	}
	if _, err := t.Memory().WriteAt(out, t.Args.Addr(1)); err != nil {
		return intercept.Fail(abi.EFAULT)
	}
	return intercept.Skip(int64(len(out)))
}

// fetch reports whether there is an entry at the position, and asks for it. d.mu is
// held.
func (d *openFile) fetch(t *task, f *client.File) (bool, error) {
	const much = 64 << 10
	if len(d.listed) > 0 {
		return true, nil
	}
	if len(d.cookies) == 0 {
		d.cookies = []int64{0}
	}
	if d.ended || d.offset >= int64(len(d.cookies)) {
		return false, nil
	}
	var err error
	d.listed, d.ended, err = f.ReadDir(t.ctx, d.cookies[d.offset], much)
	return len(d.listed) > 0, err
}

// entryTypes are the types of files as getdents(2) numbers them.
var entryTypes = map[wire.FileType]byte{
	wire.TypeRegular: unix.DT_REG, wire.TypeDirectory: unix.DT_DIR, wire.TypeSymlink: unix.DT_LNK, wire.TypeFIFO: unix.DT_FIFO,
	wire.TypeSocket: unix.DT_SOCK, wire.TypeCharDevice: unix.DT_CHR, wire.TypeBlockDevice: unix.DT_BLK,
}

// appendEntry appends an entry, and the place behind it, as getdents(2) lays it out.
func appendEntry(b []byte, c *intercept.Call, e *wire.Dirent, next int64) []byte {
	kind := entryTypes[e.Type]
	start := len(b)
	if c.Syscall.Name == "getdents64" {
		b = binary.LittleEndian.AppendUint64(b, e.Ino)
		b = binary.LittleEndian.AppendUint64(b, uint64(next))
		b = append(append(append(b, 0, 0, kind), e.Name...), 0)
		for (len(b)-start)%8 != 0 {
			b = append(b, 0)
		}
		binary.LittleEndian.PutUint16(b[start+16:], uint16(len(b)-start))
		return b
	}
	word := c.Arch.PointerSize()
	b = put(b, word, e.Ino)
	b = put(b, word, uint64(next))
	b = append(append(append(b, 0, 0), e.Name...), 0)
	// The kind is the last byte, behind the padding.
	for (len(b)+1-start)%word != 0 {
		b = append(b, 0)
	}
	b = append(b, kind)
	binary.LittleEndian.PutUint16(b[start+2*word:], uint16(len(b)-start))
	return b
}
