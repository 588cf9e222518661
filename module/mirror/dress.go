package mirror

import (
	"io/fs"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// dress gives a copy the owner, permissions and time of its original, as far as they
// differ: who watches it (inotify(7)) hears of each.
func (t *Tree) dress(name string, info fs.FileInfo) error {
	var st unix.Stat_t
	if err := unix.Lstat(t.host(name), &st); err != nil {
		return err
	}
	mode := unixMode(info.Mode()) & kept(&st)
	if uid, gid, ok := t.ownerOf(info); ok && os.Geteuid() == 0 && (uint32(uid) != st.Uid || uint32(gid) != st.Gid) {
		if err := os.Lchown(t.host(name), uid, gid); err != nil {
			return err
		}
		st.Mode &^= setID // chown(2) may have taken them
	}
	if info.Mode()&fs.ModeSymlink == 0 && mode != st.Mode&0o7777 {
		if err := unix.Chmod(t.host(name), mode); err != nil {
			return err
		}
	}
	if t.isTime(&st, info) {
		return nil
	}
	when := unix.NsecToTimespec(nanoOf(info))
	return unix.UtimesNanoAt(unix.AT_FDCWD, t.host(name), []unix.Timespec{when, when}, unix.AT_SYMLINK_NOFOLLOW)
}

const setID = unix.S_ISUID | unix.S_ISGID

// kept returns the permissions that the copy of which st tells may have of its
// original's. Set-id bits of a program are left out unless the guest itself has set
// them: who made the archive has no say in what root may do.
func kept(st *unix.Stat_t) uint32 {
	if st.Mode&unix.S_IFMT == unix.S_IFDIR {
		return 0o7777 &^ unix.S_ISUID
	}
	return 0o1777 | st.Mode&setID
}

// kinds are the types of files that are in a tree, by how stat(2) has them.
var kinds = []struct {
	bits uint32
	mode fs.FileMode
}{{unix.S_IFREG, 0}, {unix.S_IFDIR, fs.ModeDir}, {unix.S_IFLNK, fs.ModeSymlink}, {unix.S_IFIFO, fs.ModeNamedPipe}, {unix.S_IFSOCK, fs.ModeSocket},
	{unix.S_IFCHR, fs.ModeDevice | fs.ModeCharDevice}, {unix.S_IFBLK, fs.ModeDevice}}

// typeOf returns Go's type of a file, or one that there is none of.
func typeOf(mode uint32) fs.FileMode {
	for _, k := range kinds {
		if k.bits == mode&unix.S_IFMT {
			return k.mode
		}
	}
	return fs.ModeIrregular
}

// bitsOf does the reverse.
func bitsOf(mode fs.FileMode) uint32 {
	for _, k := range kinds {
		if k.mode == mode.Type() {
			return k.bits
		}
	}
	return 0
}

// goMode turns chmod(2)'s permissions into Go's.
func goMode(mode uint32) fs.FileMode {
	m := fs.FileMode(mode & 0o777)
	for _, s := range special {
		if mode&s.bit != 0 {
			m |= s.flag
		}
	}
	return m
}

// unixMode turns Go's permissions into chmod(2)'s.
func unixMode(m fs.FileMode) uint32 {
	mode := uint32(m.Perm())
	for _, s := range special {
		if m&s.flag != 0 {
			mode |= s.bit
		}
	}
	return mode
}

// special are the permissions that package fs has elsewhere than chmod(2).
var special = []struct {
	bit  uint32
	flag fs.FileMode
}{{unix.S_ISUID, fs.ModeSetuid}, {unix.S_ISGID, fs.ModeSetgid}, {unix.S_ISVTX, fs.ModeSticky}}

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
