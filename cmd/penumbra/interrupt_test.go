package main

import (
	"os/exec"
	"syscall"
	"testing"
	"time"
)

// TestInterruptedStart sends Ctrl-C's signal to penumbra's process group at
// many moments of its start: none of them may lose it.
func TestInterruptedStart(t *testing.T) {
	for i := range 150 {
		cmd := exec.Command(penumbraAt(t), "run", "sleep", "2")
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(2000+i*70) * time.Microsecond)
		if err := syscall.Kill(-cmd.Process.Pid, syscall.SIGINT); err != nil {
			t.Fatal(err)
		}
		cmd.Wait()
		if status := cmd.ProcessState.Sys().(syscall.WaitStatus); !status.Signaled() || status.Signal() != syscall.SIGINT {
			t.Errorf("interrupted %d µs after its start: %v", 2000+i*70, cmd.ProcessState)
		}
	}
}
