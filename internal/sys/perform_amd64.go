package sys

import (
	"golang.org/x/sys/unix"

	"penumbra/abi"
)

const mapLow = unix.MAP_32BIT

// Perform issues a call of either interface from this process and returns its
// result, an error as a negative number. Addresses must be in an Arena.
func Perform(a abi.Arch, number int, args abi.Args) int64 {
	if a != abi.I386 {
		return native(number, args)
	}
	return int64(int32(int80(uint32(number), &args)))
}

// int80 issues an i386 call.
//
//go:noescape
func int80(number uint32, args *abi.Args) (result uint32)
