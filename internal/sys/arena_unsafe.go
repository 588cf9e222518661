package sys

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// Arena is memory of this process, outside of Go's, from which arguments are
// handed to the kernel. All of it lies below 4 GiB where that matters, so that
// calls of a 32-bit interface reach it too.
type Arena struct{ bytes []byte }

// NewArena maps an arena of that size.
func NewArena(size int) (*Arena, error) {
	b, err := unix.Mmap(-1, 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS|mapLow)
	if err != nil {
		return nil, err
	}
	return &Arena{b}, nil
}

// Close unmaps the arena.
func (a *Arena) Close() { _ = unix.Munmap(a.bytes) }

// Bytes returns the arena's memory.
func (a *Arena) Bytes() []byte { return a.bytes }

// Address returns where Bytes begins.
func (a *Arena) Address() uint64 { return uint64(uintptr(unsafe.Pointer(&a.bytes[0]))) }

// SetFSIDs sets the ids by which the kernel judges the calling thread's access
// to files, and no other thread's. It needs CAP_SETUID and CAP_SETGID. With an
// fsuid other than 0 the thread is without the capabilities that override file
// permissions, until it is 0 again.
func SetFSIDs(uid, gid uint32, groups []uint32) error {
	var list unsafe.Pointer
	if len(groups) > 0 {
		list = unsafe.Pointer(&groups[0])
	}
	if _, _, e := unix.RawSyscall(unix.SYS_SETGROUPS, uintptr(len(groups)), uintptr(list), 0); e != 0 {
		return e
	}
	// These two never fail; they return the former id.
	unix.RawSyscall(unix.SYS_SETFSGID, uintptr(gid), 0, 0)
	unix.RawSyscall(unix.SYS_SETFSUID, uintptr(uid), 0, 0)
	// An invalid id asks for the one that is in force.
	if now, _, _ := unix.RawSyscall(unix.SYS_SETFSUID, ^uintptr(0), 0, 0); uint32(now) != uid {
		return unix.EPERM
	}
	return nil
}

// Umask sets the umask of the calling thread, and of those that share its.
func Umask(mask uint32) { unix.RawSyscall(unix.SYS_UMASK, uintptr(mask), 0, 0) }
