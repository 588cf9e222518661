package view

import (
	"encoding/binary"
	"errors"
	"math"
	"strconv"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/guest"
	"penumbra/intercept"
	"penumbra/vft"
)

// Where a tree has emulated files (package vft), the calls that use content by
// descriptor are asked about as well. What they will touch is put in its place
// first; then they are the kernel's like all others.

// contentHandler returns the handler of such a call.
func (v *View) contentHandler(a abi.Arch, s *abi.Syscall) handler {
	if len(v.emulators) == 0 {
		return handler{}
	}
	if t := transferOf(a, s); t != nil {
		return handler{enter: func(v *View, c *intercept.Call, _ *shape) intercept.Verdict { return v.transfer(c, t) }}
	}
	switch s.Name {
	case "mmap", "mmap2":
		return handler{enter: (*View).mmap}
	case "mremap":
		return handler{enter: (*View).mremap}
	case "msync", "munmap":
		if v.changes {
			return handler{enter: (*View).writeBackMapped}
		}
	case "lseek", "_llseek":
		return handler{enter: (*View).seek}
	case "ftruncate", "ftruncate64":
		if v.changes {
			return handler{enter: (*View).ftruncate}
		}
	case "fallocate":
		if v.changes {
			return handler{enter: (*View).fallocate}
		}
	case "fsync", "fdatasync", "sync_file_range":
		if v.changes {
			return handler{enter: (*View).fsync}
		}
	case "sync", "syncfs":
		if v.changes {
			return handler{enter: (*View).writeBackAll}
		}
	case "close_range", "dup2", "dup3":
		if v.changes {
			return handler{enter: (*View).writeBackSoon}
		}
	case "close":
		if v.changes {
			return handler{enter: (*View).close}
		}
	case "fcntl", "fcntl64":
		return handler{enter: (*View).fcntl}
	case "flock":
		return handler{enter: (*View).flock}
	case "finit_module", "kexec_file_load":
		return handler{enter: (*View).useWhole}
	case "ioctl":
		return handler{enter: (*View).ioctl}
	case "io_setup", "remap_file_pages":
		// They would use content without a call of ours.
		return handler{enter: func(*View, *intercept.Call, *shape) intercept.Verdict { return intercept.Fail(abi.ENOSYS) }}
	}
	return handler{}
}

// emulated returns the emulated file that descriptor fd of t is open on, or nil.
func (v *View) emulated(t *guest.Thread, fd int32) (*vft.File, *unix.Stat_t) {
	if fd < 0 || v.noneEmulated() {
		return nil, nil
	}
	return v.emulatedAt(descriptorPath(t, fd))
}

// noneEmulated reports whether nobody has opened an emulated file yet.
func (v *View) noneEmulated() bool {
	for _, e := range v.emulators {
		if !e.Files().Empty() {
			return false
		}
	}
	return true
}

func descriptorPath(t *guest.Thread, fd int32) string {
	return "/proc/" + strconv.Itoa(t.ID()) + "/fd/" + strconv.Itoa(int(fd))
}

// emulatedAt returns the emulated file that a name of the host leads to.
func (v *View) emulatedAt(name string) (*vft.File, *unix.Stat_t) {
	var st unix.Stat_t
	if unix.Stat(name, &st) != nil {
		return nil, nil
	}
	return v.lookup(&st), &st
}

func (v *View) lookup(st *unix.Stat_t) *vft.File {
	if st.Mode&unix.S_IFMT != unix.S_IFREG {
		return nil
	}
	for _, e := range v.emulators {
		if f := e.Files().Lookup(st.Dev, st.Ino); f != nil {
			return f
		}
	}
	return nil
}

// settle says that the last call of thread tid has ended, for it makes another.
func (v *View) settle(tid int) {
	for _, e := range v.emulators {
		e.Files().Settle(tid)
	}
}

// useWhole readies all of a file for a call that reads it by its descriptor.
func (v *View) useWhole(c *intercept.Call, _ *shape) intercept.Verdict {
	for i, arg := range c.Syscall.ArgsOn(c.Arch) {
		if arg.Kind != abi.KindFD {
			continue
		}
		if f, st := v.emulated(c.Thread, c.Args.Int32(i)); f != nil {
			c.Leave()
			if e := pinWhole(f, st); e != 0 {
				return intercept.Fail(e)
			}
		}
	}
	return intercept.Run
}

