package away

import (
	"fmt"
	"slices"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/guest"
	"penumbra/intercept"
)

// standard is how many streams a program begins with: its input, its output, errors.
const standard = 3

// newFiles returns the descriptors that t's process begins with.
func newFiles(t *guest.Thread) map[int32]descriptor {
	files := map[int32]descriptor{}
	for fd := range int32(standard) {
		if isUsed(t, fd) {
			files[fd] = descriptor{openFile: &openFile{here: true}}
		}
	}
	return files
}

// owns reports whether a descriptor is the guest's own here.
func (g *Guest) owns(t *guest.Thread, fd int32) bool {
	g.mu.Lock()
	p := g.processes[t.Process().ID]
	g.mu.Unlock()
	if p == nil {
		return fd >= 0 && fd < standard
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	d, ok := p.files[fd]
	return ok && d.here
}

// duplicating are the calls by which a descriptor of here may come to be another one,
// and those that say for themselves which of theirs are from here.
var duplicating = map[string]bool{"dup": true, "dup2": true, "dup3": true, "close_range": true,
	"poll": true, "ppoll": true, "ppoll_time64": true}

// isHere reports whether the descriptors of a call are the guest's own here, so that
// the call is this kernel's.
func (g *Guest) isHere(c *intercept.Call) bool {
	name := c.Syscall.Name
	switch {
	case duplicating[name]:
		return false
	case name == "mmap" || name == "mmap2":
		return c.Args[mapFlags]&unix.MAP_ANONYMOUS != 0 || g.owns(c.Thread, c.Args.Int32(mapFD))
	case name == "close" && g.owns(c.Thread, c.Args.Int32(0)):
		g.forget(c.Thread, c.Args.Int32(0))
		return true
	case name == "tgkill" || name == "rt_tgsigqueueinfo":
		return int(c.Args.Int32(0)) == c.Thread.Process().ID // threads do not leave their process
	case name == "tkill":
		return isThread(c.Thread, c.Args.Int32(0))
	case name == "fcntl" || name == "fcntl64":
		if command := c.Args.Int32(1); command == unix.F_DUPFD || command == unix.F_DUPFD_CLOEXEC {
			return false
		}
	}
	return g.allHere(c)
}

// allHere reports whether a call has descriptors, and all are the guest's own here. That
// of a directory counts if there is no path.
func (g *Guest) allHere(c *intercept.Call) bool {
	some := false
	for i, a := range c.Syscall.ArgsOn(c.Arch) {
		switch {
		case a.Kind == abi.KindFD:
		case a.Kind == abi.KindPath && a.At >= 0 && g.owns(c.Thread, c.Args.Int32(a.At)):
			var first [1]byte
			if _, err := c.Memory().ReadAt(first[:], c.Args.Addr(i)); c.Args[i] != 0 && (err != nil || first[0] != 0) {
				return false
			}
			some = true
			continue
		default:
			continue
		}
		if !g.owns(c.Thread, c.Args.Int32(i)) {
			return false
		}
		some = true
	}
	return some
}

// forget says that a descriptor is closed.
func (g *Guest) forget(t *guest.Thread, fd int32) {
	g.mu.Lock()
	p := g.processes[t.Process().ID]
	g.mu.Unlock()
	if p != nil {
		p.set(fd, descriptor{})
	}
}

// isThread reports whether tid is a thread of t's process.
func isThread(t *guest.Thread, tid int32) bool {
	return unix.Access(fmt.Sprintf("/proc/%d/task/%d", t.Process().ID, tid), unix.F_OK) == nil
}

// isUsed reports whether the kernel has something for a number of t's process.
func isUsed(t *guest.Thread, fd int32) bool {
	var st unix.Stat_t
	return unix.Lstat(fmt.Sprintf("/proc/%d/fd/%d", t.ID(), fd), &st) == nil
}

// giveHere makes a number that is free here and there the guest's own, for an open file
// of this process, which it closes.
func (t *task) giveHere(p *process, fd int, least int32, closeOnExec bool) intercept.Verdict {
	defer unix.Close(fd)
	number := t.reserve(p, least)
	if err := t.Install(fd, number, closeOnExec); err != nil {
		p.set(number, descriptor{})
		return intercept.Fail(installErrno(err))
	}
	p.set(number, descriptor{openFile: &openFile{here: true}})
	return intercept.Skip(int64(number))
}

func installErrno(err error) abi.Errno {
	if err == unix.EMFILE || err == unix.EBADF { // EBADF: beyond the limit
		return abi.EMFILE
	}
	return errnoOf(err)
}

// duplicateHere answers dup and its like of a descriptor of here: to is the number that
// is wanted, or the lowest that may be.
func (t *task) duplicateHere(p *process, fd, to int32, exact, closeOnExec bool) intercept.Verdict {
	if !exact {
		own, err := t.Thread.CopyFD(fd)
		if err != nil {
			return intercept.Fail(abi.EBADF)
		}
		return t.giveHere(p, own, to, closeOnExec)
	}
	if d, err := p.entry(to); err == nil && !d.here {
		_ = t.closeOne(p, to)
	}
	p.set(to, descriptor{openFile: &openFile{here: true}})
	return intercept.Run // the kernel has the same numbers
}

// bury has a number that was the guest's own here lead to nothing of use: what was open
// is closed, and the number is not given to anything else of the process.
func (t *task) bury(fd int32) error {
	nothing, err := unix.Open("/", unix.O_PATH|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(nothing)
	return t.Install(nothing, fd, true)
}

// stillHere drops descriptors of here that an exec has closed.
func (p *process) stillHere(t *guest.Thread) {
	open := t.Descriptors()
	for fd, d := range p.files {
		if d.here && !slices.Contains(open, fd) {
			delete(p.files, fd)
		}
		if d.backed {
			d.backed = false
			p.files[fd] = d
		}
	}
}
