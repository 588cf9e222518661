package sockdiag

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net/netip"
	"strconv"

	"golang.org/x/sys/unix"
)

// allStates asks for sockets whatever they are doing.
const allStates = ^uint32(0)

// noCookie says that a socket is named by its inode alone.
const noCookie = ^uint32(0)

// inet is the query of an internet protocol (linux/inet_diag.h).
func inet(family, protocol byte) query {
	const idSize = 48 // of struct inet_diag_sockid
	request := func(uint32) []byte {
		b := []byte{family, protocol, 0, 0}
		return append(binary.NativeEndian.AppendUint32(b, allStates), make([]byte, idSize)...)
	}
	return query{request: request, read: func(b []byte) (uint32, *Socket) {
		const local, remote, ports, inode, size = 8, 24, 4, 68, 72
		if len(b) < size {
			return 0, nil
		}
		addrSize := 4
		if b[0] == unix.AF_INET6 {
			addrSize = 16
		}
		from := netip.AddrPortFrom(address(b[local:local+addrSize]), binary.BigEndian.Uint16(b[ports:]))
		to := netip.AddrPortFrom(address(b[remote:remote+addrSize]), binary.BigEndian.Uint16(b[ports+2:]))
		s := &Socket{Local: from.String()}
		if !to.Addr().IsUnspecified() {
			s.Remote = to.String()
		}
		return binary.NativeEndian.Uint32(b[inode:]), s
	}}
}

func address(b []byte) netip.Addr {
	addr, _ := netip.AddrFromSlice(b)
	return addr
}

// unixRequest is struct unix_diag_req (linux/unix_diag.h).
func unixRequest(inode uint32) []byte {
	const name, peer = 1, 4 // UDIAG_SHOW_NAME, UDIAG_SHOW_PEER
	b := []byte{unix.AF_UNIX, 0, 0, 0}
	for _, v := range []uint32{allStates, inode, name | peer, noCookie, noCookie} {
		b = binary.NativeEndian.AppendUint32(b, v)
	}
	return b
}

func readUnix(b []byte) (inode uint32, s *Socket) {
	const size, name, peer = 16, 0, 2 // UNIX_DIAG_NAME, UNIX_DIAG_PEER
	if len(b) < size {
		return 0, nil
	}
	inode = binary.NativeEndian.Uint32(b[4:])
	s = &Socket{Local: strconv.FormatUint(uint64(inode), 10)}
	for b = b[size:]; len(b) >= unix.SizeofNlAttr; {
		n := int(binary.NativeEndian.Uint16(b))
		if n < unix.SizeofNlAttr || n > len(b) {
			break
		}
		value := b[unix.SizeofNlAttr:n]
		switch kind := binary.NativeEndian.Uint16(b[2:]); {
		case kind == name:
			s.Name = nameIn(value)
		case kind == peer && len(value) >= 4:
			s.Remote = strconv.FormatUint(uint64(binary.NativeEndian.Uint32(value)), 10)
		}
		b = b[min((n+3)&^3, len(b)):]
	}
	if s.Name == nil && s.Remote == "" {
		return 0, nil
	}
	return inode, s
}

// nameIn returns a copy of an address without the NUL that ends a path.
func nameIn(b []byte) []byte {
	if len(b) > 0 && b[0] != 0 {
		if i := bytes.IndexByte(b, 0); i >= 0 {
			b = b[:i]
		}
	}
	return append([]byte{}, b...)
}

// netlinkRequest is struct netlink_diag_req (linux/netlink_diag.h).
func netlinkRequest(uint32) []byte {
	const all = 255 // NDIAG_PROTO_ALL
	return append([]byte{unix.AF_NETLINK, all, 0, 0}, make([]byte, 16)...)
}

func readNetlink(b []byte) (inode uint32, s *Socket) {
	const size = 28
	if len(b) < size {
		return 0, nil
	}
	port := binary.NativeEndian.Uint32(b[4:])
	if port == 0 {
		return 0, nil // not bound yet
	}
	name, ok := subsystems[b[2]]
	if !ok {
		name = strconv.Itoa(int(b[2]))
	}
	return binary.NativeEndian.Uint32(b[16:]), &Socket{Local: fmt.Sprintf("%s:%d", name, int32(port))}
}

// subsystems are the protocols of netlink(7), without NETLINK_.
var subsystems = map[byte]string{
	0: "ROUTE", 1: "UNUSED", 2: "USERSOCK", 3: "FIREWALL", 4: "SOCK_DIAG", 5: "NFLOG", 6: "XFRM", 7: "SELINUX", 8: "ISCSI",
	9: "AUDIT", 10: "FIB_LOOKUP", 11: "CONNECTOR", 12: "NETFILTER", 13: "IP6_FW", 14: "DNRTMSG", 15: "KOBJECT_UEVENT",
	16: "GENERIC", 18: "SCSITRANSPORT", 19: "ECRYPTFS", 20: "RDMA", 21: "CRYPTO", 22: "SMC",
}
