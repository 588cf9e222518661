package network

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/guest"
	"penumbra/shadow/client"
)

// reset has the guest find its connection broken. A Unix socket tells its peer
// ECONNRESET if it is closed while there is something in it that was not read; so
// there must be, if need be of our own.
func (s *socket) reset(r *client.Record) {
	s.mu.Lock()
	s.state, s.broken = failed, true
	if s.err == 0 && r.Errno != abi.ECONNRESET { // that the kernel will say
		s.err = r.Errno
	}
	s.tell()
	s.mu.Unlock()
	s.kick()
	<-s.reader
	unread := 0
	_ = s.control(func(fd int) (err error) {
		unread, err = unix.IoctlGetInt(fd, unix.SIOCINQ)
		return err
	})
	if unread == 0 && r.Errno != abi.EPIPE {
		if guests := s.guestsEnd(); guests >= 0 {
			_ = unix.Sendto(guests, []byte{0}, unix.MSG_DONTWAIT|unix.MSG_NOSIGNAL, nil)
			unix.Close(guests)
		}
	}
	s.leave()
}

// guestsEnd returns a copy of the guest's end, from the process that had it last or
// from one below that, or -1.
func (s *socket) guestsEnd() int {
	if s.inode == 0 {
		_ = s.control(func(fd int) error { s.inode = peerOf(fd); return nil })
	}
	want := fmt.Sprintf("socket:[%d]", s.inode)
	next := []int{int(s.holder.Load())}
	for seen := map[int]bool{}; len(next) > 0; next = next[1:] {
		pid := next[0]
		if pid <= 0 || seen[pid] {
			continue
		}
		seen[pid] = true
		if fd := copyOf(pid, want, s.inode); fd >= 0 {
			return fd
		}
		next = append(next, childrenOf(pid)...)
	}
	return -1
}

// copyOf returns a copy of the descriptor of a process that leads to what want
// says, or -1.
func copyOf(pid int, want string, inode uint64) int {
	dir := fmt.Sprintf("/proc/%d/fd/", pid)
	entries, _ := os.ReadDir(dir) // an error: it has died
	for _, e := range entries {
		link, _ := os.Readlink(dir + e.Name())
		fd, err := strconv.Atoi(e.Name())
		if link != want || err != nil {
			continue
		}
		if own, err := guest.CopyFD(pid, fd); err == nil {
			if inodeOf(own) == inode {
				return own
			}
			unix.Close(own)
		}
	}
	return -1
}

// childrenOf returns the children of a process; proc_pid_children(5).
func childrenOf(pid int) (all []int) {
	dir := fmt.Sprintf("/proc/%d/task/", pid)
	threads, _ := os.ReadDir(dir)
	for _, t := range threads {
		b, _ := os.ReadFile(dir + t.Name() + "/children")
		for _, f := range strings.Fields(string(b)) {
			if child, err := strconv.Atoi(f); err == nil {
				all = append(all, child)
			}
		}
	}
	return all
}

// sweep forgets the retired sockets that no guest has any more.
func (n *Network) sweep() {
	alive, err := unixSockets()
	if err != nil {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	var rest []*socket
	for _, s := range n.over {
		switch {
		case n.sockets[s.inode] != s:
		case alive.inodes[s.inode]:
			rest = append(rest, s)
		default:
			delete(n.sockets, s.inode)
		}
	}
	n.over = rest
}

// kernelSockets are the Unix sockets that there are.
type kernelSockets struct {
	inodes map[uint64]bool
	names  map[string]bool // paths
}

// unixSockets returns all Unix sockets of this process's network namespace;
// proc_net(5).
func unixSockets() (all kernelSockets, err error) {
	f, err := os.Open("/proc/self/net/unix")
	if err != nil {
		return all, err
	}
	defer f.Close()
	all = kernelSockets{map[uint64]bool{}, map[string]bool{}}
	for lines := bufio.NewScanner(f); ; {
		if !lines.Scan() {
			return all, lines.Err()
		}
		const inode, path = 6, 7
		fields := strings.Fields(lines.Text())
		if len(fields) > inode {
			if n, err := strconv.ParseUint(fields[inode], 10, 64); err == nil {
				all.inodes[n] = true
			}
		}
		if len(fields) > path {
			all.names[fields[path]] = true
		}
	}
}
