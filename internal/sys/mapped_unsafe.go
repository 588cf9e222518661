package sys

import (
	"os"
	"sync"
	"unsafe"

	"golang.org/x/sys/unix"
)

// WriteMapped writes b at off of a file that is open for reading and writing, by
// way of a mapping. EFAULT means that the file ends before, or that its file
// system has no room: what would be SIGBUS for a program is an error here. On a
// tmpfs the file's times stay as they are: they are changed by a page's first
// access if that is a write (fault_dirty_shared_page in mm/memory.c), and here it
// is a read, or the page comes with its content.
func WriteMapped(fd int, b []byte, off int64) error {
	shift := int(off % int64(pageSize))
	m, err := unix.Mmap(fd, off-int64(shift), shift+len(b), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		return err
	}
	defer unix.Munmap(m)
	done := 0
	if shift == 0 {
		done = putPages(m, b)
	}
	if done == len(b) {
		return nil
	}
	if err := unix.Madvise(m[done:], unix.MADV_POPULATE_READ); err != nil {
		return err
	}
	b = b[done:]
	at := uint64(uintptr(unsafe.Pointer(&m[shift+done])))
	for len(b) > 0 {
		n, err := WriteMemory(os.Getpid(), b, at)
		if err != nil {
			return err
		}
		b, at = b[n:], at+uint64(n)
	}
	return nil
}

var pageSize = os.Getpagesize()

// putPages gives a mapping of a file whole pages that the file lacks, up to the
// first that it has, and returns how many bytes of b that were. It takes half of
// the time of writing to a page that the kernel has to make, and to make zero,
// before. It is 0 where the kernel or the file system cannot do it.
func putPages(m, b []byte) int {
	fd, err := pager()
	whole := len(b) &^ (pageSize - 1)
	if err != nil || whole == 0 {
		return 0
	}
	register := uffdRegister{start: uint64(uintptr(unsafe.Pointer(&m[0]))), length: uint64(whole), mode: uffdMissing}
	if ioctl(fd, uffdioRegister, unsafe.Pointer(&register)) != 0 {
		return 0
	}
	for done := 0; ; {
		put := uffdCopy{to: register.start + uint64(done), from: uint64(uintptr(unsafe.Pointer(&b[done]))), length: uint64(whole - done)}
		e := ioctl(fd, uffdioCopy, unsafe.Pointer(&put))
		if put.copied > 0 {
			done += int(put.copied)
		}
		if done == whole {
			return done
		}
		if e != unix.EAGAIN {
			_ = ioctl(fd, uffdioUnregister, unsafe.Pointer(&register)) // what is missing is the kernel's to make
			return done
		}
	}
}

// What userfaultfd(2) takes; linux/userfaultfd.h. UFFDIO_COPY fails with EAGAIN
// when some pages were put, and the next could not, or the memory map is being
// changed.
const (
	uffdUserModeOnly = 1
	uffdAPI          = 0xaa
	uffdMissing      = 1
	uffdioAPI        = 0xc018aa3f
	uffdioRegister   = 0xc020aa00
	uffdioUnregister = 0x8010aa01
	uffdioCopy       = 0xc028aa03
)

type (
	uffdHandshake struct{ api, features, ioctls uint64 }
	uffdRegister  struct{ start, length, mode, ioctls uint64 }
	uffdCopy      struct {
		to, from, length, mode uint64
		copied                 int64 // or an error, negative
	}
)

// pager returns a descriptor of userfaultfd(2), by which pages are put into this
// process's mappings. Nobody ever waits for a page.
var pager = sync.OnceValues(func() (fd int, err error) {
	r, _, e := unix.Syscall(unix.SYS_USERFAULTFD, unix.O_CLOEXEC|unix.O_NONBLOCK|uffdUserModeOnly, 0, 0)
	if e != 0 {
		return -1, e
	}
	hello := uffdHandshake{api: uffdAPI}
	if e := ioctl(int(r), uffdioAPI, unsafe.Pointer(&hello)); e != 0 {
		unix.Close(int(r))
		return -1, e
	}
	return int(r), nil
})

// PutsPages returns an error if WriteMapped has to do without userfaultfd(2), and so
// takes longer.
func PutsPages() error {
	_, err := pager()
	return err
}

func ioctl(fd int, request uintptr, arg unsafe.Pointer) unix.Errno {
	_, _, e := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), request, uintptr(arg))
	return e
}
