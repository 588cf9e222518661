package mirror

import (
	"io/fs"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/abi"
)

// make makes a file, a directory or a symbolic link that says text where the files
// are. It returns what is told of it, or nil.
func (t *Tree) make(name string, mode fs.FileMode, text string) (fs.FileInfo, error) {
	if w, ok := t.writer.(MakeFS); ok {
		return w.Make(name, mode, text)
	}
	switch mode.Type() {
	case fs.ModeDir:
		return nil, t.writer.Mkdir(name, mode.Perm())
	case fs.ModeSymlink:
		if w, ok := t.writer.(SymlinkFS); ok {
			return nil, w.Symlink(text, name)
		}
		return nil, abi.EPERM
	}
	f, err := t.writer.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, mode)
	if err == nil {
		err = f.Close()
	}
	return nil, err
}

// made gives what was made the owner and the permissions that it has in the tree, as
// far as they are kept: there the guest made it itself. Of info, unless that is nil,
// it notes which file it is, and what its time is elsewhere.
func (t *Tree) made(name string, info fs.FileInfo) {
	var st unix.Stat_t
	if unix.Lstat(t.host(name), &st) != nil {
		return
	}
	_ = t.elsewhere(func() error {
		if w, ok := t.writer.(ChownFS); ok && t.isOthers(&st, info) {
			_ = w.Lchown(name, int(st.Uid), int(st.Gid))
		}
		if w, ok := t.writer.(ChmodFS); ok && st.Mode&unix.S_IFMT != unix.S_IFLNK && (info == nil || unixMode(info.Mode()) != st.Mode&0o7777) {
			_ = w.Chmod(name, goMode(st.Mode))
		}
		return nil
	})
	if info == nil {
		return
	}
	t.times[idOf(&st)] = times{here: st.Mtim.Nano(), there: nanoOf(info)}
	if inode := inodeOf(info); inode != nil {
		t.identify(name, inode)
	}
}

// isOthers reports whether what was made belongs to somebody else in the tree.
func (t *Tree) isOthers(st *unix.Stat_t, info fs.FileInfo) bool {
	if info != nil && os.Geteuid() == 0 {
		if uid, gid, ok := t.ownerOf(info); ok {
			return uid != int(st.Uid) || gid != int(st.Gid)
		}
	}
	return int(st.Uid) != os.Geteuid() || int(st.Gid) != os.Getegid()
}

// times are when something was changed last, in nanoseconds, according to the tree
// and to where the files are: of what the guest makes both have their own. To give the
// tree the other one would be an event for who watches (inotify(7)).
type times struct{ here, there int64 }

// isTime reports whether the copy of which st tells has the time that info says.
func (t *Tree) isTime(st *unix.Stat_t, info fs.FileInfo) bool {
	here, there := st.Mtim.Nano(), nanoOf(info)
	return here == there || t.times[idOf(st)] == times{here, there}
}

// nanoOf returns a time as the tree can have it. (UnixNano is undefined before 1678.)
func nanoOf(info fs.FileInfo) int64 {
	if info.ModTime().Before(time.Unix(0, 0)) {
		return 0
	}
	return info.ModTime().UnixNano()
}
