package iostat

import (
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/guest"
)

// A host answers what a call alone does not say. It looks at living threads;
// of what has gone meanwhile it says that it does not know.
type host interface {
	// process returns the id of the process that t belongs to.
	process(t *guest.Thread) int
	// program returns the name of the program that a process runs.
	program(pid int) string
	// descriptor says what a descriptor of t refers to. Unless it has just
	// been opened, with flags known, its offset and flags are looked up too.
	descriptor(t *guest.Thread, fd int32, fresh bool) (found, bool)
	// descriptors lists the descriptors of t.
	descriptors(t *guest.Thread) []int32
	// same reports whether two descriptors name one open file description, as far
	// as the kernel tells.
	same(t *guest.Thread, fd int32, other *guest.Thread, otherFD int32) bool
	// size returns the present size of the file behind a descriptor, if its
	// file system says the truth about sizes.
	size(t *guest.Thread, fd int32) (int64, bool)
	// socket names the socket behind a descriptor.
	socket(t *guest.Thread, fd int32, accepted bool) (string, bool)
	// named identifies the file that a name means to t, which starts from
	// descriptor at, or from the working directory if that is AT_FDCWD. A
	// symbolic link is not followed.
	named(t *guest.Thread, at int32, path string) (fileID, bool)
	// directory returns the name of the directory that names start from.
	directory(t *guest.Thread, at int32) (string, bool)
	// read fills p from t's memory.
	read(t *guest.Thread, p []byte, at abi.Addr) bool
	// text reads a NUL-terminated string from t's memory.
	text(t *guest.Thread, at abi.Addr) (string, bool)
}

// A fileID identifies a file among those that exist.
type fileID struct{ dev, ino uint64 }

// found is what a descriptor turned out to refer to.
type found struct {
	link   string // what its link in /proc says, as the guest sees it
	mode   uint32 // st_mode
	rdev   uint64
	id     fileID
	size   int64
	offset int64
	flags  int // as of open(2)
}

// procfs is the host that asks /proc.
type procfs struct{}

func (procfs) process(t *guest.Thread) int { return t.Process().ID }

func (procfs) program(pid int) string {
	b, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/comm")
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(string(b), "\n")
}

func linkOf(t *guest.Thread, fd int32) string {
	return "/proc/" + strconv.Itoa(t.ID()) + "/fd/" + strconv.Itoa(int(fd))
}

func (procfs) descriptor(t *guest.Thread, fd int32, fresh bool) (f found, ok bool) {
	file := t.File(int(fd))
	if file == nil {
		return found{}, false
	}
	f.link = file.Path
	var st unix.Stat_t
	if err := unix.Stat(linkOf(t, fd), &st); err == nil {
		f.mode, f.rdev, f.size = st.Mode, st.Rdev, st.Size
		f.id = fileID{uint64(st.Dev), st.Ino}
	}
	if !fresh {
		f.offset, f.flags = position(t, fd)
	}
	return f, true
}

// same asks kcmp(2), which some kernels and containers do not have: then two are
// taken for different.
func (procfs) same(t *guest.Thread, fd int32, other *guest.Thread, otherFD int32) bool {
	const kcmpFile = 0
	order, _, e := unix.RawSyscall6(unix.SYS_KCMP, uintptr(t.ID()), uintptr(other.ID()), kcmpFile, uintptr(fd), uintptr(otherFD), 0)
	return e == 0 && order == 0
}

// position reads the offset and the flags of a descriptor, see
// proc_pid_fdinfo(5). What cannot be read is -1 and 0.
func position(t *guest.Thread, fd int32) (offset int64, flags int) {
	b, err := os.ReadFile("/proc/" + strconv.Itoa(t.ID()) + "/fdinfo/" + strconv.Itoa(int(fd)))
	if err != nil {
		return -1, 0
	}
	offset = -1
	for line := range strings.Lines(string(b)) {
		key, value, _ := strings.Cut(line, ":")
		value = strings.TrimSpace(value)
		switch key {
		case "pos":
			if n, err := strconv.ParseInt(value, 10, 64); err == nil {
				offset = n
			}
		case "flags":
			n, _ := strconv.ParseInt(value, 8, 64)
			flags = int(n)
		}
	}
	return offset, flags
}