// pinWhole readies all of f, of which st tells.
func pinWhole(f *vft.File, st *unix.Stat_t) abi.Errno {
	if missing := f.Missing(0, st.Size); missing > 0 && missing > f.Room() {
		return abi.ENOSPC
	}
	return contentErrno(f.Pin(0, st.Size))
}

// fillWhole readies all of a program at a name of the host.
func (v *View) fillWhole(host string) abi.Errno {
	if len(v.emulators) == 0 {
		return 0
	}
	f, st := v.emulatedAt(host)
	if f == nil {
		return 0
	}
	return pinWhole(f, st)
}

// seek answers where data and holes are: what is not there yet looks like a hole,
// but is none.
func (v *View) seek(c *intercept.Call, _ *shape) intercept.Verdict {
	wide := c.Syscall.Name == "_llseek"
	off, whence := int64(c.Args[1]), c.Args.Int32(2)
	switch {
	case wide:
		off, whence = int64(c.Args[1]<<32|c.Args[2]&0xffffffff), c.Args.Int32(4)
	case c.Arch.PointerSize() == 4:
		off = int64(c.Args.Int32(1))
	}
	if whence != unix.SEEK_DATA && whence != unix.SEEK_HOLE {
		return intercept.Run
	}
	f, st := v.emulated(c.Thread, c.Args.Int32(0))
	if f == nil || off < 0 || off >= st.Size || f.Missing(off, st.Size-off) == 0 {
		return intercept.Run
	}
	if whence == unix.SEEK_HOLE {
		off = st.Size
	}
	own, e := copyFD(c.Thread, c.Args.Int32(0)) // of the same offset
	if e != 0 {
		return intercept.Fail(e)
	}
	defer unix.Close(own)
	if _, err := unix.Seek(own, off, unix.SEEK_SET); err != nil {
		return intercept.Fail(errnoOf(err))
	}
	switch {
	case wide:
		result := binary.LittleEndian.AppendUint64(nil, uint64(off))
		if _, err := c.Memory().WriteAt(result, c.Args.Addr(3)); err != nil {
			return intercept.Fail(abi.EFAULT)
		}
		return intercept.Skip(0)
	case c.Arch.PointerSize() == 4 && off > math.MaxInt32:
		return intercept.Fail(abi.EOVERFLOW)
	}
	return intercept.Skip(off)
}

// fcntl has locks taken where a file is kept, and refuses leases: putting content in
// its place would break them.
func (v *View) fcntl(c *intercept.Call, _ *shape) intercept.Verdict {
	if isLockCommand(c.Args.Int32(1)) {
		if f, _ := v.emulated(c.Thread, c.Args.Int32(0)); f != nil && f.Locks() {
			return v.lockRange(c, f)
		}
		return intercept.Run
	}
	if c.Args.Int32(1) == unix.F_SETLEASE && c.Args.Int32(2) != unix.F_UNLCK {
		if f, _ := v.emulated(c.Thread, c.Args.Int32(0)); f != nil {
			return intercept.Fail(abi.EAGAIN)
		}
	}
	return intercept.Run
}

// ioctl refuses requests that look at, or share, where content lies, and answers those
// about mappings.
func (v *View) ioctl(c *intercept.Call, _ *shape) intercept.Verdict {
	const fiemap = 0xc020660b // FS_IOC_FIEMAP, linux/fs.h
	source := int32(-1)
	switch uint32(c.Args[1]) {
	case procmapQuery:
		return v.queryMapping(c)
	case fiemap, unix.FIDEDUPERANGE:
	case unix.FICLONE:
		source = c.Args.Int32(2)
	case unix.FICLONERANGE:
		var b [8]byte // struct file_clone_range begins with the descriptor
		if _, err := c.Memory().ReadAt(b[:], c.Args.Addr(2)); err == nil {
			source = int32(binary.LittleEndian.Uint32(b[:]))
		}
	default:
		return intercept.Run
	}
	for _, fd := range []int32{c.Args.Int32(0), source} {
		if f, _ := v.emulated(c.Thread, fd); f != nil {
			return intercept.Fail(abi.EOPNOTSUPP)
		}
	}
	return intercept.Run
}

// contentErrno returns what the guest is told when content cannot be had, or be
// written back.
func contentErrno(err error) abi.Errno {
	if e, ok := errors.AsType[abi.Errno](err); ok {
		return e
	}
	if e, ok := errors.AsType[unix.Errno](err); ok && (e == unix.ENOSPC || e == unix.EDQUOT || e == unix.EFBIG) {
		return abi.Errno(e)
	}
	return fillErrno(err)
}
