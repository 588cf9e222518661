package away

import (
	"encoding/binary"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/intercept"
	"penumbra/shadow/client"
	"penumbra/shadow/wire"
)

// fileHandlers are the calls with a name or a descriptor that a representative makes.
var fileHandlers = sync.OnceValue(func() map[string]handler {
	all := map[string]handler{}
	for names, h := range map[string]handler{
		"open openat openat2 creat":              (*task).open,
		"close":                                  (*task).close,
		"close_range":                            (*task).closeRange,
		"dup":                                    (*task).dup,
		"dup2":                                   (*task).dup2,
		"dup3":                                   (*task).dup3,
		"fcntl fcntl64":                          (*task).control,
		"read readv pread64 preadv preadv2":      (*task).read,
		"write writev pwrite64 pwritev pwritev2": (*task).write,
		"lseek _llseek":                          (*task).seek,
		"ftruncate ftruncate64":                  (*task).truncateFile,
		"fallocate":                              (*task).allocate,
		"fsync fdatasync syncfs sync_file_range": (*task).sync,
		"fadvise64 fadvise64_64 readahead":       (*task).advise,
		"getdents getdents64":                    (*task).list,
		"flock":                                  (*task).lockWhole,
		"ioctl":                                  (*task).ioctl,
		"fstat fstat64":                          (*task).stat,
		"stat lstat newfstatat stat64 lstat64 fstatat64 statx": (*task).stat,
		"statfs statfs64 fstatfs fstatfs64":                    (*task).statfs,
		"access faccessat faccessat2":                          (*task).access,
		"chdir fchdir":                                         (*task).chdir,
		"getcwd":                                               (*task).getcwd,
		"umask":                                                (*task).umask,
		"mkdir mkdirat":                                        (*task).mkdir,
		"rmdir unlink unlinkat":                                (*task).remove,
		"rename renameat renameat2":                            (*task).rename,
		"link linkat":                                          (*task).link,
		"symlink symlinkat":                                    (*task).symlink,
		"readlink readlinkat":                                  (*task).readlink,
		"truncate truncate64":                                  (*task).truncate,
		"chmod fchmod fchmodat fchmodat2":                      (*task).chmod,
		"chown lchown fchown fchownat chown32 lchown32 fchown32": (*task).chown,
		"utime utimes futimesat utimensat utimensat_time64":      (*task).utimens,
		"getxattr lgetxattr fgetxattr":                           (*task).getxattr,
		"setxattr lsetxattr fsetxattr":                           (*task).setxattr,
		"listxattr llistxattr flistxattr":                        (*task).listxattr,
		"removexattr lremovexattr fremovexattr":                  (*task).removexattr,
		"kill":                                                   (*task).kill,
		"tkill tgkill rt_sigqueueinfo rt_tgsigqueueinfo pidfd_send_signal pidfd_open pidfd_getfd": func(*task) intercept.Verdict { return intercept.Fail(abi.EPERM) },
	} {
		for name := range strings.FieldsSeq(names) {
			all[name] = h
		}
	}
	return all
})

// target returns the process and the file that a call is about: the one that its
// first path leads to, or, without one, its first argument.
func (t *task) target() (*process, name, abi.Errno) {
	p, all, e := t.named()
	switch {
	case e != 0:
		return nil, name{}, e
	case len(all) > 0:
		return p, all[0], 0
	}
	fd := t.Args.Int32(0)
	if _, _, err := p.find(fd); err != nil {
		return nil, name{}, abi.EBADF
	}
	return p, name{dir: fd}, 0
}

// on calls f with the target of a call that gives nothing but success.
func (t *task) on(f func(p *client.Process, n name) error) intercept.Verdict {
	p, n, e := t.target()
	if e != 0 {
		return intercept.Fail(e)
	}
	return done(f(p.rep, n))
}