// inventive are the file systems whose files are made up when they are read,
// and have any size before: sysfs says 4096, lxcfs (by FUSE) likewise.
var inventive = []int64{
	unix.SYSFS_MAGIC, unix.PROC_SUPER_MAGIC, unix.CGROUP_SUPER_MAGIC, unix.CGROUP2_SUPER_MAGIC,
	unix.DEBUGFS_MAGIC, unix.TRACEFS_MAGIC, unix.SECURITYFS_MAGIC, unix.SELINUX_MAGIC,
	unix.EFIVARFS_MAGIC, unix.PSTOREFS_MAGIC, unix.BPF_FS_MAGIC, unix.FUSE_SUPER_MAGIC,
}

func (procfs) size(t *guest.Thread, fd int32) (int64, bool) {
	link := linkOf(t, fd)
	var st unix.Stat_t
	var fs unix.Statfs_t
	if unix.Stat(link, &st) != nil || unix.Statfs(link, &fs) != nil {
		return 0, false
	}
	return st.Size, !slices.Contains(inventive, int64(fs.Type))
}

func (procfs) directory(t *guest.Thread, at int32) (string, bool) {
	file := t.WorkingDirectory()
	if at != unix.AT_FDCWD {
		file = t.File(int(at))
	}
	if file == nil {
		return "", false
	}
	return file.Path, true
}

func (procfs) named(t *guest.Thread, at int32, path string) (fileID, bool) {
	start := linkOf(t, at)
	switch {
	case strings.HasPrefix(path, "/"):
		start = "/proc/" + strconv.Itoa(t.ID()) + "/root"
	case at == unix.AT_FDCWD:
		start = "/proc/" + strconv.Itoa(t.ID()) + "/cwd"
	}
	var st unix.Stat_t
	if unix.Lstat(start+"/"+path, &st) != nil {
		return fileID{}, false
	}
	return fileID{uint64(st.Dev), st.Ino}, true
}

func (procfs) read(t *guest.Thread, p []byte, at abi.Addr) bool {
	_, err := t.Memory().ReadAt(p, at)
	return err == nil
}

func (procfs) text(t *guest.Thread, at abi.Addr) (string, bool) {
	s, err := t.Memory().String(at, unix.PathMax)
	return s, err == nil
}

// socket takes a copy of the descriptor for a moment, because no link says
// whom a socket is connected to.
func (procfs) socket(t *guest.Thread, fd int32, accepted bool) (string, bool) {
	process, err := unix.PidfdOpen(t.Process().ID, 0)
	if err != nil {
		return "", false
	}
	defer unix.Close(process)
	copied, err := unix.PidfdGetfd(process, int(fd), 0)
	if err != nil {
		return "", false
	}
	defer unix.Close(copied)
	local, err := unix.Getsockname(copied)
	if err != nil {
		return "", false
	}
	peer, _ := unix.Getpeername(copied)
	return socketName(protocol(copied), local, peer, accepted), true
}

// protocol names what a socket speaks, as tcp.
func protocol(fd int) string {
	kind, _ := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TYPE)
	number, _ := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_PROTOCOL)
	switch {
	case number == unix.IPPROTO_TCP:
		return "tcp"
	case number == unix.IPPROTO_UDP:
		return "udp"
	case kind == unix.SOCK_DGRAM:
		return "datagram"
	case kind == unix.SOCK_RAW:
		return "raw"
	}
	return "stream"
}

// socketName names a socket by the address that many connections have in
// common: whom it is connected to or, if it was accepted, where.
func socketName(protocol string, local, peer unix.Sockaddr, accepted bool) string {
	if _, unixDomain := local.(*unix.SockaddrUnix); unixDomain {
		protocol = "unix"
	}
	here, there := address(local), address(peer)
	switch {
	case accepted && here != "":
		return protocol + " socket, accepted at " + here
	case there != "":
		return protocol + " socket to " + there
	case here != "":
		return protocol + " socket at " + here
	}
	return protocol + " socket"
}

// address writes a socket's address, or "" if it has none.
func address(a unix.Sockaddr) string {
	switch a := a.(type) {
	case *unix.SockaddrInet4:
		if a.Port != 0 {
			return fmt.Sprintf("%d.%d.%d.%d:%d", a.Addr[0], a.Addr[1], a.Addr[2], a.Addr[3], a.Port)
		}
	case *unix.SockaddrInet6:
		if a.Port != 0 {
			return netip.AddrPortFrom(netip.AddrFrom16(a.Addr).Unmap(), uint16(a.Port)).String()
		}
	case *unix.SockaddrUnix:
		return a.Name
	case *unix.SockaddrNetlink:
		return fmt.Sprintf("netlink %d", a.Pid)
	}
	return ""
}
