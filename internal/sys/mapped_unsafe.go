package sys

import (
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// WriteMapped writes b at off of a file that is open for reading and writing, by
// way of a mapping. EFAULT means that the file ends before, or that its file
// system has no room: what would be SIGBUS for a program is an error here. On a
// tmpfs the file's times stay as they are: they are changed by a page's first
// access if that is a write (fault_dirty_shared_page in mm/memory.c), and here it
// is a read.
func WriteMapped(fd int, b []byte, off int64) error {
	shift := off % int64(os.Getpagesize())
	m, err := unix.Mmap(fd, off-shift, int(shift)+len(b), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		return err
	}
	defer unix.Munmap(m)
	if err := unix.Madvise(m, unix.MADV_POPULATE_READ); err != nil {
		return err
	}
	at := uint64(uintptr(unsafe.Pointer(&m[shift])))
	for len(b) > 0 {
		n, err := WriteMemory(os.Getpid(), b, at)
		if err != nil {
			return err
		}
		b, at = b[n:], at+uint64(n)
	}
	return nil
}
