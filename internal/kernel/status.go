package kernel

import (
	"errors"
	"math"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"penumbra/internal/sys"
)

// Release returns the release of the running kernel, as uname -r does.
func Release() string {
	var u unix.Utsname
	if err := unix.Uname(&u); err != nil {
		return "unknown"
	}
	return unix.ByteSliceToString(u.Release[:])
}

// statusField returns a field of /proc/self/status, or "" if there is none.
func statusField(name string) string {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, name+":"); ok {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

func tryProc() finding {
	const fix = "mount it: mount -t proc proc /proc"
	pid, err := os.Readlink("/proc/self")
	switch {
	case err != nil:
		return finding{Missing, err.Error(), fix}
	case pid != strconv.Itoa(os.Getpid()):
		return finding{Missing, "/proc belongs to another pid namespace", fix}
	}
	return finding{status: OK}
}

func tryChildrenFile() finding {
	if _, err := os.ReadFile("/proc/thread-self/children"); err != nil {
		return finding{Missing, err.Error(), "use a kernel with CONFIG_PROC_CHILDREN"}
	}
	return finding{status: OK}
}

// tryPrivilege finds out whether a filter can be set without no_new_privs.
func tryPrivilege() finding {
	switch {
	case statusField("NoNewPrivs") == "1":
		return finding{Limited, "no_new_privs is already set for this process, with Penumbra or without", ""}
	case !sys.HasCapability(unix.CAP_SYS_ADMIN):
		return finding{Limited, "without CAP_SYS_ADMIN a filter needs no_new_privs", "run penumbra as root where guests need set-id programs"}
	}
	return finding{OK, "CAP_SYS_ADMIN: no_new_privs is not needed", ""}
}

// tryOuterFilters finds out whether this process is behind filters of others.
func tryOuterFilters() finding {
	filters := statusField("Seccomp_filters")
	switch mode := statusField("Seccomp"); mode {
	case "":
		return finding{Missing, "/proc/self/status has no line Seccomp", ""}
	case "0":
		return finding{OK, "no filter is in force", ""}
	default:
		return finding{Limited, join("seccomp mode "+mode, filters+" outer filters in force"),
			"where it is a container's: docker run --security-opt seccomp=unconfined"}
	}
}

// tryCloseRange closes no descriptor: there is none of the highest number.
func tryCloseRange() finding {
	return judge(unix.CloseRange(math.MaxUint32, math.MaxUint32, 0))
}

func trySignalfd() finding {
	fd, err := unix.Signalfd(-1, new(unix.Sigset_t), unix.SFD_CLOEXEC|unix.SFD_NONBLOCK)
	if err != nil {
		f := missing(err)
		f.fix = "use a kernel with CONFIG_SIGNALFD"
		return f
	}
	unix.Close(fd)
	return finding{status: OK}
}

func tryUserfault() finding {
	if err := sys.PutsPages(); err != nil {
		f := missing(err)
		if errors.Is(err, unix.EPERM) || errors.Is(err, unix.ENOSYS) {
			f.fix = "have the container's seccomp profile permit userfaultfd, which it may for UFFD_USER_MODE_ONLY"
		}
		return f
	}
	return finding{status: OK}
}

func tryIOURing() finding {
	fd, err := openIOURing()
	if err != nil {
		f := missing(err)
		if errors.Is(err, unix.EPERM) {
			f.fix = "sysctl kernel.io_uring_disabled=0, or relax the container's seccomp profile"
		}
		return f
	}
	unix.Close(fd)
	return finding{status: OK}
}
