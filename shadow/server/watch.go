package server

import (
	"encoding/binary"
	"os"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// Events of inotify(7). A directory hears of what happens to its entries, but not
// of what happens to a subdirectory by the entries of that, nor to a file by
// another of its names. Both, the members, are watched themselves.
const (
	entryEvents     = unix.IN_CREATE | unix.IN_DELETE | unix.IN_MOVED_FROM | unix.IN_MOVED_TO
	writeEvents     = unix.IN_MODIFY | unix.IN_CLOSE_WRITE
	selfEvents      = unix.IN_MOVE_SELF | unix.IN_DELETE_SELF | unix.IN_UNMOUNT
	directoryEvents = entryEvents | writeEvents | unix.IN_ATTRIB | unix.IN_MOVE_SELF | unix.IN_DELETE_SELF | unix.IN_ONLYDIR | unix.IN_EXCL_UNLINK
	memberEvents    = entryEvents | writeEvents | unix.IN_ATTRIB | unix.IN_MOVE_SELF | unix.IN_DONT_FOLLOW
)

// tells reports whether a directory is in a file system that nobody changes but by
// this kernel, which tells of it. What is not known here is taken not to.
func tells(fd int) bool {
	const bcachefs, jfs, nilfs, ntfs3, zfs = 0xca451a4e, 0x3153464a, 0x3434, 0x7366746e, 0x2fc12fc1
	var st unix.Statfs_t
	if _, err := restart(func() (int, error) { return 0, unix.Fstatfs(fd, &st) }); err != nil {
		return false
	}
	switch uint32(st.Type) {
	case unix.EXT4_SUPER_MAGIC, unix.XFS_SUPER_MAGIC, unix.BTRFS_SUPER_MAGIC, unix.F2FS_SUPER_MAGIC,
		unix.TMPFS_MAGIC, unix.RAMFS_MAGIC, unix.OVERLAYFS_SUPER_MAGIC, unix.ECRYPTFS_SUPER_MAGIC,
		unix.MSDOS_SUPER_MAGIC, unix.EXFAT_SUPER_MAGIC, unix.REISERFS_SUPER_MAGIC, unix.ISOFS_SUPER_MAGIC,
		unix.SQUASHFS_MAGIC, unix.EROFS_SUPER_MAGIC_V1, bcachefs, jfs, nilfs, ntfs3, zfs:
		return true
	}
	return false
}

// A watcher is an instance of inotify.
type watcher struct {
	file *os.File
	fd   int
	buf  [64 << 10]byte
	wg   sync.WaitGroup
}

// start makes l's watcher if there is none, with mu held.
func (l *leases) start() error {
	if l.watcher != nil || l.closed {
		return nil
	}
	fd, err := unix.InotifyInit1(unix.IN_CLOEXEC | unix.IN_NONBLOCK)
	if err != nil {
		return err
	}
	w := &watcher{file: os.NewFile(uintptr(fd), "inotify"), fd: fd}
	raw, err := w.file.SyscallConn()
	if err != nil {
		w.file.Close()
		return err
	}
	l.watcher = w
	w.wg.Go(func() { l.listen(raw) })
	return nil
}

func (w *watcher) close() {
	w.file.Close()
	w.wg.Wait()
}

// listen tells of events as they come.
func (l *leases) listen(raw syscall.RawConn) {
	for {
		err := raw.Read(func(uintptr) bool {
			l.mu.Lock()
			defer l.mu.Unlock()
			return l.drain()
		})
		if err != nil {
			return // closed
		}
		l.tell(false)
	}
}

// watch begins to watch what is at path, for a name of a lease. It is false if
// that cannot be done.
func (l *leases) watch(le *lease, name, path string, events uint32) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if le.over || l.start() != nil || l.closed {
		return false
	}
	n, err := unix.InotifyAddWatch(l.watcher.fd, path, events|unix.IN_MASK_ADD)
	if err != nil {
		return false
	}
	wd := int32(n)
	if old, ok := le.watched[name]; ok && old == wd {
		return true
	} else if ok {
		l.unwatch(le, name)
	}
	refs := l.watches[wd]
	if l.count >= l.limit {
		if refs == nil {
			_, _ = unix.InotifyRmWatch(l.watcher.fd, uint32(wd))
		}
		return false
	}
	if refs == nil {
		refs = map[ref]bool{}
		l.watches[wd] = refs
	}
	le.watched[name], refs[ref{le, name}] = wd, true
	l.count++
	return true
}

// unwatch gives up the watch of a name of its own, with mu held.
func (l *leases) unwatch(le *lease, name string) {
	wd, ok := le.watched[name]
	if !ok {
		return
	}
	delete(le.watched, name)
	l.count--
	refs := l.watches[wd]
	delete(refs, ref{le, name})
	if refs != nil && len(refs) == 0 {
		delete(l.watches, wd)
		_, _ = unix.InotifyRmWatch(l.watcher.fd, uint32(wd))
	}
}

// drain takes what events there are, with mu held, and reports whether there were
// any.
func (l *leases) drain() (any bool) {
	const mostReads = 256 // more than a full queue: somebody may make events all the time
	if l.watcher == nil || l.closed {
		return false
	}
	for range mostReads {
		n, err := restart(func() (int, error) { return unix.Read(l.watcher.fd, l.watcher.buf[:]) })
		if err != nil || n <= 0 {
			break
		}
		any = true
		for b := l.watcher.buf[:n]; len(b) >= unix.SizeofInotifyEvent; {
			var mask uint32
			var wd int32
			var name string
			wd, mask, name, b = event(b)
			l.happened(wd, mask, name)
		}
	}
	return any
}

// event takes a struct inotify_event off b.
func event(b []byte) (wd int32, mask uint32, name string, rest []byte) {
	const maskAt, lengthAt = 4, 12
	wd, mask = int32(binary.NativeEndian.Uint32(b)), binary.NativeEndian.Uint32(b[maskAt:])
	end := unix.SizeofInotifyEvent + int(binary.NativeEndian.Uint32(b[lengthAt:]))
	return wd, mask, unix.ByteSliceToString(b[unix.SizeofInotifyEvent:end]), b[end:]
}

// happened notes an event, with mu held.
func (l *leases) happened(wd int32, mask uint32, name string) {
	if mask&unix.IN_Q_OVERFLOW != 0 {
		l.endAll()
		return
	}
	refs := l.watches[wd]
	if mask&unix.IN_IGNORED != 0 {
		// The kernel has removed the watch: nothing is left to be given up.
		delete(l.watches, wd)
		for r := range refs {
			delete(r.lease.watched, r.name)
			l.count--
		}
		mask |= unix.IN_DELETE_SELF
	}
	for r := range refs {
		switch {
		case r.name == "" && mask&selfEvents != 0:
			l.end(r.lease)
		case r.name == "":
			l.change(r.lease, name, mask&writeEvents == 0)
			if mask&entryEvents != 0 {
				l.change(r.lease, "", true) // its times
			}
		case name == "" || mask&entryEvents != 0:
			l.change(r.lease, r.name, mask&writeEvents == 0)
		}
	}
}

// endAll ends all leases, with mu held, as nobody knows what has changed.
func (l *leases) endAll() {
	for _, le := range l.held {
		l.end(le)
	}
	l.ended, l.all = nil, true
}
