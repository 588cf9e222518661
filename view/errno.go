package view

import (
	"errors"

	"golang.org/x/sys/unix"

	"penumbra/abi"
)

// errnoOf returns what the guest is told of an error of the kernel.
func errnoOf(err error) abi.Errno {
	if e, ok := errors.AsType[unix.Errno](err); ok {
		return abi.Errno(e)
	}
	return abi.EIO
}

// fillErrno returns what the guest is told when a tree could not be filled.
func fillErrno(err error) abi.Errno {
	if err == nil {
		return 0
	}
	if e, ok := errors.AsType[abi.Errno](err); ok {
		return e
	}
	if e, ok := errors.AsType[unix.Errno](err); ok && e == unix.ENOSPC {
		return abi.ENOSPC
	}
	return abi.EIO
}
