package guest

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"penumbra/internal/sockdiag"
)

// File is what a descriptor is open on, as /proc/<tid>/fd tells it.
type File struct {
	// Path is the file's name, as the guest knows it, or the kernel's word for
	// what has none, as "pipe:[123]" and "anon_inode:[eventfd]".
	Path    string
	Deleted bool // that name is gone

	// What Files.Describe adds.
	Device string  // "char 1:3" or "block 8:0"
	Pid    int     // of a pidfd
	Socket *Socket // of a socket
}

// Socket is what is known of a socket.
type Socket struct {
	Protocol string // as the kernel names it: "TCP", "UNIX-STREAM"
	// Ends are its addresses, "127.0.0.1:80->127.0.0.1:40000", or inodes; that
	// of a socket alone if it is not connected, its inode if not even bound.
	Ends string
	Name []byte // the address of a Unix socket; an abstract one begins with NUL
}

// Files tells what descriptors are open on. It is not for several goroutines
// at once.
type Files struct {
	sockets map[uint64]*Socket // by inode
}

// File returns what descriptor fd of t is open on, or nil if that cannot be
// told, because it is not open or t has ended.
func (t *Thread) File(fd int) *File { return t.link("fd/" + strconv.Itoa(fd)) }

// Descriptors lists those that are open, or nil if that cannot be told.
func (t *Thread) Descriptors() (fds []int32) {
	entries, err := os.ReadDir(t.proc("fd"))
	if err != nil {
		return nil
	}
	for _, e := range entries {
		if fd, err := strconv.ParseInt(e.Name(), 10, 32); err == nil {
			fds = append(fds, int32(fd))
		}
	}
	return fds
}

// WorkingDirectory returns t's, or nil.
func (t *Thread) WorkingDirectory() *File { return t.link("cwd") }

// proc returns the path of an entry in /proc/<tid>.
func (t *Thread) proc(name string) string { return "/proc/" + strconv.Itoa(t.id) + "/" + name }

// CopyFD returns a descriptor of this process for the open file that a descriptor
// of t's process leads to; pidfd_getfd(2).
func (t *Thread) CopyFD(fd int32) (int, error) { return CopyFD(t.Process().ID, int(fd)) }

// CopyFD does so for a process that is known by its id.
func CopyFD(pid, fd int) (int, error) {
	pidfd, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		return -1, fmt.Errorf("guest: descriptor %d of process %d: pidfd_open: %w", fd, pid, err)
	}
	defer unix.Close(pidfd)
	own, err := unix.PidfdGetfd(pidfd, fd, 0)
	if err != nil {
		return -1, fmt.Errorf("guest: descriptor %d of process %d: pidfd_getfd: %w", fd, pid, err)
	}
	return own, nil
}

func (t *Thread) link(name string) *File {
	path, err := os.Readlink(t.proc(name))
	if err != nil {
		return nil
	}
	f := &File{Path: path}
	if stem, ok := strings.CutSuffix(path, " (deleted)"); ok && strings.HasPrefix(path, "/") {
		// It may also be part of a name.
		if _, err := os.Lstat(t.proc("root") + path); err != nil {
			f.Path, f.Deleted = stem, true
		}
	}
	if t.table.Name != nil && strings.HasPrefix(f.Path, "/") {
		f.Path = t.table.Name(t, name, f.Path)
	}
	return f
}

// Describe is like [Thread.File], and says more: of devices their numbers, of
// sockets whom they are connected to, of pidfds the process.
func (fs *Files) Describe(t *Thread, fd int) *File {
	f := t.File(fd)
	if f == nil {
		return nil
	}
	entry := t.proc("fd/" + strconv.Itoa(fd))
	inode, isSocket := inodeIn(f.Path, "socket:[")
	switch {
	case isSocket:
		f.Socket = fs.socket(t, entry, inode)
	case f.Path == "anon_inode:[pidfd]" || strings.HasPrefix(f.Path, "pidfd:["):
		f.Pid = t.pidOf(fd)
	case strings.HasPrefix(f.Path, "/"):
		f.Device = device(entry)
	}
	return f
}

// inodeIn returns the number in a link such as "socket:[123]".
func inodeIn(link, prefix string) (inode uint64, ok bool) {
	number, ok := strings.CutPrefix(link, prefix)
	if !ok {
		return 0, false
	}
	inode, err := strconv.ParseUint(strings.TrimSuffix(number, "]"), 10, 64)
	return inode, err == nil
}

func device(entry string) string {
	var st unix.Stat_t
	if err := unix.Stat(entry, &st); err != nil {
		return ""
	}
	kind := map[uint32]string{unix.S_IFCHR: "char", unix.S_IFBLK: "block"}[st.Mode&unix.S_IFMT]
	if kind == "" {
		return ""
	}
	return fmt.Sprintf("%s %d:%d", kind, unix.Major(st.Rdev), unix.Minor(st.Rdev))
}

// pidOf returns the process that a pidfd stands for, or 0 if it has ended.
func (t *Thread) pidOf(fd int) int {
	b, err := os.ReadFile(t.proc("fdinfo/" + strconv.Itoa(fd)))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(b)) {
		if number, ok := strings.CutPrefix(line, "Pid:"); ok {
			pid, _ := strconv.Atoi(strings.TrimSpace(number))
			return max(pid, 0)
		}
	}
	return 0
}

// mostSockets is how many are remembered: what a server opens in its life has
// no end.
const mostSockets = 4096

// socket returns what is known of the socket that an entry of /proc names, or
// nil if not even its protocol is.
func (fs *Files) socket(t *Thread, entry string, inode uint64) *Socket {
	if s, ok := fs.sockets[inode]; ok {
		return s
	}
	if fs.sockets == nil || len(fs.sockets) >= mostSockets {
		fs.sockets = map[uint64]*Socket{}
	}
	fs.sockets[inode] = describe(t, entry, inode)
	return fs.sockets[inode]
}

func describe(t *Thread, entry string, inode uint64) *Socket {
	var name [32]byte
	n, err := unix.Getxattr(entry, "system.sockprotoname", name[:])
	if err != nil {
		return nil
	}
	s := &Socket{Protocol: strings.TrimRight(string(name[:n]), "\x00"), Ends: strconv.FormatUint(inode, 10)}
	// An error: of another namespace we may not know more.
	known, err := sockdiag.Lookup(t.proc("ns/net"), s.Protocol, inode)
	if err != nil || known == nil {
		return s
	}
	s.Ends, s.Name = known.Local, known.Name
	if known.Remote != "" {
		s.Ends += "->" + known.Remote
	}
	return s
}

// Changed says that a call may have bound or connected descriptor fd of t, so
// that what is remembered of it no longer holds.
func (fs *Files) Changed(t *Thread, fd int) {
	if len(fs.sockets) == 0 {
		return
	}
	if f := t.File(fd); f != nil {
		if inode, ok := inodeIn(f.Path, "socket:["); ok {
			delete(fs.sockets, inode)
		}
	}
}
