package sys

import (
	"fmt"
	"os"
	"slices"

	"golang.org/x/sys/unix"
)

// ReadProc reads a file of /proc/<tid>. It is os.ReadFile with the fewest calls:
// most such files are smaller than a page, and the kernel makes them up anew for each
// read. The error is an *os.PathError.
func ReadProc(tid int, name string) ([]byte, error) {
	const page = 4096
	path := fmt.Sprintf("/proc/%d/%s", tid, name)
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, &os.PathError{Op: "open", Path: path, Err: err}
	}
	defer unix.Close(fd)
	b := make([]byte, 0, page)
	for {
		n, err := unix.Read(fd, b[len(b):cap(b)])
		switch {
		case err == unix.EINTR:
		case err != nil:
			return nil, &os.PathError{Op: "read", Path: path, Err: err}
		case n == 0:
			return b, nil
		default:
			b = slices.Grow(b[:len(b)+n], page)
		}
	}
}
