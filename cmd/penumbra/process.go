package main

import (
	"bytes"
	"fmt"
	"os"
	"runtime"

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
	// To this thread, lest another one take it that reads signals.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	sys.DefaultAction(s)
	_ = unix.Tgkill(unix.Getpid(), unix.Gettid(), s)
}
