package sys

import (
	"golang.org/x/sys/unix"

	"penumbra/abi"
)

func native(number int, args abi.Args) int64 {
	r, _, e := unix.Syscall6(uintptr(number), uintptr(args[0]), uintptr(args[1]), uintptr(args[2]),
		uintptr(args[3]), uintptr(args[4]), uintptr(args[5]))
	if e != 0 {
		return -int64(e)
	}
	return int64(r)
}
