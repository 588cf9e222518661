package away

import (
	"time"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/intercept"
	"penumbra/shadow/client"
	"penumbra/shadow/wire"
)

// gathering answers epoll_create and epoll_create1.
func (t *task) gathering() intercept.Verdict {
	how := flags(t.Call, "flags")
	switch {
	case how&^unix.EPOLL_CLOEXEC != 0, t.Syscall.Name == "epoll_create" && t.Args.Int32(0) <= 0:
		return intercept.Fail(abi.EINVAL)
	}
	return t.create(newStream(wire.OpenRead, 0), how, func(p *client.Process, fd int32) error { return p.Gathering(t.ctx, fd) })
}

var enlisting = map[int32]uint32{unix.EPOLL_CTL_ADD: wire.EnlistAdd, unix.EPOLL_CTL_MOD: wire.EnlistChange, unix.EPOLL_CTL_DEL: wire.EnlistDelete}

// enlist answers epoll_ctl. The guest's own descriptors here the shadow cannot watch.
func (t *task) enlist() intercept.Verdict {
	_, f, err := t.descriptor()
	if err != nil {
		return fail(err)
	}
	fd := t.Args.Int32(2)
	how, ok := enlisting[t.Args.Int32(1)]
	switch {
	case t.owns(t.Thread, fd):
		return intercept.Fail(abi.EPERM)
	case !ok:
		return intercept.Fail(abi.EINVAL)
	}
	var events uint32
	var token uint64
	if how != wire.EnlistDelete {
		l := t.Syscall.Args[3].Layout
		b := make([]byte, l.Size(t.Arch))
		if _, err := t.Memory().ReadAt(b, t.Args.Addr(3)); err != nil {
			return intercept.Fail(abi.EFAULT)
		}
		events, token = uint32(l.Field("events").Get(t.Arch, b)), l.Field("data").Get(t.Arch, b)
	}
	return done(f.Enlist(t.ctx, how, fd, events, token))
}

// gather answers epoll_wait, epoll_pwait and epoll_pwait2.
func (t *task) gather() intercept.Verdict {
	_, f, err := t.descriptor()
	if err != nil {
		return fail(err)
	}
	most := t.Args.Int32(2)
	limit := time.Duration(t.Args.Int32(3)) * time.Millisecond
	var e abi.Errno
	if t.Syscall.Name == "epoll_pwait2" {
		limit, e = t.limit(3)
	}
	switch {
	case e != 0:
		return intercept.Fail(e)
	case most <= 0:
		return intercept.Fail(abi.EINVAL)
	}
	if t.Syscall.Name != "epoll_wait" {
		if e := t.readMask(t.Args.Addr(4), t.Args[5]); e != 0 {
			return intercept.Fail(e)
		}
	}
	w := pollPatience(limit)
	w.signal = abi.EINTR // signal(7): never made again
	var ready []wire.Gathered
	e = t.try(w, f.PollEntry(unix.POLLIN), func() (err error) {
		if ready, err = f.Gather(t.ctx, int64(most)); err == nil && len(ready) == 0 {
			err = abi.EAGAIN
		}
		return err
	})
	if e != 0 && e != abi.EAGAIN {
		return intercept.Fail(e)
	}
	l := t.Syscall.Args[1].Layout
	size := l.Size(t.Arch)
	b := make([]byte, len(ready)*size)
	for i, g := range ready {
		l.Field("events").Put(t.Arch, b[i*size:(i+1)*size], uint64(g.Events))
		l.Field("data").Put(t.Arch, b[i*size:(i+1)*size], g.Token)
	}
	if _, err := t.Memory().WriteAt(b, t.Args.Addr(1)); err != nil && len(b) > 0 {
		return intercept.Fail(abi.EFAULT)
	}
	return intercept.Skip(int64(len(ready)))
}
