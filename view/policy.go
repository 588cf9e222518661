package view

import (
	"fmt"
	"strings"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/intercept"
)

// handler answers the calls of one system call. A nil one leaves them to the
// kernel.
type handler struct {
	enter func(*View, *intercept.Call, *shape) intercept.Verdict
	exit  func(*View, *intercept.Call) // for calls that are observed
	shape *shape
	// refined: only calls that Refine names.
	refined bool
}

// Interest implements intercept.Policy.
func (v *View) Interest(a abi.Arch, s *abi.Syscall) intercept.Interest {
	if len(v.mounts) == 0 && !v.split || s != nil && s.Unimplemented {
		return intercept.Ignore
	}
	if s == nil {
		return intercept.Answer
	}
	h := v.handlerFor(a, s)
	if v.handlers[a] == nil {
		v.handlers[a] = make([]handler, abi.MaxNumber(a)+1)
	}
	number, _ := s.On(a)
	v.handlers[a][number] = h
	switch {
	case h.enter == nil || h.refined:
		return intercept.Ignore
	case h.exit != nil:
		return intercept.Observe
	}
	return intercept.Answer
}

// Refine implements intercept.Refiner. The notify door cannot hand over an
// O_PATH descriptor: the guest has to open those itself. Only a sendto with an
// address, which has a size, can lead into a mount.
func (v *View) Refine() []intercept.Refinement {
	return []intercept.Refinement{
		{Call: "sendto", Arg: 5, Bits: ^uint32(0), Interest: intercept.Answer},
		{Call: "ioctl", Arg: 1, Value: procmapQuery, Interest: intercept.Answer},
		{Call: "open", Arg: 1, Bits: unix.O_PATH, Interest: intercept.Observe},
		{Call: "openat", Arg: 2, Bits: unix.O_PATH, Interest: intercept.Observe},
	}
}

// handlerFor chooses the handler for s on a.
func (v *View) handlerFor(a abi.Arch, s *abi.Syscall) handler {
	sh := shapeOf(a, s)
	if h := v.contentHandler(a, s); h.enter != nil {
		return h
	}
	switch {
	case v.owner == nil:
	case tellsOwner[s.Name]:
		return handler{enter: (*View).statOwned, shape: bareShape(a, s)}
	case sh != nil && sh.looks && !sh.asks:
		return handler{enter: (*View).statOwned, shape: sh}
	}
	if v.extended && strings.Contains(s.Name, "xattr") {
		return handler{enter: (*View).xattr, shape: sh}
	}
	switch s.Name {
	case "open", "openat", "creat":
		return handler{enter: (*View).open, shape: sh}
	case "openat2":
		return handler{enter: (*View).openByHow, exit: func(*View, *intercept.Call) {}, shape: sh}
	case "readlink", "readlinkat":
		return handler{enter: (*View).readlink, shape: sh}
	case "execve", "execveat":
		return handler{enter: (*View).exec, exit: func(*View, *intercept.Call) {}, shape: sh}
	case "chdir", "chroot":
		return handler{enter: (*View).changeDir, exit: (*View).changedDir, shape: sh}
	case "fchdir":
		return handler{enter: (*View).changeDirByFD, exit: (*View).changedDir}
	case "getcwd":
		return handler{enter: (*View).getcwd}
	case "bind", "connect", "getsockname", "getpeername", "sendmsg", "sendmmsg":
		return handler{enter: (*View).socketByName}
	case "sendto":
		return handler{enter: (*View).socketByName, refined: true}
	case "socketcall":
		return handler{enter: (*View).socketCall}
	case "getdents", "getdents64", "readdir":
		if len(v.phantom) > 0 {
			return handler{enter: (*View).getdents}
		}
	case "fchmod", "fchown", "fchown32", "fsetxattr", "fremovexattr":
		if v.guarded || v.changes {
			return handler{enter: (*View).changeByFD}
		}
	case "ioctl":
		return handler{enter: (*View).ioctl, refined: true}
	case "unshare":
		return handler{enter: (*View).unshare}
	case "setns":
		return handler{enter: (*View).setns}
	case "truncate", "truncate64":
		if len(v.emulators) > 0 {
			return handler{enter: (*View).truncate, shape: sh}
		}
	case "io_uring_setup":
		// Through a ring, files could be opened past the view.
		return handler{enter: func(*View, *intercept.Call, *shape) intercept.Verdict { return intercept.Fail(abi.ENOSYS) }}
	}
	switch {
	case v.privileged && changesIdentity()[s.Name]:
		return handler{enter: (*View).changeIdentity}
	case sh != nil && sh.refused:
		return handler{enter: (*View).mounting, shape: sh}
	case sh != nil:
		return handler{enter: (*View).byPath, shape: sh}
	}
	return handler{}
}

// Enter implements intercept.Policy.
func (v *View) Enter(c *intercept.Call) intercept.Verdict {
	v.busy.Add(1)
	defer v.busy.Add(-1)
	if v.closed.Load() {
		return intercept.Run
	}
	if c.Syscall == nil {
		return v.unknown(c)
	}
	v.settle(c.Thread.ID())
	h := &v.handlers[c.Arch][c.Number]
	if h.enter == nil {
		return intercept.Run
	}
	return h.enter(v, c, h.shape)
}

// unknown refuses a call that the table does not know: it might have a path. The
// user hears of it if the kernel may know it, being younger than the table.
func (v *View) unknown(c *intercept.Call) intercept.Verdict {
	const growth = 64
	if last := abi.MaxNumber(c.Arch); c.Number > last && c.Number <= last+growth {
		v.warn(fmt.Sprint("call ", c.Number), fmt.Sprintf("system call %d of %v is unknown: it fails with ENOSYS while there are mounts", c.Number, c.Arch))
	}
	return intercept.Fail(abi.ENOSYS)
}

// Exit implements intercept.Policy.
func (v *View) Exit(c *intercept.Call) {
	if h := &v.handlers[c.Arch][c.Number]; h.exit != nil {
		h.exit(v, c)
	}
}

// changeIdentity notes that a thread's identity is about to change.
func (v *View) changeIdentity(c *intercept.Call, _ *shape) intercept.Verdict {
	v.identities.Delete(c.Thread.ID())
	return intercept.Run
}

// changeByFD refuses to change by its descriptor what lies on a read-only mount,
// and makes the change where the file is kept if that is elsewhere.
func (v *View) changeByFD(c *intercept.Call, _ *shape) intercept.Verdict {
	if v.isReadOnlyFD(c, c.Args.Int32(0)) {
		return intercept.Fail(abi.EROFS)
	}
	return v.alterByFD(c, c.Args.Int32(0))
}

func (v *View) isReadOnlyFD(c *intercept.Call, fd int32) bool {
	place := v.placeOfFD(c.Thread.ID(), fd)
	if place == "" {
		return false
	}
	m, _ := v.mountOf(place)
	return m != nil && m.ReadOnly
}
