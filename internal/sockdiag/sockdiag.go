// Package sockdiag asks the kernel by sock_diag(7) what sockets are connected
// to. A socket is named by its inode, as in the link /proc/<pid>/fd/<n>.
package sockdiag

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// A Socket is what is known of the two ends of a socket.
type Socket struct {
	// Local and Remote are addresses with their ports (inet), inodes (Unix), or
	// the subsystem and the port id (netlink, Local alone). Remote is "" if it
	// is not connected.
	Local, Remote string
	// Name is the address of a Unix socket: a path, or NUL and an abstract
	// name; nil if it has none.
	Name []byte
}

// Lookup returns the socket of an inode, which is of a protocol as the kernel
// names it (system.sockprotoname of socket(7)): "TCP", "UDPv6", "UNIX-STREAM".
// It is looked for in the network namespace that the link net names, as
// /proc/<pid>/ns/net. Where the kernel has nothing to tell of it, because the
// protocol has no diagnosis or because the socket is not bound yet, Lookup
// returns nil. Errors are those of the namespace (EPERM) and of netlink(7).
func Lookup(net, protocol string, inode uint64) (*Socket, error) {
	q, ok := queries[protocol]
	if !ok {
		return nil, nil
	}
	s, err := within(net, func() (*Socket, error) { return ask(q, uint32(inode)) })
	if err != nil {
		return nil, fmt.Errorf("look for the %s socket %d: %w", protocol, inode, err)
	}
	return s, nil
}

// A query is a question about the sockets of a protocol.
type query struct {
	request func(inode uint32) []byte
	exact   bool // the kernel finds the inode by itself
	read    func(message []byte) (inode uint32, s *Socket)
}

var queries = map[string]query{
	"TCP":         inet(unix.AF_INET, unix.IPPROTO_TCP),
	"TCPv6":       inet(unix.AF_INET6, unix.IPPROTO_TCP),
	"UDP":         inet(unix.AF_INET, unix.IPPROTO_UDP),
	"UDPv6":       inet(unix.AF_INET6, unix.IPPROTO_UDP),
	"UDP-Lite":    inet(unix.AF_INET, unix.IPPROTO_UDPLITE),
	"UDPLITEv6":   inet(unix.AF_INET6, unix.IPPROTO_UDPLITE),
	"UNIX":        {unixRequest, true, readUnix},
	"UNIX-STREAM": {unixRequest, true, readUnix},
	"NETLINK":     {netlinkRequest, false, readNetlink},
}

// byFamily is the one type of message of sock_diag(7).
const byFamily = 20 // SOCK_DIAG_BY_FAMILY

// ask sends a query and reads the answers up to that about inode.
func ask(q query, inode uint32) (*Socket, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_SOCK_DIAG)
	if err != nil {
		return nil, os.NewSyscallError("socket", err)
	}
	defer unix.Close(fd)
	flags := uint16(unix.NLM_F_REQUEST)
	if !q.exact {
		flags |= unix.NLM_F_DUMP
	}
	body := q.request(inode)
	message := binary.NativeEndian.AppendUint32(nil, uint32(unix.SizeofNlMsghdr+len(body)))
	message = binary.NativeEndian.AppendUint16(message, byFamily)
	message = binary.NativeEndian.AppendUint16(message, flags)
	message = append(append(message, make([]byte, 8)...), body...)
	if err := unix.Sendto(fd, message, 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return nil, os.NewSyscallError("sendto", err)
	}
	return answer(fd, q, inode)
}

func answer(fd int, q query, inode uint32) (*Socket, error) {
	buf := make([]byte, 32<<10) // as much as the kernel puts into one datagram
	for {
		n, _, err := unix.Recvfrom(fd, buf, 0)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil {
			return nil, os.NewSyscallError("recvfrom", err)
		}
		for b := buf[:n]; len(b) >= unix.SizeofNlMsghdr; {
			size := int(binary.NativeEndian.Uint32(b))
			if size < unix.SizeofNlMsghdr || size > len(b) {
				return nil, unix.EBADMSG
			}
			kind, body := binary.NativeEndian.Uint16(b[4:]), b[unix.SizeofNlMsghdr:size]
			b = b[min((size+3)&^3, len(b)):]
			switch kind {
			case unix.NLMSG_DONE:
				return nil, nil
			case unix.NLMSG_ERROR:
				return nil, failure(body)
			}
			if found, s := q.read(body); s != nil && found == inode {
				return s, nil
			}
			if q.exact {
				return nil, nil
			}
		}
	}
}

// failure returns the error in an NLMSG_ERROR; that there is no such socket is
// none.
func failure(body []byte) error {
	if len(body) < 4 {
		return unix.EBADMSG
	}
	e := unix.Errno(-int32(binary.NativeEndian.Uint32(body)))
	if e == unix.ENOENT {
		return nil
	}
	return e
}
