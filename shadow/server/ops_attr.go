package server

import (
	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/shadow/wire"
)

// A target is what an operation on attributes is about.
type target struct {
	handle
	close func()
}

// target finds what o's path leads to, or its descriptor if the path is empty.
func (t *task) target(o *wire.Op, follow bool) (target, error) {
	dir, err := t.directory(t.proc, o.FD)
	if err != nil {
		return target{}, err
	}
	if o.Path == "" {
		if dir.fd < 0 {
			return target{}, abi.ESTALE
		}
		return target{dir.handle, func() { t.done(dir) }}, nil
	}
	defer t.done(dir)
	b, err := t.base(&dir.handle, o.Path)
	if err != nil {
		return target{}, err
	}
	var flags uint64 = unix.O_PATH
	if !follow {
		flags |= unix.O_NOFOLLOW
	}
	fd, e, err := t.open(b, flags, 0)
	if err != nil {
		return target{}, err
	}
	return target{handle{fd, e}, func() { unix.Close(fd) }}, nil
}

// with calls do for what o is about.
func (t *task) with(o *wire.Op, do func(h handle) error) error {
	h, err := t.target(o, o.Flags&wire.AtNoFollow == 0)
	if err != nil {
		return err
	}
	defer h.close()
	return do(h.handle)
}

// modify calls do for what o is about to change.
func (t *task) modify(o *wire.Op, do func(h handle) error) error {
	return t.with(o, func(h handle) error {
		if err := h.at.writable(); err != nil {
			return err
		}
		return do(h)
	})
}

// statx returns attributes; statx(2).
func statx(dir int, name string, flags int) (wire.Attr, error) {
	var st unix.Statx_t
	if err := unix.Statx(dir, name, flags, unix.STATX_BASIC_STATS|unix.STATX_BTIME, &st); err != nil {
		return wire.Attr{}, err
	}
	at := func(t unix.StatxTimestamp) wire.Time { return wire.Time{Sec: t.Sec, Nsec: t.Nsec} }
	a := wire.Attr{
		Type: wire.TypeOf(uint32(st.Mode)), Perm: st.Mode & 0o7777, Nlink: st.Nlink, UID: st.Uid, GID: st.Gid,
		Size: int64(st.Size), Blocks: int64(st.Blocks), BlockSize: st.Blksize,
		RdevMajor: st.Rdev_major, RdevMinor: st.Rdev_minor,
		ID:    wire.Identity{Dev: unix.Mkdev(st.Dev_major, st.Dev_minor), Ino: st.Ino},
		Atime: at(st.Atime), Mtime: at(st.Mtime), Ctime: at(st.Ctime),
	}
	if st.Mask&unix.STATX_BTIME != 0 {
		a.ID.Birth = at(st.Btime)
	}
	return a, nil
}

func attrOf(fd int) (wire.Attr, error) { return statx(fd, "", unix.AT_EMPTY_PATH) }

func (t *task) opStat(o *wire.Op, r *wire.Result) error {
	return t.with(o, func(h handle) (err error) {
		r.Attr, err = attrOf(h.fd)
		return err
	})
}

func (t *task) opReadlink(o *wire.Op, r *wire.Result) error {
	h, err := t.target(o, false)
	if err != nil {
		return err
	}
	defer h.close()
	if attr, err := attrOf(h.fd); err != nil {
		return err
	} else if attr.Type != wire.TypeSymlink {
		return abi.EINVAL
	}
	r.Path, err = readlink(h.fd, "")
	return err
}

// opChmod changes permissions. Those of a link itself cannot be changed.
func (t *task) opChmod(o *wire.Op, _ *wire.Result) error {
	return t.modify(o, func(h handle) error {
		return unix.Fchmodat(unix.AT_FDCWD, procPath(h.fd), o.Mode, 0)
	})
}

func (t *task) opChown(o *wire.Op, _ *wire.Result) error {
	id := func(v uint32) int { return int(int32(v)) } // wire.KeepID is -1
	return t.modify(o, func(h handle) error {
		return unix.Fchownat(h.fd, "", id(o.UID), id(o.GID), unix.AT_EMPTY_PATH)
	})
}

func (t *task) opUtimens(o *wire.Op, _ *wire.Result) error {
	spec := func(at wire.Time) unix.Timespec {
		ts := unix.Timespec{Sec: at.Sec, Nsec: int64(at.Nsec)}
		switch at.Nsec {
		case wire.TimeNow:
			ts.Nsec = unix.UTIME_NOW
		case wire.TimeOmit:
			ts.Nsec = unix.UTIME_OMIT
		}
		return ts
	}
	return t.modify(o, func(h handle) error {
		return unix.UtimesNanoAt(h.fd, "", []unix.Timespec{spec(o.Atime), spec(o.Mtime)}, unix.AT_EMPTY_PATH)
	})
}

// opAccess tells whether the shadow's user may do what is asked for.
func (t *task) opAccess(o *wire.Op, _ *wire.Result) error {
	return t.with(o, func(h handle) error {
		if o.Mode&unix.W_OK != 0 {
			if err := h.at.writable(); err != nil {
				return err
			}
		}
		flags := unix.AT_EMPTY_PATH
		if o.Flags&wire.AtEffective != 0 {
			flags |= unix.AT_EACCESS
		}
		return unix.Faccessat2(h.fd, "", o.Mode, flags)
	})
}

func (t *task) opStatfs(o *wire.Op, r *wire.Result) error {
	return t.with(o, func(h handle) error {
		var st unix.Statfs_t
		if err := unix.Fstatfs(h.fd, &st); err != nil {
			return err
		}
		r.FS = wire.FSInfo{Type: uint64(st.Type), BlockSize: uint32(st.Bsize), Blocks: st.Blocks, Free: st.Bfree,
			Available: st.Bavail, Files: st.Files, FilesFree: st.Ffree, NameLength: uint32(st.Namelen),
			ReadOnly:  h.at.readOnly || st.Flags&unix.ST_RDONLY != 0,
			NoExec:    st.Flags&unix.ST_NOEXEC != 0,
			NoSetUser: st.Flags&unix.ST_NOSUID != 0}
		return nil
	})
}
