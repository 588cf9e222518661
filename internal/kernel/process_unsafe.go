package kernel

import (
	"errors"
	"fmt"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// seize makes the calling thread the tracer of pid without stopping it.
func seize(pid int, options uintptr) error {
	_, _, errno := syscall.Syscall6(unix.SYS_PTRACE, unix.PTRACE_SEIZE, uintptr(pid), 0, options, 0, 0)
	if errno != 0 {
		return errno
	}
	return nil
}

// syscallInfo asks what call the stopped tracee pid is in. It fails with EIO
// where the kernel does not know the question.
func syscallInfo(pid int) error {
	var info [128]byte
	n, _, errno := syscall.Syscall6(unix.SYS_PTRACE, unix.PTRACE_GET_SYSCALL_INFO, uintptr(pid),
		uintptr(len(info)), uintptr(unsafe.Pointer(&info)), 0, 0)
	if errno != 0 {
		return errno
	}
	if n == 0 {
		return errors.New("ptrace(PTRACE_GET_SYSCALL_INFO) said nothing")
	}
	return nil
}

// memory lies at the same address in this process and in its children.
var memory uint64

// readWriteMemory checks that this process can read and write the memory of
// pid, one of its children.
func readWriteMemory(pid int) error {
	there := []unix.RemoteIovec{{Base: uintptr(unsafe.Pointer(&memory)), Len: 8}}
	wrote, read := uint64(0x70656e756d627261), uint64(0)
	if _, err := unix.ProcessVMWritev(pid, iovec(&wrote), there, 0); err != nil {
		return fmt.Errorf("process_vm_writev: %w", err)
	}
	if _, err := unix.ProcessVMReadv(pid, iovec(&read), there, 0); err != nil {
		return fmt.Errorf("process_vm_readv: %w", err)
	}
	if read != wrote {
		return errors.New("process_vm_readv did not read what process_vm_writev wrote")
	}
	return nil
}

func iovec(v *uint64) []unix.Iovec {
	return []unix.Iovec{{Base: (*byte)(unsafe.Pointer(v)), Len: 8}}
}

// openIOURing makes an io_uring with one entry and returns its descriptor.
func openIOURing() (fd int, err error) {
	var params [120]byte // struct io_uring_params
	r, _, errno := syscall.Syscall(unix.SYS_IO_URING_SETUP, 1, uintptr(unsafe.Pointer(&params)), 0)
	if errno != 0 {
		return -1, errno
	}
	return int(r), nil
}
