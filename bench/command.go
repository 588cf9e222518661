package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// commandLimit ends a command that hangs under some tool, or takes so long that
// nobody waits for the figure.
const commandLimit = time.Minute

// A command is a program to run to its end.
type command struct {
	args  []string
	dir   string
	env   []string      // added to the bench's own
	limit time.Duration // 0: commandLimit
}

func (c command) longest() time.Duration { return cmp.Or(c.limit, commandLimit) }

// start begins the command in a process group of its own, which is killed as a
// whole when the context ends: a killed tool may leave its guests behind.
func (c command) start(ctx context.Context, setup func(*exec.Cmd) error) (*exec.Cmd, error) {
	cmd := exec.CommandContext(ctx, c.args[0], c.args[1:]...)
	cmd.Dir = c.dir
	cmd.Env = append(os.Environ(), c.env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 5 * time.Second
	if err := setup(cmd); err != nil {
		return nil, err
	}
	return cmd, cmd.Start()
}

// run waits for the command and gives its standard output. An error holds the
// end of what it said on standard error.
func (c command) run(ctx context.Context) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, c.longest())
	defer cancel()
	var stdout, stderr bytes.Buffer
	cmd, err := c.start(ctx, func(cmd *exec.Cmd) error {
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		return nil
	})
	if err == nil {
		err = cmd.Wait()
	}
	if err != nil {
		return nil, c.failure(ctx, err, stderr.String())
	}
	return stdout.Bytes(), nil
}

// discard waits for the command, with its output going to /dev/null so that
// nobody's reading slows it down.
func (c command) discard(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, c.longest())
	defer cancel()
	var stderr bytes.Buffer
	cmd, err := c.start(ctx, func(cmd *exec.Cmd) error {
		cmd.Stderr = &stderr
		return nil
	})
	if err == nil {
		err = cmd.Wait()
	}
	if err != nil {
		return c.failure(ctx, err, stderr.String())
	}
	return nil
}

func (c command) failure(ctx context.Context, err error, stderr string) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		err = fmt.Errorf("no end after %v", c.longest())
	}
	lines := strings.Split(strings.TrimSpace(stderr), "\n")
	if last := lines[len(lines)-1]; last != "" {
		return fmt.Errorf("%w: %s", err, last)
	}
	return err
}
