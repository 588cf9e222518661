//go:build !amd64

package kernel

import (
	"runtime"
	"syscall"
)

// getpidI386 is never called: tryI386 knows the answer.
//
//go:nosplit
func getpidI386() syscall.Errno { return syscall.ENOSYS }

func tryI386() finding {
	return finding{status: Missing, detail: "not on " + runtime.GOARCH}
}
