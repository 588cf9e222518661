package kernel

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// HasCapability reports whether this process has the capability c, one of
// unix.CAP_*, in effect: see capabilities(7).
func HasCapability(c int) bool {
	mask, err := strconv.ParseUint(statusField("CapEff"), 16, 64)
	return err == nil && mask&(1<<c) != 0
}

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
	path := fmt.Sprintf("/proc/self/task/%d/children", os.Getpid())
	if _, err := os.ReadFile(path); err != nil {
		return finding{Missing, err.Error(), "use a kernel with CONFIG_PROC_CHILDREN"}
	}
	return finding{status: OK}
}

// tryPrivilege finds out whether a filter can be set without no_new_privs.
func tryPrivilege() finding {
	switch {
	case statusField("NoNewPrivs") == "1":
		return finding{Limited, "no_new_privs is already set for this process, with Penumbra or without", ""}
	case !HasCapability(unix.CAP_SYS_ADMIN):
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

func tryMemfd() finding {
	fd, err := unix.MemfdCreate("penumbra-doctor", unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	if err != nil {
		return missing(err)
	}
	unix.Close(fd)
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
