package main

import (
	"context"
	"os/exec"
	"time"
)

// stressors are stress-ng's stressors of file systems, processes, signals,
// pipes and memory that check their own work under --verify, a line each kind.
// What needs devices, sets the clock or wears out the machine is left out.
var stressors = []struct {
	names  []string
	effort effort
}{
	// File systems.
	{[]string{"access", "chmod", "copy-file", "dentry", "dir", "dup", "fcntl", "flock", "fstat", "hdd", "link", "rename", "seek", "xattr"}, fast},
	{[]string{
		"chdir", "chown", "dirdeep", "dirmany", "fallocate", "fiemap", "file-ioctl", "filename", "fpunch", "full", "getdent", "handle",
		"inode-flags", "inotify", "io", "lease", "lockf", "lockofd", "mknod", "null", "open", "procfs", "revio", "sendfile", "symlink",
		"sync-file", "tmpfs", "umask", "unlink", "utime", "zero",
	}, slow},
	// Processes and threads.
	{[]string{"clone", "exec", "fork", "futex", "kill", "mutex", "pidfd", "pthread", "vfork", "wait", "zombie"}, fast},
	{[]string{
		"affinity", "context", "daemon", "env", "exit-group", "kcmp", "nice", "prctl", "rlimit", "schedpolicy", "seccomp", "session",
		"set", "switch", "sysinfo", "vforkmany", "yield",
	}, slow},
	// Signals and timers.
	{[]string{"alarm", "itimer", "sigabrt", "sigchld", "sigfd", "signal", "sigpending", "sigq", "sigsegv", "sigsuspend", "timerfd"}, fast},
	{[]string{"sigfpe", "sigio", "signest", "sigpipe", "sigrt", "sigtrap", "nanosleep", "timer"}, slow},
	// Pipes and what is polled like them.
	{[]string{"epoll", "eventfd", "fifo", "pipe", "poll", "sockpair", "splice"}, fast},
	{[]string{"pipeherd", "sockfd", "tee", "vm-splice", "pty", "sock", "udp"}, slow},
	// Memory, shared memory and messages.
	{[]string{"brk", "memfd", "mmap", "mprotect", "mremap", "munmap", "shm", "userfaultfd"}, fast},
	{[]string{
		"madvise", "membarrier", "mincore", "mlock", "mmapaddr", "mmapfixed", "mmapmany", "mq", "msg", "msync", "rmap", "rseq",
		"sem", "sem-sysv", "shm-sysv", "stack", "stackmmap", "vm", "vm-rw",
	}, slow},
}

// stressJobs makes a job of every stressor, if stress-ng is on PATH.
func stressJobs(context.Context, string) ([]job, error) {
	binary, err := exec.LookPath("stress-ng")
	if err != nil {
		return nil, &missingError{"no stress-ng on PATH", "install it (on Debian: apt install stress-ng)"}
	}
	var jobs []job
	for _, group := range stressors {
		for _, name := range group.names {
			jobs = append(jobs, job{"stressng", name, group.effort, 30 * time.Second, stressor{binary, name}})
		}
	}
	return jobs, nil
}

// A stressor runs one stressor of stress-ng for one second, as a single test
// without a name.
type stressor struct {
	binary, name string
}

func (s stressor) command(work string, _ time.Duration, _ selection) command {
	return command{
		argv: []string{s.binary, "--temp-path", work, "--" + s.name, "1", "--verify", "-t", "1", "--oomable"},
		dir:  work,
		env:  []string{"TMPDIR=" + work},
	}
}

// Exit statuses of stress-ng that mean that a stressor could not run
// (stress-ng(1), EXIT STATUS).
const (
	stressNoResource     = 3
	stressNotImplemented = 4
)

func (s stressor) parse(_ string, out outcome) results {
	if out.exit == stressNoResource || out.exit == stressNotImplemented {
		return results{"": skip}
	}
	return results{"": out.status()}
}

func (s stressor) alone(string) string { return "" }
