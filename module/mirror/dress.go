package mirror

import (
	"io/fs"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// dress gives a copy the owner, permissions and time of its original. Set-id
// bits are left out: who made the archive has no say in what root may do.
func (t *Tree) dress(name string, info fs.FileInfo) error {
	if uid, gid, ok := t.ownerOf(info); ok && os.Geteuid() == 0 {
		if err := os.Lchown(t.host(name), uid, gid); err != nil {
			return err
		}
	}
	when := unix.NsecToTimespec(max(info.ModTime().UnixNano(), 0))
	if info.ModTime().Before(time.Unix(0, 0)) {
		when = unix.Timespec{}
	}
	if info.Mode()&fs.ModeSymlink == 0 {
		if err := os.Chmod(t.host(name), info.Mode()&(fs.ModePerm|fs.ModeSticky)); err != nil {
			return err
		}
	}
	return unix.UtimesNanoAt(unix.AT_FDCWD, t.host(name), []unix.Timespec{when, when}, unix.AT_SYMLINK_NOFOLLOW)
}

func (t *Tree) ownerOf(info fs.FileInfo) (uid, gid int, ok bool) {
	if o, ok := info.(Owner); ok {
		uid, gid = o.Owner()
		return uid, gid, true
	}
	if st, ok := info.Sys().(*syscall.Stat_t); ok && t.writer != nil {
		return int(st.Uid), int(st.Gid), true
	}
	return 0, 0, false
}

// inodeOf returns what a file's names have in common, or nil if that is not known.
func inodeOf(info fs.FileInfo) any {
	st, native := info.Sys().(*syscall.Stat_t)
	l, linked := info.(Linked)
	switch {
	case info.IsDir():
		return nil
	case linked:
		return l.Inode()
	case native:
		return id{st.Dev, st.Ino}
	}
	return nil
}
