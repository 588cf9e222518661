package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// adoptOrphans makes the kernel hand every orphan among this process's
// descendants to it, so that a test's daemons can be found and ended.
func adoptOrphans() error {
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("become the reaper of orphaned test processes: %w", err)
	}
	return nil
}

// inheritNothingUnusual undoes what a test would inherit from an unusual start
// of this program: nohup(1) or a shell's & ignores signals, and exec resets
// only signals that are caught.
func inheritNothingUnusual() {
	unwanted := make(chan os.Signal, 1)
	for n := syscall.Signal(1); n <= 64; n++ {
		if signal.Ignored(n) {
			signal.Notify(unwanted, n)
		}
	}
	syscall.Umask(0o022)
}

// asMember runs its arguments as a plain member of a new session. A prefix
// becomes the leader where it stands in front of a test, and a leader may do
// less (setsid) and more (gain a terminal) than a member: with this shell as
// the leader the test is none, with or without a prefix.
var asMember = []string{"/bin/sh", "-c", `"$@"; exit $?`, "sh"}

// run runs c behind prefix, in a session of its own, with its output in the
// file log, and leaves no process of it behind. A command that cannot be
// started is an outcome with exit status 126 or 127; an error means that
// nothing was learnt about c.
func run(ctx context.Context, prefix []string, c command, limit time.Duration, log string) (outcome, error) {
	f, err := os.Create(log)
	if err != nil {
		return outcome{}, err
	}
	defer f.Close()
	argv := slices.Concat(asMember, prefix, c.argv)
	fmt.Fprintf(f, "repeat with: %s\n\n", c.line(prefix))
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Dir, cmd.Env = c.dir, append(os.Environ(), c.env...)
	cmd.Stdout, cmd.Stderr = f, f
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}

	began := time.Now()
	if err := cmd.Start(); err != nil {
		return outcome{}, fmt.Errorf("start %s: %w", strings.Join(argv, " "), err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	var out outcome
	select {
	case err = <-ended:
	case <-limited.Done():
		out.timedOut = true
		cmd.Process.Kill()
		err = <-ended
	}
	out.elapsed = time.Since(began)
	if err := endDescendants(); err != nil {
		return outcome{}, err
	}
	if ctx.Err() != nil {
		return outcome{}, ctx.Err()
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return outcome{}, fmt.Errorf("wait for %s: %w", strings.Join(argv, " "), err)
	}
	out.exit = cmd.ProcessState.ExitCode()
	text, err := os.ReadFile(log)
	out.text = string(text)
	return out, err
}

// line returns what to type in a shell to run c again behind prefix.
func (c command) line(prefix []string) string {
	line := "cd " + c.dir + " && env"
	for _, word := range slices.Concat(c.env, prefix, c.argv) {
		line += " '" + strings.ReplaceAll(word, "'", `'\''`) + "'"
	}
	return line
}

// endDescendants kills and reaps every descendant of this process. There must
// be no other child that somebody waits for.
func endDescendants() error {
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		left, err := descendants()
		if err != nil {
			return err
		}
		if len(left) == 0 {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("end the processes a test left behind: %v do not die", left)
		}
		for _, pid := range left {
			unix.Kill(pid, unix.SIGKILL) // it may have gone meanwhile
		}
		for {
			if pid, err := unix.Wait4(-1, nil, unix.WNOHANG, nil); pid <= 0 && err != unix.EINTR {
				break
			}
		}
	}
}

// descendants lists the processes below this one, zombies among them.
func descendants() ([]int, error) {
	dirs, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return nil, err
	}
	children := map[int][]int{}
	for _, stat := range dirs {
		text, err := os.ReadFile(stat)
		if err != nil {
			continue // it ended
		}
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(stat)))
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", stat, err)
		}
		parent, err := parentOf(string(text))
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", stat, err)
		}
		children[parent] = append(children[parent], pid)
	}
	var found []int
	for queue := []int{os.Getpid()}; len(queue) > 0; queue = queue[1:] {
		found = append(found, children[queue[0]]...)
		queue = append(queue, children[queue[0]]...)
	}
	return found, nil
}

// parentOf returns the parent's pid in the text of /proc/pid/stat, whose
// second field is a name in brackets that may itself hold spaces and brackets
// (proc_pid_stat(5)).
func parentOf(stat string) (int, error) {
	fields := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
	if len(fields) < 2 {
		return 0, fmt.Errorf("%q holds no parent", stat)
	}
	return strconv.Atoi(fields[1])
}

// removeWork removes a test's directory, whatever permissions its test left.
func removeWork(dir string) error {
	filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if entry != nil && entry.IsDir() {
			os.Chmod(path, 0o700)
		}
		return nil
	})
	return os.RemoveAll(dir)
}
