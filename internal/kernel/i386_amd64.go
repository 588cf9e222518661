package kernel

import (
	"syscall"
)

const getpidNumberI386 = 20

// int80 issues an i386 call without arguments. Where the kernel has none it
// is a fault.
func int80(number uintptr) (result uintptr)

// getpidI386 issues getpid as an i386 program would.
//
//go:nosplit
//go:norace
func getpidI386() syscall.Errno {
	if r := int32(int80(getpidNumberI386)); r <= 0 {
		return syscall.Errno(-r)
	}
	return 0
}

func tryI386() finding {
	f := tryErrand(errandI386)()
	if f.status == Missing {
		f.fix = "use a kernel with CONFIG_IA32_EMULATION, booted without ia32_emulation=0"
	}
	return f
}
