package fault

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"penumbra/guest"
)

// fileKind says what weather the file behind a descriptor knows.
type fileKind uint8

const (
	other    fileKind = iota // devices, timers, directories …: none
	regular                  // on a file system that stores what is written
	pipe                     // or FIFO
	stream                   // a socket of bytes
	datagram                 // a socket of messages
	tty
)

// file is the open file behind a descriptor of the guest.
type file struct {
	kind  fileKind
	flags int // of open(2), as they are now
}

// nonblocking reports whether calls on f never wait.
func (f file) nonblocking() bool {
	return f.flags&unix.O_NONBLOCK != 0 && (f.kind == pipe || f.kind == stream || f.kind == datagram || f.kind == tty)
}

// slow reports whether a call on f can wait for ever, so that a signal can
// interrupt it (signal(7)).
func (f file) slow() bool { return f.kind != regular && f.kind != other && !f.nonblocking() }

// inspect looks at a descriptor of the guest. What it cannot see is other.
func inspect(t *guest.Thread, fd int32) file {
	var f file
	flags, err := flagsOf(t, fd)
	if err != nil {
		return f
	}
	f.flags = flags
	name := fmt.Sprintf("/proc/%d/fd/%d", t.ID(), fd)
	var st unix.Stat_t
	if unix.Stat(name, &st) != nil {
		return f
	}
	switch st.Mode & unix.S_IFMT {
	case unix.S_IFREG:
		if stores(name) {
			f.kind = regular
		}
	case unix.S_IFIFO:
		f.kind = pipe
	case unix.S_IFSOCK:
		f.kind = socketKind(t, fd)
	case unix.S_IFCHR:
		if isTTY(unix.Major(st.Rdev)) {
			f.kind = tty
		}
	}
	return f
}

// flagsOf reads the open(2) flags of a descriptor (proc_pid_fdinfo(5)).
func flagsOf(t *guest.Thread, fd int32) (int, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/fdinfo/%d", t.ID(), fd))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(b)) {
		if value, ok := strings.CutPrefix(line, "flags:"); ok {
			flags, err := strconv.ParseInt(strings.TrimSpace(value), 8, 64)
			return int(flags), err
		}
	}
	return 0, fmt.Errorf("no flags in %q", b)
}

// stores reports whether the file system of the file at path stores what is
// written. The files of the others make up their content as they are read, in
// one piece, and programs count on that.
func stores(path string) bool {
	var st unix.Statfs_t
	if unix.Statfs(path, &st) != nil {
		return false
	}
	switch int64(st.Type) {
	case unix.PROC_SUPER_MAGIC, unix.SYSFS_MAGIC, unix.CGROUP_SUPER_MAGIC, unix.CGROUP2_SUPER_MAGIC,
		unix.DEBUGFS_MAGIC, unix.TRACEFS_MAGIC, unix.SECURITYFS_MAGIC, unix.SELINUX_MAGIC, unix.SMACK_MAGIC,
		unix.EFIVARFS_MAGIC, unix.PSTOREFS_MAGIC, unix.BPF_FS_MAGIC, unix.NSFS_MAGIC, unix.RDTGROUP_SUPER_MAGIC,
		unix.BINFMTFS_MAGIC:
		return false
	}
	return true
}

// isTTY reports whether devices with the number major are terminals
// (Documentation/admin-guide/devices.txt).
func isTTY(major uint32) bool {
	const consoles, aux, serial, firstPTS, lastPTS = 4, 5, 204, 136, 143
	return major == consoles || major == aux || major == serial || major >= firstPTS && major <= lastPTS
}

// socketKind asks a copy of the guest's descriptor for its type. A socket that
// cannot be copied counts as one of messages, which is the more cautious.
func socketKind(t *guest.Thread, fd int32) fileKind {
	pidfd, err := unix.PidfdOpen(t.Process().ID, 0)
	if err != nil {
		return datagram
	}
	defer unix.Close(pidfd)
	own, err := unix.PidfdGetfd(pidfd, int(fd), 0)
	if err != nil {
		return datagram
	}
	defer unix.Close(own)
	if kind, err := unix.GetsockoptInt(own, unix.SOL_SOCKET, unix.SO_TYPE); err != nil || kind != unix.SOCK_STREAM {
		return datagram
	}
	return stream
}

// edgeTriggered reports whether the process watches fd by an epoll instance
// with EPOLLET. Such a program is told once that there is something to move,
// and may take EAGAIN or a short count to mean that there is no more
// (epoll(7)).
func edgeTriggered(t *guest.Thread, fd int32) bool {
	dir := fmt.Sprintf("/proc/%d/fd", t.ID())
	entries, err := os.ReadDir(dir)
	if err != nil {
		return true // the more cautious
	}
	for _, e := range entries {
		if target, err := os.Readlink(dir + "/" + e.Name()); err != nil || target != "anon_inode:[eventpoll]" {
			continue
		}
		info, err := os.ReadFile(fmt.Sprintf("/proc/%d/fdinfo/%s", t.ID(), e.Name()))
		if err != nil || watchesEdges(info, fd) {
			return true
		}
	}
	return false
}

// watchesEdges looks for fd and EPOLLET in the fdinfo of an epoll instance.
func watchesEdges(info []byte, fd int32) bool {
	lines := bufio.NewScanner(bytes.NewReader(info))
	for lines.Scan() {
		var target int32
		var events uint32
		if n, _ := fmt.Sscanf(lines.Text(), "tfd: %d events: %x", &target, &events); n == 2 &&
			target == fd && events&unix.EPOLLET != 0 {
			return true
		}
	}
	return false
}
