package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
)

// memoryTarget is 30 MiB and 4 KiB for each of the guest's threads.
func memoryTarget(threads int) target {
	return target{must: limit{factor: 30 + float64(threads)*4/1024}}
}

// memory measures the most memory that the tool's own processes ever held
// (VmHWM), in MiB, while its guest has that many threads. Pages that several
// processes share count for each of them.
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
		peak, peakErr := peakOf(cmd.Process.Pid)
		stdin.Close()
		if err := cmd.Wait(); err != nil {
			return 0, err
		}
		if readErr != nil || line != "ready\n" {
			return 0, fmt.Errorf("the guest printed %q instead of ready", line)
		}
		return peak, peakErr
	}
}

// peakOf adds up the peaks of a process and of those of its descendants that
// run the same program: a tool's helpers, not its guests.
func peakOf(pid int) (float64, error) {
	program, err := os.Readlink(fmt.Sprintf("/proc/%d/exe", pid))
	if err != nil {
		return 0, err
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	total, err := parsePeak(status)
	if err != nil {
		return 0, err
	}
	for _, child := range childrenOf(pid) {
		if exe, err := os.Readlink(fmt.Sprintf("/proc/%d/exe", child)); err != nil || exe != program {
			continue
		}
		peak, err := peakOf(child)
		if err != nil {
			return 0, err
		}
		total += peak
	}
	return total, nil
}

// childrenOf lists a process's children by the PPid of all processes:
// /proc/PID/task/TID/children needs a kernel built for it.
func childrenOf(pid int) []int {
	var children []int
	all, _ := filepath.Glob("/proc/[0-9]*/status")
	for _, path := range all {
		status, err := os.ReadFile(path)
		if err != nil || field(status, "PPid", ":") != strconv.Itoa(pid) {
			continue
		}
		if child, err := strconv.Atoi(field(status, "Pid", ":")); err == nil {
			children = append(children, child)
		}
	}
	return children
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