func (t *task) stat() intercept.Verdict {
	p, n, e := t.target()
	if e != 0 {
		return intercept.Fail(e)
	}
	attr, err := p.rep.Stat(t.ctx, n.dir, n.path, n.atUnlessEmpty())
	switch {
	case err != nil:
		return fail(err)
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

func (t *task) chdir() intercept.Verdict {
	return t.on(func(p *client.Process, n name) error {
		_, err := p.Chdir(t.ctx, n.dir, n.path)
		return err
	})
}

// getcwd asks for the directory by entering it once more.
func (t *task) getcwd() intercept.Verdict {
	p, err := t.process()
	if err != nil {
		return fail(err)
	}
	path, err := p.rep.Chdir(t.ctx, wire.CWD, ".")
	if err != nil {
		return fail(err)
	}
	b := append([]byte(path), 0)
	if uint64(len(b)) > t.Args[1] {
		return intercept.Fail(abi.ERANGE)
	}
	if v := give(t.Call, 0, b); v != intercept.Skip(0) {
		return v
	}
	return intercept.Skip(int64(len(b)))
}

func (t *task) umask() intercept.Verdict {
	p, err := t.process()
	if err != nil {
		return fail(err)
	}
	former, err := p.rep.Umask(t.ctx, uint32(t.Args[0]))
	if err != nil {
		return fail(err)
	}
	return intercept.Skip(int64(former))
}

func (t *task) mkdir() intercept.Verdict {
	return t.on(func(p *client.Process, n name) error {
		return p.Mkdir(t.ctx, n.dir, n.path, uint32(flags(t.Call, "mode")))
	})
}

func (t *task) remove() intercept.Verdict {
	return t.on(func(p *client.Process, n name) error {
		if t.Syscall.Name == "rmdir" || t.Syscall.Name == "unlinkat" && t.Args[2]&unix.AT_REMOVEDIR != 0 {
			return p.Rmdir(t.ctx, n.dir, n.path)
		}
		return p.Unlink(t.ctx, n.dir, n.path)
	})
}

// onTwo is on for calls with two paths.
func (t *task) onTwo(f func(p *client.Process, from, to name) error) intercept.Verdict {
	p, all, e := t.named()
	if e != 0 {
		return intercept.Fail(e)
	}
	return done(f(p.rep, all[0], all[1]))
}

func (t *task) rename() intercept.Verdict {
	return t.onTwo(func(p *client.Process, from, to name) error {
		how := flags(t.Call, "flags")
		if how&^(unix.RENAME_NOREPLACE|unix.RENAME_EXCHANGE) != 0 {
			return abi.EINVAL
		}
		return p.Rename(t.ctx, from.dir, from.path, to.dir, to.path, uint32(how)) // they have the same numbers
	})
}

func (t *task) link() intercept.Verdict {
	return t.onTwo(func(p *client.Process, from, to name) error {
		return p.Link(t.ctx, from.dir, from.path, to.dir, to.path, from.at())
	})
}

// symlink has a text and a path, of which the table of calls knows the second.
func (t *task) symlink() intercept.Verdict {
	text, err := t.Memory().String(t.Args.Addr(0), unix.PathMax-1)
	if err != nil {
		return intercept.Fail(errnoOf(err))
	}
	p, all, e := t.named()
	if e != 0 {
		return intercept.Fail(e)
	}
	at := all[len(all)-1]
	return done(p.rep.Symlink(t.ctx, text, at.dir, at.path))
}

func (t *task) readlink() intercept.Verdict {
	p, n, e := t.target()
	if e != 0 {
		return intercept.Fail(e)
	}
	buf := 1
	if t.Syscall.Name == "readlinkat" {
		buf = 2
	}
	size := t.Args.Int32(buf + 1)
	if size <= 0 {
		return intercept.Fail(abi.EINVAL)
	}
	text, err := p.rep.Readlink(t.ctx, n.dir, n.path)
	if err != nil {
		return fail(err)
	}
	text = text[:min(len(text), int(size))]
	if v := give(t.Call, buf, []byte(text)); v != intercept.Skip(0) {
		return v
	}
	return intercept.Skip(int64(len(text)))
}

func (t *task) truncate() intercept.Verdict {
	return t.on(func(p *client.Process, n name) error {
		size := number(t.Call, "length")
		if size < 0 {
			return abi.EINVAL
		}
		return p.Truncate(t.ctx, n.dir, n.path, size)
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

// attribute reads the name of an extended attribute.
func (t *task) attribute() (string, abi.Errno) {
	s, err := t.Memory().String(t.Args.Addr(1), wire.MaxName)
	if err != nil {
		if e := errnoOf(err); e != abi.ENAMETOOLONG {
			return "", e
		}
		return "", abi.ERANGE
	}
	return s, 0
}

// hold gives a call bytes, unless it only asks how many there are.
func (t *task) hold(b []byte, err error, at int) intercept.Verdict {
	size := t.Args[at+1]
	switch {
	case err != nil:
		return fail(err)
	case size == 0:
		return intercept.Skip(int64(len(b)))
	case size < uint64(len(b)):
		return intercept.Fail(abi.ERANGE)
	}
	if v := give(t.Call, at, b); v != intercept.Skip(0) {
		return v
	}
	return intercept.Skip(int64(len(b)))
}

func (t *task) getxattr() intercept.Verdict {
	attribute, e := t.attribute()
	if e != 0 {
		return intercept.Fail(e)
	}
	p, n, e := t.target()
	if e != 0 {
		return intercept.Fail(e)
	}
	b, err := p.rep.Getxattr(t.ctx, n.dir, n.path, attribute, n.atUnlessEmpty())
	return t.hold(b, err, 2)
}

func (t *task) listxattr() intercept.Verdict {
	p, n, e := t.target()
	if e != 0 {
		return intercept.Fail(e)
	}
	b, err := p.rep.Listxattr(t.ctx, n.dir, n.path, n.atUnlessEmpty())
	return t.hold(b, err, 1)
}

func (t *task) setxattr() intercept.Verdict {
	const largest = 64 << 10 // XATTR_SIZE_MAX
	attribute, e := t.attribute()
	switch {
	case e != 0:
		return intercept.Fail(e)
	case t.Args[3] > largest:
		return intercept.Fail(abi.E2BIG)
	}
	value := make([]byte, t.Args[3])
	if _, err := t.Memory().ReadAt(value, t.Args.Addr(2)); err != nil && len(value) > 0 {
		return intercept.Fail(abi.EFAULT)
	}
	return t.on(func(p *client.Process, n name) error {
		if !n.follow && n.path != "" {
			return abi.EOPNOTSUPP // links have no attributes that a user may set (xattr(7))
		}
		return p.Setxattr(t.ctx, n.dir, n.path, attribute, value, uint32(t.Args[4])) // they have the same numbers
	})
}

func (t *task) removexattr() intercept.Verdict {
	attribute, e := t.attribute()
	if e != 0 {
		return intercept.Fail(e)
	}
	return t.on(func(p *client.Process, n name) error {
		if !n.follow && n.path != "" {
			return abi.EOPNOTSUPP
		}
		return p.Removexattr(t.ctx, n.dir, n.path, attribute)
	})
}

// ioctl answers that a file is no terminal, which is what C libraries ask, and sets
// close-on-exec.
func (t *task) ioctl() intercept.Verdict {
	p, err := t.process()
	if err != nil {
		return fail(err)
	}
	const notOnExec, onExec, readable = 0x5450, 0x5451, 0x541b // FIONCLEX, FIOCLEX, FIONREAD; asm-generic/ioctls.h
	fd := t.Args.Int32(0)
	d, f, err := p.find(fd)
	if err != nil {
		return fail(err)
	}
	switch request := uint32(t.Args[1]); request {
	case onExec, notOnExec:
		d.closeOnExec = request == onExec
		p.set(fd, d)
		return intercept.Skip(0)
	case readable:
		attr, err := f.Stat(t.ctx)
		if err != nil {
			return fail(err)
		}
		d.mu.Lock()
		defer d.mu.Unlock()
		return give(t.Call, 2, binary.LittleEndian.AppendUint32(nil, uint32(attr.Size-d.offset)))
	}
	return intercept.Fail(abi.ENOTTY)
}

// kill sends a signal to what has that number on the shadow's machine, if the shadow
// permits it.
func (t *task) kill() intercept.Verdict {
	signal := t.Args[1] & 0xffffffff
	if signal > wire.MaxSignal {
		return intercept.Fail(abi.EINVAL)
	}
	return done(t.Client.Kill(t.ctx, t.Args.Int32(0), uint32(signal)))
}
