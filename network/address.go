package network

import (
	"encoding/binary"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/intercept"
	"penumbra/shadow/wire"
)

// Sizes of addresses; ip(7), ipv6(7), unix(7).
const (
	familySize = 2
	inetSize   = 16
	inet6Size  = 28
	unixSize   = familySize + wire.MaxUnixName
	// anySize is that of a struct sockaddr_storage.
	anySize = 128
)

var families = map[uint16]wire.Family{unix.AF_INET: wire.FamilyInet, unix.AF_INET6: wire.FamilyInet6, unix.AF_UNIX: wire.FamilyUnix}

var numbers = map[wire.Family]uint16{wire.FamilyInet: unix.AF_INET, wire.FamilyInet6: unix.AF_INET6, wire.FamilyUnix: unix.AF_UNIX}

// readAddress reads an address of so many bytes from the guest. AF_UNSPEC is one
// without a family.
func readAddress(c *intercept.Call, at abi.Addr, size int32) (wire.Address, abi.Errno) {
	if size < familySize || size > anySize {
		return wire.Address{}, abi.EINVAL
	}
	b := make([]byte, size)
	if _, err := c.Memory().ReadAt(b, at); err != nil {
		return wire.Address{}, abi.EFAULT
	}
	return decodeAddress(b)
}

// decodeAddress reads a struct sockaddr, which has two bytes at least.
func decodeAddress(b []byte) (a wire.Address, e abi.Errno) {
	number := binary.NativeEndian.Uint16(b)
	a.Family = families[number]
	rest := b[familySize:]
	switch {
	case number == unix.AF_UNSPEC:
		return a, 0
	case a.Family == wire.FamilyInet && len(b) >= inetSize:
		a.Port = binary.BigEndian.Uint16(rest)
		copy(a.IP[:4], rest[2:])
	case a.Family == wire.FamilyInet6 && len(b) >= inet6Size-4: // RFC 2133 had no scope
		a.Port = binary.BigEndian.Uint16(rest)
		a.Flow = binary.BigEndian.Uint32(rest[2:])
		copy(a.IP[:], rest[6:])
		if len(b) >= inet6Size {
			a.Scope = binary.NativeEndian.Uint32(rest[22:])
		}
	case a.Family == wire.FamilyUnix && len(rest) <= wire.MaxUnixName:
		if a.Name = string(rest); len(rest) > 0 && rest[0] != 0 {
			a.Name = unix.ByteSliceToString(rest)
		}
	case a.Family == wire.FamilyNone:
		return a, abi.EAFNOSUPPORT
	default:
		return a, abi.EINVAL
	}
	return a, 0
}

// unixAddress returns an address as the kernel has told it to this process; it has no
// family if it has no name.
func unixAddress(from unix.Sockaddr) (a wire.Address) {
	const none = "@" // as Go spells that
	if u, ok := from.(*unix.SockaddrUnix); ok && u.Name != "" && u.Name != none {
		a.Family = wire.FamilyUnix
		if a.Name = u.Name; u.Name[0] == '@' { // as Go spells an abstract name
			a.Name = "\x00" + u.Name[1:]
		}
	}
	return a
}

// encodeAddress returns a as a struct sockaddr.
func encodeAddress(a *wire.Address) []byte {
	b := binary.NativeEndian.AppendUint16(nil, numbers[a.Family])
	switch a.Family {
	case wire.FamilyInet:
		b = binary.BigEndian.AppendUint16(b, a.Port)
		b = append(b, a.IP[:4]...)
		return append(b, make([]byte, 8)...)
	case wire.FamilyInet6:
		b = binary.BigEndian.AppendUint16(b, a.Port)
		b = binary.BigEndian.AppendUint32(b, a.Flow)
		b = append(b, a.IP[:]...)
		return binary.NativeEndian.AppendUint32(b, a.Scope)
	case wire.FamilyUnix:
		if b = append(b, a.Name...); a.Name != "" && a.Name[0] != 0 {
			b = append(b, 0)
		}
	}
	return b
}

// writeAddress gives the guest an address: as much of it as there is room for, and
// its size, as getsockname(2) and its kin do.
func writeAddress(c *intercept.Call, a *wire.Address, at, sizeAt abi.Addr) abi.Errno {
	if at == 0 {
		return 0
	}
	var size [4]byte
	if _, err := c.Memory().ReadAt(size[:], sizeAt); err != nil {
		return abi.EFAULT
	}
	room := int32(binary.NativeEndian.Uint32(size[:]))
	if room < 0 {
		return abi.EINVAL
	}
	var b []byte // nothing of one who has no name
	if a.Family != wire.FamilyNone {
		b = encodeAddress(a)
	}
	binary.NativeEndian.PutUint32(size[:], uint32(len(b)))
	_, err1 := c.Memory().WriteAt(b[:min(len(b), int(room))], at)
	if len(b) == 0 {
		err1 = nil
	}
	_, err2 := c.Memory().WriteAt(size[:], sizeAt)
	if err1 != nil || err2 != nil {
		return abi.EFAULT
	}
	return 0
}
