package explain

import (
	"slices"
	"strings"
	"testing"

	"penumbra/abi"
)

// TestEveryName looks up all that there is and checks that its page fits.
func TestEveryName(t *testing.T) {
	names := slices.Concat(Names(), Flags())
	if len(names) < 2000 {
		t.Errorf("only %d names", len(names))
	}
	for _, name := range names {
		text, ok := Lookup(name)
		if !ok {
			t.Errorf("nothing is said of %s", name)
			continue
		}
		if !strings.HasPrefix(text, name) {
			t.Errorf("the page about %s begins %.40q", name, text)
		}
		for line := range strings.Lines(text) {
			line = strings.TrimSuffix(line, "\n")
			if len(line) > width || line != strings.TrimRight(line, " ") {
				t.Errorf("%s: %q has %d columns, or blanks at its end", name, line, len(line))
			}
		}
	}
}

func TestLookup(t *testing.T) {
	for _, test := range []struct {
		name string
		want []string
	}{
		{"read", []string{"    ssize_t read(int fd, void *buf, size_t count);\n", "buf    out: bytes, count of them\n", "0 on x86-64, 3 on i386, 63 on arm64"}},
		{"exit_group", []string{"    void exit_group(int error_code);\n"}},
		{"stat64", []string{"    int stat64(const char *path, struct stat64 *buf);\n", "none on x86-64 and arm64"}},
		{"lstat", []string{"a symbolic link at its end is not followed"}},
		{"writev", []string{"const struct iovec *vec", "an array of buffers, each with address and length, vlen of them"}},
		{"pipe", []string{"int *fildes", "out: two file descriptors\n"}},
		{"accept", []string{"struct sockaddr *addr, int *addrlen", "of as many bytes as addrlen points to"}},
		{"execve", []string{"char *const *argv", "in: an array of strings"}},
		{"utimensat", []string{"in: struct timespec, 2 of them", "fields: tv_sec tv_nsec"}},
		{"msgsnd", []string{"struct msgbuf, and msgsz bytes behind it"}},
		{"mincore", []string{"one for each 4096 of len"}},
		{"poll", []string{"also one\n    with SA_RESTART", "POLLIN     there is something to read"}},
		{"setitimer", []string{"out: struct itimerval, as value\n"}},
		{"getpid", []string{"never fails with EINTR"}},
		{"lseek", []string{"one of these:", "SEEK_SET   count from the start of the file"}},
		{"clone", []string{"    arm64: pid_t clone("}},
		{"pread", []string{"pread64: ", "\npwrite64: "}},
		{"vserver", []string{"ENOSYS  this kernel does not have the call"}},
		{"%ipc", []string{"%ipc: System V IPC, 14 calls\n"}},
		{"%creds", []string{"%creds: "}},
		{"enoent", []string{"ENOENT (2): No such file or directory\n", " rename, "}},
		{"EINTR", []string{" nanosleep, "}},
		{"ERESTARTSYS", []string{"no program sees it"}},
		{"EBFONT", []string{"none: drivers"}},
		{"ENOTSUP", []string{"ENOTSUP, another name for EOPNOTSUPP (95)"}},
		{"SIGKILL", []string{"SIGKILL (9): sent to a process when somebody wants it to end at once", "ends the process\n"}},
		{"SIGPOLL", []string{"SIGPOLL, another name for SIGIO (29)"}},
		{"%process", []string{"  rt_tgsigqueueinfo  Send"}},
		{"RTMIN+2", []string{"SIGRTMIN+2, another name for SIGRT_2 (34)"}},
		{"O_DIRECT", []string{"go past the page cache; or: keep each write", "0x4000 on x86-64 and i386, 0x10000 on arm64", "open(flags)", "openat2(how.flags)"}},
		{"MAP_32BIT", []string{"0x40 on x86-64 and i386, none on arm64"}},
		{"ICANON", []string{"struct termios.c_lflag"}},
		{"CAP_CHOWN", []string{"CAP_CHOWN: a flag or value\n"}},
		{"PER_LINUX", []string{"personality() = result"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			text, ok := Lookup(test.name)
			if !ok {
				t.Fatal("nothing is said of it")
			}
			for _, want := range test.want {
				if !strings.Contains(text, want) {
					t.Errorf("no %q in\n%s", want, text)
				}
			}
		})
	}
	for _, name := range []string{"", "%", "%nothing", "opennat", "SIG", "O_", "/read", "all", "!read", "%network,%file"} {
		if text, ok := Lookup(name); ok {
			t.Errorf("%q: %.60q", name, text)
		}
	}
}

func TestSeeAlso(t *testing.T) {
	for name, want := range map[string]string{
		"creat":         "open(2), read, write, close, open, openat",
		"epoll_create1": "epoll_create(2), epoll_ctl, epoll_wait, epoll_create",
		"futex_wake":    "futex, ",
		"mseal":         "",
		"vserver":       "unimplemented(2)",
	} {
		got := seeAlso(abi.ByName(name))
		if got != want && (want != "futex, " || strings.Contains(got, "(2)") || !strings.HasPrefix(got, "futex")) {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestStem(t *testing.T) {
	for name, want := range map[string]string{
		"openat2": "open", "creat": "cre", "_newselect": "select", "pselect6_time64": "pselect", "rt_sigaction": "sigaction",
		"oldolduname": "uname", "clock_gettime64": "clock_gettime", "dup3": "dup", "quotactl_fd": "quotactl", "brk": "brk",
		"stat": "stat", "open_by_handle_at": "open_by_handle", "accept4": "accept", "setresuid32": "setresuid",
	} {
		if got := stem(name); got != want {
			t.Errorf("stem of %s: %s, want %s", name, got, want)
		}
	}
}

// FuzzLookup asks for names that could be mistaken for others.
func FuzzLookup(f *testing.F) {
	for _, name := range []string{"read", "%file", "SIGRTMIN+5", "SIGRT_99", "enoent", "\xff", "%%stat"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if text, ok := Lookup(name); ok == (text == "") {
			t.Errorf("%q: %t, %q", name, ok, text)
		}
	})
}
