package main

import (
	"context"
	"os/exec"
	"time"
)

// stressors are stress-ng's stressors of file systems, processes, signals,
// pipes and memory that check their own work under --verify.
// What needs devices, sets the clock or wears out the machine is left out.
var stressors = []struct {
	names  []string
	effort effort
}{
	// File systems.
	{[]string{"copy-file", "dir", "link", "rename", "seek"}, brief},
	{[]string{"dup", "fcntl", "flock"}, fast},
	{[]string{
		"access", "chdir", "chmod", "chown", "dentry", "dirdeep", "dirmany", "fallocate", "fiemap", "file-ioctl", "filename", "fpunch",
		"fstat", "full", "getdent", "handle", "hdd", "inode-flags", "inotify", "io", "lease", "lockf", "lockofd", "mknod", "null",
		"open", "procfs", "revio", "sendfile", "symlink", "sync-file", "tmpfs", "umask", "unlink", "utime", "xattr", "zero",
	}, slow},
	// Processes and threads.
	{[]string{"exec", "fork"}, brief},
	{[]string{"clone", "futex", "kill", "pthread", "vfork"}, fast},
	{[]string{
		"affinity", "context", "daemon", "env", "exit-group", "kcmp", "mutex", "nice", "pidfd", "prctl", "rlimit", "schedpolicy",
		"seccomp", "session", "set", "switch", "sysinfo", "vforkmany", "wait", "yield", "zombie",
	}, slow},
	// Signals and timers.
	{[]string{"alarm", "sigchld", "signal", "sigq", "sigsegv", "timerfd"}, fast},
	{[]string{
		"itimer", "nanosleep", "sigabrt", "sigfd", "sigfpe", "sigio", "signest", "sigpending", "sigpipe", "sigrt", "sigsuspend",
		"sigtrap", "timer",
	}, slow},
	// Pipes and what is polled like them.
	{[]string{"epoll", "fifo", "pipe", "sockpair"}, fast},
	{[]string{"eventfd", "pipeherd", "poll", "pty", "sock", "sockfd", "splice", "tee", "udp", "vm-splice"}, slow},
	// Memory, shared memory and messages.
	{[]string{"brk", "memfd", "mmap", "mprotect"}, fast},
	{[]string{
		"madvise", "membarrier", "mincore", "mlock", "mmapaddr", "mmapfixed", "mmapmany", "mq", "mremap", "msg", "msync", "munmap",
		"rmap", "rseq", "sem", "sem-sysv", "shm", "shm-sysv", "stack", "stackmmap", "userfaultfd", "vm", "vm-rw",
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
