package view

import (
	"encoding/binary"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/intercept"
	"penumbra/internal/sys"
	"penumbra/namespace"
)

// getdents lists, in front of what a directory of the host holds, the mounts
// whose targets do not exist there. All others have a name in it already.
func (v *View) getdents(c *intercept.Call, _ *shape) intercept.Verdict {
	fd := c.Args.Int32(0)
	place := v.placeOfFD(c.Thread.ID(), fd)
	names := v.phantom[place]
	if place == "" || len(names) == 0 {
		return intercept.Run
	}
	if c.Syscall.Name == "readdir" {
		return intercept.Run // one entry at a time; nothing has used it since 1995
	}
	own, e := copyFD(c.Thread, fd) // of the same position
	if e != 0 {
		return intercept.Fail(e)
	}
	defer unix.Close(own)
	if at, err := unix.Seek(own, 0, unix.SEEK_CUR); err != nil || at != 0 {
		return intercept.Run
	}
	var list []byte
	for _, name := range names {
		if m, _ := v.mountOf(namespace.Join(place, name)); m != nil {
			list = appendEntry(list, c, m, name)
		}
	}
	room := int64(c.Args[2]) - int64(len(list))
	if room < 280 { // one entry with the longest name
		return intercept.Fail(abi.EINVAL)
	}
	f := v.frames.get()
	defer v.frames.put(f)
	b, at := f.take(int(min(room, maxBuffer)))
	n := sys.Perform(c.Arch, c.Number, abi.Args{uint64(own), at, uint64(len(b))})
	if n < 0 {
		return intercept.Skip(n)
	}
	list = append(list, b[:n]...)
	if _, err := c.Memory().WriteAt(list, c.Args.Addr(1)); err != nil {
		return intercept.Fail(abi.EFAULT)
	}
	return intercept.Skip(int64(len(list)))
}

// appendEntry appends a directory entry as getdents(2) lays it out. Its offset
// is that of the directory's start: whoever comes back to it begins anew.
func appendEntry(list []byte, c *intercept.Call, m *mount, name string) []byte {
	kind := byte(m.stat.Mode >> 12)
	start := len(list)
	if c.Syscall.Name == "getdents64" {
		list = binary.LittleEndian.AppendUint64(list, m.stat.Ino)
		list = binary.LittleEndian.AppendUint64(list, 0)
		list = append(list, 0, 0, kind)
		list = append(list, name...)
		list = append(list, make([]byte, 8-(len(list)-start)%8)...)
	} else {
		word := c.Arch.PointerSize()
		number := make([]byte, 8)
		binary.LittleEndian.PutUint64(number, m.stat.Ino)
		list = append(append(list, number[:word]...), make([]byte, word+2)...)
		list = append(append(list, name...), 0)
		// The kind is the last byte, behind the padding.
		list = append(list, make([]byte, word-1-(len(list)-start)%word)...)
		list = append(list, kind)
	}
	length := uint16(len(list) - start)
	offset := 16
	if c.Syscall.Name == "getdents" {
		offset = 2 * c.Arch.PointerSize()
	}
	binary.LittleEndian.PutUint16(list[start+offset:], length)
	return list
}
