package away

import (
	"encoding/binary"
	"strings"
	"sync"

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
		"mknod mknodat":                                        (*task).mknod,
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

		"mmap mmap2":              (*task).mapFile,
		"pipe pipe2":              (*task).pipe,
		"memfd_create":            (*task).memory,
		"poll ppoll ppoll_time64": (*task).poll,
		"select _newselect pselect6 pselect6_time64":     (*task).choose,
		"epoll_create epoll_create1":                     (*task).gathering,
		"epoll_ctl":                                      (*task).enlist,
		"epoll_wait epoll_pwait epoll_pwait2":            (*task).gather,
		"eventfd eventfd2":                               (*task).counter,
		"timerfd_create":                                 (*task).timer,
		"timerfd_settime timerfd_settime64":              (*task).arm,
		"timerfd_gettime timerfd_gettime64":              (*task).remaining,
		"inotify_init inotify_init1":                     (*task).watcher,
		"inotify_add_watch":                              (*task).watch,
		"inotify_rm_watch":                               (*task).ignore,
		"sendfile sendfile64 splice tee copy_file_range": (*task).transfer,
		"socket":                   (*task).newSocket,
		"socketpair":               (*task).socketPair,
		"bind":                     (*task).bind,
		"connect":                  (*task).connect,
		"listen":                   (*task).listen,
		"accept accept4":           (*task).accept,
		"getsockname getpeername":  (*task).tellName,
		"shutdown":                 (*task).shutdown,
		"getsockopt":               (*task).getOption,
		"setsockopt":               (*task).setOption,
		"sendto":                   (*task).sendTo,
		"sendmsg":                  (*task).sendMessage,
		"sendmmsg":                 (*task).sendMessages,
		"recvfrom":                 (*task).receiveFrom,
		"recvmsg":                  (*task).receiveMessage,
		"recvmmsg recvmmsg_time64": (*task).receiveMessages,
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
	switch request := uint32(t.Args[1]); {
	case d.stream && request != onExec && request != notOnExec:
		return t.ioctlStream(d, f)
	case request == onExec, request == notOnExec:
		d.closeOnExec = request == onExec
		p.set(fd, d)
		return intercept.Skip(0)
	case request == readable:
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
