package wire

import (
	"encoding/binary"

	"golang.org/x/sys/unix"

	"penumbra/abi"
)

// Sizes of addresses; ip(7), ipv6(7).
const (
	sockaddrFamily = 2
	sockaddrInet   = 16
	sockaddrInet6  = 28
)

var familyNumbers = [familyEnd]uint16{FamilyInet: unix.AF_INET, FamilyInet6: unix.AF_INET6, FamilyUnix: unix.AF_UNIX}

// Linux returns the number that Linux has for f; AF_UNSPEC for none.
func (f Family) Linux() uint16 { return familyNumbers[f] }

// FamilyOf returns the family that Linux knows by a number, or FamilyNone.
func FamilyOf(number uint16) Family {
	for f, n := range familyNumbers {
		if n == number {
			return Family(f)
		}
	}
	return FamilyNone
}

// DecodeSockaddr reads a struct sockaddr, which has two bytes at least. AF_UNSPEC is
// an address without a family.
func DecodeSockaddr(b []byte) (a Address, e abi.Errno) {
	number := binary.NativeEndian.Uint16(b)
	a.Family = FamilyOf(number)
	rest := b[sockaddrFamily:]
	switch {
	case number == unix.AF_UNSPEC:
		return a, 0
	case a.Family == FamilyInet && len(b) >= sockaddrInet:
		a.Port = binary.BigEndian.Uint16(rest)
		copy(a.IP[:4], rest[2:])
	case a.Family == FamilyInet6 && len(b) >= sockaddrInet6-4: // RFC 2133 had no scope
		a.Port = binary.BigEndian.Uint16(rest)
		a.Flow = binary.BigEndian.Uint32(rest[2:])
		copy(a.IP[:], rest[6:])
		if len(b) >= sockaddrInet6 {
			a.Scope = binary.NativeEndian.Uint32(rest[22:])
		}
	case a.Family == FamilyUnix && len(rest) <= MaxUnixName:
		if a.Name = string(rest); len(rest) > 0 && rest[0] != 0 {
			a.Name = unix.ByteSliceToString(rest)
		}
	case a.Family == FamilyNone:
		return a, abi.EAFNOSUPPORT
	default:
		return a, abi.EINVAL
	}
	return a, 0
}

// EncodeSockaddr returns a as a struct sockaddr.
func EncodeSockaddr(a *Address) []byte {
	b := binary.NativeEndian.AppendUint16(nil, a.Family.Linux())
	switch a.Family {
	case FamilyInet:
		b = binary.BigEndian.AppendUint16(b, a.Port)
		b = append(b, a.IP[:4]...)
		return append(b, make([]byte, 8)...)
	case FamilyInet6:
		b = binary.BigEndian.AppendUint16(b, a.Port)
		b = binary.BigEndian.AppendUint32(b, a.Flow)
		b = append(b, a.IP[:]...)
		return binary.NativeEndian.AppendUint32(b, a.Scope)
	case FamilyUnix:
		if b = append(b, a.Name...); a.Name != "" && a.Name[0] != 0 {
			b = append(b, 0)
		}
	}
	return b
}
