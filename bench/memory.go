package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
)

// memoryTarget is 30 MiB and 4 KiB for each of the guest's threads.
func memoryTarget(threads int) target {
	return target{must: limit{factor: 30 + float64(threads)*4/1024}}
}

// memory measures the most memory that the tool's own process ever held
// (VmHWM), in MiB, while its guest has that many threads.
func memory(threads int) measure {
	return func(ctx context.Context, h *harness, t tool) (float64, error) {
		guest, err := microGuest(ctx, h)
		if err != nil {
			return 0, err
		}
		ctx, cancel := context.WithTimeout(ctx, commandLimit)
		defer cancel()
		c := command{args: t.command(guest, "threads", strconv.Itoa(threads))}
		var stdin io.WriteCloser
		var stdout io.ReadCloser
		cmd, err := c.start(ctx, func(cmd *exec.Cmd) (err error) {
			if stdin, err = cmd.StdinPipe(); err == nil {
				stdout, err = cmd.StdoutPipe()
			}
			return err
		})
		if err != nil {
			return 0, err
		}
		line, readErr := bufio.NewReader(stdout).ReadString('\n')
		status, statusErr := os.ReadFile(fmt.Sprintf("/proc/%d/status", cmd.Process.Pid))
		stdin.Close()
		if err := cmd.Wait(); err != nil {
			return 0, err
		}
		if readErr != nil || line != "ready\n" {
			return 0, fmt.Errorf("the guest printed %q instead of ready", line)
		}
		if statusErr != nil {
			return 0, statusErr
		}
		return parsePeak(status)
	}
}

// parsePeak finds VmHWM in a /proc/PID/status, in MiB; see proc_pid_status(5).
func parsePeak(status []byte) (float64, error) {
	for line := range bytes.Lines(status) {
		var kib float64
		if n, _ := fmt.Sscanf(string(line), "VmHWM: %g kB", &kib); n == 1 {
			return kib / 1024, nil
		}
	}
	return 0, fmt.Errorf("the status names no VmHWM")
}
