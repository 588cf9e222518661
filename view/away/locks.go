package away

import (
	"penumbra/abi"
	"penumbra/intercept"
	"penumbra/shadow/client"
	"penumbra/shadow/wire"

	"golang.org/x/sys/unix"
)

// The commands of fcntl(2) for locks, by their numbers on all architectures
// (asm-generic/fcntl.h): i386 alone uses those with 64 bits.
const (
	getLock, setLock, setLockWait       = 5, 6, 7
	getLock64, setLock64, setLockWait64 = 12, 13, 14
)

// lock answers the commands of fcntl(2) that are about locks, and refuses others.
func (t *task) lock(d descriptor, f *client.File, command int32) intercept.Verdict {
	layout, query, wait, kind := "flock", false, false, uint32(wire.LockProcess)
	switch command {
	case getLock64, setLock64, setLockWait64, unix.F_OFD_GETLK, unix.F_OFD_SETLK, unix.F_OFD_SETLKW:
		if t.Arch.PointerSize() == 4 && t.Syscall.Name == "fcntl64" {
			layout = "flock64"
		}
	}
	switch command {
	case getLock, getLock64:
		query = true
	case setLock, setLock64:
	case setLockWait, setLockWait64:
		wait = true
	case unix.F_OFD_GETLK:
		query, kind = true, wire.LockFile
	case unix.F_OFD_SETLK:
		kind = wire.LockFile
	case unix.F_OFD_SETLKW:
		wait, kind = true, wire.LockFile
	default:
		return intercept.Fail(abi.EINVAL)
	}
	l := abi.LayoutOf(layout)
	b := make([]byte, l.Size(t.Arch))
	if _, err := t.Memory().ReadAt(b, t.Args.Addr(2)); err != nil {
		return intercept.Fail(abi.EFAULT)
	}
	get := func(name string) int64 { return int64(l.Field(name).Get(t.Arch, b)) }
	flags := kind
	switch int16(get("l_type")) {
	case unix.F_RDLCK:
		flags |= wire.LockShared
	case unix.F_WRLCK:
		flags |= wire.LockExclusive
	case unix.F_UNLCK:
		flags |= wire.LockRelease
	default:
		return intercept.Fail(abi.EINVAL)
	}
	start, length, err := t.lockRange(d, f, int16(get("l_whence")), get("l_start"), get("l_len"))
	if err != nil {
		return fail(err)
	}
	if !query {
		return t.take(f, flags, wait, start, length)
	}
	r, err := f.Lock(t.ctx, flags|wire.LockQuery, start, length)
	if err != nil {
		return fail(err)
	}
	set := func(name string, v int64) { l.Field(name).Put(t.Arch, b, uint64(v)) }
	switch {
	case r.Flags&wire.LockRelease != 0:
		set("l_type", unix.F_UNLCK)
	default:
		kind := int64(unix.F_RDLCK)
		if r.Flags&wire.LockExclusive != 0 {
			kind = unix.F_WRLCK
		}
		set("l_type", kind)
		set("l_whence", unix.SEEK_SET)
		set("l_start", r.Offset)
		set("l_len", r.Length)
		set("l_pid", -1) // a process of the shadow's machine, or its representative
	}
	return give(t.Call, 2, b)
}

// lockRange returns the range that a struct flock means.
func (t *task) lockRange(d descriptor, f *client.File, whence int16, start, length int64) (int64, int64, error) {
	switch whence {
	case unix.SEEK_SET:
	case unix.SEEK_CUR:
		d.mu.Lock()
		start += d.offset
		d.mu.Unlock()
	case unix.SEEK_END:
		attr, err := f.Stat(t.ctx)
		if err != nil {
			return 0, 0, err
		}
		start += attr.Size
	default:
		return 0, 0, abi.EINVAL
	}
	if length < 0 {
		start, length = start+length, -length
	}
	if start < 0 {
		return 0, 0, abi.EINVAL
	}
	return start, length, nil
}

// take locks or releases, and waits if that is asked for.
func (t *task) take(f *client.File, flags uint32, wait bool, start, length int64) intercept.Verdict {
	if !wait {
		_, err := f.Lock(t.ctx, flags, start, length)
		return done(err)
	}
	err := t.wait(func() error {
		_, err := f.Lock(t.ctx, flags|wire.LockWait, start, length)
		return err
	})
	if client.Errno(err) == abi.EINTR || err != nil && t.ctx.Err() != nil {
		return intercept.Fail(abi.ERESTARTSYS) // a handler decides
	}
	return done(err)
}

// lockWhole answers flock(2).
func (t *task) lockWhole() intercept.Verdict {
	_, f, err := t.descriptor()
	if err != nil {
		return fail(err)
	}
	how := t.Args.Int32(1)
	flags := uint32(wire.LockWhole)
	switch how &^ unix.LOCK_NB {
	case unix.LOCK_SH:
		flags |= wire.LockShared
	case unix.LOCK_EX:
		flags |= wire.LockExclusive
	case unix.LOCK_UN:
		flags |= wire.LockRelease
	default:
		return intercept.Fail(abi.EINVAL)
	}
	return t.take(f, flags, how&(unix.LOCK_NB|unix.LOCK_UN) == 0, 0, 0)
}
