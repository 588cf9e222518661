package view

import (
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/guest"
	"penumbra/intercept"
	"penumbra/internal/sys"
)

// Lists of procfs that are others in the view are given to the guest as copies, which
// bear their names.

// copyName begins the text of a link of procfs to a copy.
const copyName = "/memfd:penumbra:"

// copyOf returns the place of the list that a link's text says there is a copy of, or
// "".
func copyOf(text string) string {
	place, ok := strings.CutPrefix(text, copyName)
	if !ok {
		return ""
	}
	return strings.TrimSuffix(place, deleted)
}

// openList answers the opening of a list of mounts, or of mappings.
func (v *View) openList(c *intercept.Call, place string, o *opening) (intercept.Verdict, bool) {
	if o.writes() || o.flags&unix.O_PATH != 0 || !mountLists().MatchString(place) && !memoryLists().MatchString(place) {
		return intercept.Run, false
	}
	list, e := v.readAs(c.Thread, place)
	switch {
	case e != 0:
		return intercept.Fail(e), true
	case mountLists().MatchString(place):
		list = v.mountList(place, list)
	default:
		list = v.memoryList(place, list)
	}
	fd, err := copied(place, list)
	if err != nil {
		return intercept.Fail(errnoOf(err)), true
	}
	return intercept.Give(fd, o.flags&unix.O_CLOEXEC != 0), true
}

// readAs reads a list, if t may.
func (v *View) readAs(t *guest.Thread, place string) ([]byte, abi.Errno) {
	fd, e := v.openAs(t, place)
	if e != 0 {
		return nil, e
	}
	f := os.NewFile(uintptr(fd), place)
	defer f.Close()
	b, err := io.ReadAll(f)
	if err != nil {
		return nil, errnoOf(err)
	}
	return b, 0
}

// openAs opens a list for reading, if t may.
func (v *View) openAs(t *guest.Thread, place string) (fd int, e abi.Errno) {
	if !strings.HasPrefix(place, fmt.Sprintf("/proc/%d/", t.Process().ID)) {
		restore, other, e := v.become(t, false, false)
		if e != 0 {
			return -1, e
		}
		defer restore()
		if other {
			const tracing = 1 << unix.CAP_SYS_PTRACE // opens the lists of all processes
			_ = sys.SetEffective(0, tracing)
			defer func() { _ = sys.SetEffective(tracing, tracing) }()
		}
	}
	fd, err := unix.Open(place, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return -1, errnoOf(err)
	}
	return fd, 0
}

// copied returns a descriptor from which a list can be read.
func copied(place string, list []byte) (int, error) {
	fd, err := unix.MemfdCreate(strings.TrimPrefix(copyName, "/memfd:")+place, unix.MFD_CLOEXEC)
	if err != nil {
		return -1, err
	}
	defer unix.Close(fd)
	for done := 0; done < len(list); {
		n, err := unix.Pwrite(fd, list[done:], int64(done))
		if err != nil {
			return -1, err
		}
		done += n
	}
	return unix.Open(fmt.Sprintf("/proc/self/fd/%d", fd), unix.O_RDONLY|unix.O_CLOEXEC, 0)
}
