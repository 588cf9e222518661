package away

import (
	"time"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/intercept"
	"penumbra/shadow/client"
	"penumbra/shadow/wire"
)

func (t *task) stat() intercept.Verdict {
	p, n, e := t.target()
	if e != 0 {
		return intercept.Fail(e)
	}
	attr, err := p.rep.Stat(t.ctx, n.dir, n.path, n.atUnlessEmpty())
	switch {
	case err != nil:
		return fail(err)
	case !t.commit():
		return intercept.Run
	case t.Syscall.Name == "statx":
		return answer(t.Call, arg(t.Call, "buf"), statxValues(&attr))
	}
	return answer(t.Call, arg(t.Call, "buf"), statValues(&attr))
}

func (t *task) statfs() intercept.Verdict {
	p, n, e := t.target()
	if e != 0 {
		return intercept.Fail(e)
	}
	info, err := p.rep.Statfs(t.ctx, n.dir, n.path)
	if err != nil {
		return fail(err)
	}
	if !t.commit() {
		return intercept.Run
	}
	i := arg(t.Call, "buf")
	if size := arg(t.Call, "size"); size >= 0 && int(t.Args[size]) != t.Syscall.ArgsOn(t.Arch)[i].Layout.Size(t.Arch) {
		return intercept.Fail(abi.EINVAL)
	}
	return answer(t.Call, i, statfsValues(&info))
}

func (t *task) access() intercept.Verdict {
	return t.on(func(p *client.Process, n name) error {
		how := n.at()
		if t.Syscall.Name == "faccessat2" && flags(t.Call, "flags")&unix.AT_EACCESS != 0 {
			how |= wire.AtEffective
		}
		mode := flags(t.Call, "mode")
		if mode&^7 != 0 {
			return abi.EINVAL
		}
		return p.Access(t.ctx, n.dir, n.path, uint32(mode), how)
	})
}

func (t *task) chmod() intercept.Verdict {
	return t.on(func(p *client.Process, n name) error {
		return p.Chmod(t.ctx, n.dir, n.path, uint32(flags(t.Call, "mode")), n.atUnlessEmpty())
	})
}

// atUnlessEmpty is at, but for a descriptor itself.
func (n name) atUnlessEmpty() uint32 {
	if n.path == "" {
		return 0
	}
	return n.at()
}

func (t *task) chown() intercept.Verdict {
	id := func(name string) uint32 {
		i := arg(t.Call, name)
		v := uint32(t.Args[i])
		if k := t.Syscall.ArgsOn(t.Arch)[i].Kind; (k == abi.KindUid16 || k == abi.KindGid16) && uint16(v) == 1<<16-1 {
			return wire.KeepID
		}
		return v
	}
	return t.on(func(p *client.Process, n name) error {
		return p.Chown(t.ctx, n.dir, n.path, id("uid"), id("gid"), n.atUnlessEmpty())
	})
}

func (t *task) utimens() intercept.Verdict {
	times, e := t.times()
	if e != 0 {
		return intercept.Fail(e)
	}
	return t.on(func(p *client.Process, n name) error {
		return p.Utimens(t.ctx, n.dir, n.path, times[0], times[1], n.atUnlessEmpty())
	})
}

// times reads which times a call sets. Without any it is now.
func (t *task) times() (all [2]wire.Time, e abi.Errno) {
	i := arg(t.Call, "times")
	if t.Args[i] == 0 {
		now := wire.Time{Nsec: wire.TimeNow}
		return [2]wire.Time{now, now}, 0
	}
	layout := t.Syscall.ArgsOn(t.Arch)[i].Layout
	size := layout.Size(t.Arch)
	b := make([]byte, 2*size)
	if t.Syscall.Name == "utime" {
		b = b[:size]
	}
	if _, err := t.Memory().ReadAt(b, t.Args.Addr(i)); err != nil {
		return all, abi.EFAULT
	}
	get := func(name string, b []byte) int64 { return int64(layout.Field(name).Get(t.Arch, b)) }
	for j := range all {
		if t.Syscall.Name == "utime" {
			all[j] = wire.Time{Sec: get([]string{"actime", "modtime"}[j], b)}
			continue
		}
		part := b[j*size:]
		all[j].Sec = get("tv_sec", part)
		nanoseconds := int64(0)
		if layout.Field("tv_usec") != nil {
			nanoseconds = get("tv_usec", part) * int64(time.Microsecond)
		} else {
			nanoseconds = get("tv_nsec", part)
		}
		switch {
		case nanoseconds == unix.UTIME_NOW || nanoseconds == unix.UTIME_OMIT:
			all[j] = wire.Time{Nsec: uint32(nanoseconds)} // these have the same numbers
		case nanoseconds < 0 || nanoseconds >= int64(time.Second):
			return all, abi.EINVAL
		default:
			all[j].Nsec = uint32(nanoseconds)
		}
	}
	return all, 0
}
