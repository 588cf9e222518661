package view

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strconv"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/intercept"
	"penumbra/internal/sys"
	"penumbra/vft"
)

// No call tells which bytes of a mapping are looked at, so all of them have to be
// there before. A program that maps more than there is room for gets ENODEV, as on
// file systems without mmap, after which most read instead.

// mmap readies what is about to be mapped.
func (v *View) mmap(c *intercept.Call, _ *shape) intercept.Verdict {
	args := c.Args
	if len(c.Syscall.ArgsOn(c.Arch)) == 1 {
		var words [24]byte // struct mmap_arg_struct of arch/x86: six words
		if _, err := c.Memory().ReadAt(words[:], args.Addr(0)); err != nil {
			return intercept.Run
		}
		for i := range args {
			args[i] = uint64(binary.LittleEndian.Uint32(words[4*i:]))
		}
	}
	length, flags, fd, off := args[1], args[3], args.Int32(4), args[5]
	if c.Syscall.Name == "mmap2" {
		off = off & 0xffffffff << 12
	}
	if flags&unix.MAP_ANONYMOUS != 0 || length == 0 {
		return intercept.Run
	}
	f, _ := v.emulated(c.Thread, fd)
	if f == nil {
		return intercept.Run
	}
	d, err := describe(c.Thread, fd)
	if err != nil {
		return intercept.Run
	}
	shared := flags&unix.MAP_TYPE != unix.MAP_PRIVATE && d.flags&unix.O_ACCMODE == unix.O_RDWR
	if pid := c.Thread.Process().ID; shared || !v.sharesMemory(pid) {
		v.mappers.Store(pid, shared)
	}
	return v.readyMapping(c, f, int64(off), int64(min(length, 1<<62)), shared)
}

func (v *View) readyMapping(c *intercept.Call, f *vft.File, off, n int64, shared bool) intercept.Verdict {
	if off < 0 {
		return intercept.Run
	}
	missing := f.Missing(off, n)
	if missing > 0 && missing > f.Room() {
		v.warn("mapping", fmt.Sprintf("a program maps %d MiB of an emulated file, more than there is room for: that fails with ENODEV", missing>>20))
		return intercept.Fail(abi.ENODEV)
	}
	ready := func() error { return f.Pin(off, n) }
	if shared {
		ready = func() error { return f.Map(c.Thread.Process().ID, off, n) }
	}
	var err error
	if missing > 0 || shared {
		err = await(c, ready)
	} else {
		err = ready()
	}
	if err != nil {
		return intercept.Fail(contentErrno(err))
	}
	return intercept.Run
}

// mapping is a part of a process's memory that shows an emulated file.
type mapping struct {
	start, end uint64
	file       *vft.File
	off        int64
	shared     bool
}

// sharesMemory reports whether process pid may have mappings by which it changes
// emulated files.
func (v *View) sharesMemory(pid int) bool {
	shared, _ := v.mappers.Load(pid)
	return shared == true
}

// mappings returns those of process pid between two addresses.
func (v *View) mappings(pid int, from, to uint64) (found []mapping) {
	if _, maps := v.mappers.Load(pid); !maps {
		return nil
	}
	b, _ := sys.ReadProc(pid, "maps") // an error: it has died
	for line := range bytes.Lines(b) {
		// proc_pid_maps(5): addresses, permissions, offset, device, inode
		words := bytes.Fields(line)
		if len(words) < 5 {
			continue
		}
		first, last, _ := bytes.Cut(words[0], []byte("-"))
		m := mapping{start: hex(first), end: hex(last), off: int64(hex(words[2])), shared: bytes.HasSuffix(words[1], []byte("s"))}
		if m.end <= from || m.start >= to {
			continue
		}
		major, minor, _ := bytes.Cut(words[3], []byte(":"))
		ino, _ := strconv.ParseUint(string(words[4]), 10, 64)
		st := unix.Stat_t{Mode: unix.S_IFREG, Dev: unix.Mkdev(uint32(hex(major)), uint32(hex(minor))), Ino: ino}
		if m.file = v.lookup(&st); m.file != nil {
			found = append(found, m)
		}
	}
	return found
}

func hex(b []byte) uint64 {
	n, _ := strconv.ParseUint(string(b), 16, 64)
	return n
}

// mremap readies what a mapping gains.
func (v *View) mremap(c *intercept.Call, _ *shape) intercept.Verdict {
	from, length := c.Args[0], c.Args[2]
	for _, m := range v.mappings(c.Thread.Process().ID, from, from+1) {
		return v.readyMapping(c, m.file, m.off+int64(from-m.start), int64(min(length, 1<<62)), m.shared)
	}
	return intercept.Run
}

// writeBackMapped writes back what msync(2) asks for, and what munmap(2) is about
// to take away. Only the former can fail.
func (v *View) writeBackMapped(c *intercept.Call, _ *shape) intercept.Verdict {
	syncs := c.Syscall.Name == "msync"
	if syncs && c.Args[2]&unix.MS_SYNC == 0 || !v.sharesMemory(c.Thread.Process().ID) {
		return intercept.Run
	}
	for _, m := range v.mappings(c.Thread.Process().ID, c.Args[0], c.Args[0]+c.Args[1]) {
		if !m.shared {
			continue
		}
		if err := await(c, m.file.Flush); err == abi.ERESTARTNOINTR || err != nil && syncs {
			return intercept.Fail(contentErrno(err))
		}
	}
	return intercept.Run
}

// forkedMappings notes that a new process has its parent's mappings.
func (v *View) forkedMappings(parent, child int) {
	shared, maps := v.mappers.Load(parent)
	if !maps || parent == child {
		return
	}
	v.mappers.Store(child, shared)
	for _, e := range v.emulators {
		e.Files().Forked(parent, child)
	}
}

// lostMappings notes that a process has no mappings any more, and perhaps fewer
// descriptors.
func (v *View) lostMappings(pid int) {
	if !v.changes {
		v.mappers.Delete(pid)
		return
	}
	if _, maps := v.mappers.LoadAndDelete(pid); maps {
		for _, e := range v.emulators {
			e.Files().Unmap(pid)
		}
	}
	v.startWriteBack()
}
