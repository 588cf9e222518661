package network

import (
	"encoding/binary"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/intercept"
	"penumbra/shadow/wire"
)

const (
	// familySize is that of an address that has nothing else.
	familySize = 2
	// anySize is that of a struct sockaddr_storage.
	anySize = 128
)

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
	return wire.DecodeSockaddr(b)
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
		b = wire.EncodeSockaddr(a)
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
