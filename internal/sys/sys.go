// Package sys holds the raw system calls that Penumbra is built on and that no
// library offers: the seccomp notify door, ptrace, and other processes'
// memory. Its files ending in _unsafe.go are the only place, with package
// launch, where pointers reach the kernel.
package sys

import "golang.org/x/sys/unix"

func errnoErr(e unix.Errno) error {
	if e == 0 {
		return nil
	}
	return e
}
