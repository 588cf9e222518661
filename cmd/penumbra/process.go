package main

import (
	"bytes"
	"fmt"
	"os"

	"golang.org/x/sys/unix"

	"penumbra/internal/sys"
)

// processState returns the state letter of a process (proc_pid_stat(5)), or 0.
func processState(pid int) byte {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	// The name before it, in parentheses, may hold anything.
	if i := bytes.LastIndexByte(b, ')'); i >= 0 && i+2 < len(b) {
		return b[i+2]
	}
	return 0
}

// dieBySignal takes this process's death by s, whatever the runtime would make
// of it. It returns if s does not kill.
func dieBySignal(s unix.Signal) {
	sys.DefaultAction(s)
	_ = unix.Kill(unix.Getpid(), s)
	// Delivered on return from kill at the latest, unless another thread takes
	// it, which ends this one as well.
	for range 100 {
		unix.Nanosleep(&unix.Timespec{Nsec: 1e6}, nil)
	}
}
