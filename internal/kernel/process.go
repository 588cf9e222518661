package kernel

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"penumbra/internal/sys"
)

// tryPtrace seizes a throw-away child with the options that Penumbra needs,
// stops it and lets it go.
func tryPtrace() finding {
	err := withTraced(func(*child) error { return nil })
	f := judge(err)
	f.detail = join(f.detail, yamaScope())
	if f.status == Missing {
		f.fix = ptraceFix(err)
	}
	return f
}

// trySyscallInfo asks about a stopped child's call.
func trySyscallInfo() finding {
	var info sys.SyscallInfo
	err := withTraced(func(c *child) error { return sys.GetSyscallInfo(c.pid, &info) })
	switch {
	case err == nil && info.Arch == 0:
		return finding{Missing, "ptrace(PTRACE_GET_SYSCALL_INFO) said nothing", ""}
	case err == nil:
		return finding{status: OK}
	case errors.Is(err, unix.EIO):
		return finding{Missing, "the kernel does not know the request", "use Linux " + Oldest + " or newer"}
	}
	return likePtrace(err)
}

// withTraced calls do with a throw-away child in a ptrace stop.
func withTraced(do func(*child) error) error {
	c, err := start(&orders{errand: errandWait})
	if err != nil {
		return err
	}
	defer c.kill()
	// A tracer is a thread, not a process.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := sys.Seize(c.pid, unix.PTRACE_O_TRACESECCOMP|unix.PTRACE_O_TRACEEXEC|unix.PTRACE_O_TRACECLONE|
		unix.PTRACE_O_TRACEFORK|unix.PTRACE_O_TRACEVFORK|
		unix.PTRACE_O_TRACESYSGOOD|unix.PTRACE_O_EXITKILL); err != nil {
		return fmt.Errorf("ptrace(PTRACE_SEIZE): %w", err)
	}
	if err := unix.PtraceInterrupt(c.pid); err != nil {
		return fmt.Errorf("ptrace(PTRACE_INTERRUPT): %w", err)
	}
	status, err := c.waitChange()
	if err != nil {
		return err
	}
	if !status.Stopped() {
		return errors.New("the traced child ended")
	}
	if err := do(c); err != nil {
		return err
	}
	if err := unix.PtraceDetach(c.pid); err != nil {
		return fmt.Errorf("ptrace(PTRACE_DETACH): %w", err)
	}
	return nil
}

// yamaScope describes the limits that the Yama security module puts on ptrace,
// or returns "" if there is no Yama.
func yamaScope() string {
	switch scope := yama(); scope {
	case -1:
		return ""
	case 0:
		return "yama ptrace_scope 0: any process of the same user"
	case 1:
		return "yama ptrace_scope 1: descendants, which guests are"
	case 2:
		return "yama ptrace_scope 2: with CAP_SYS_PTRACE only"
	default:
		return fmt.Sprintf("yama ptrace_scope %d: nobody", scope)
	}
}

// TraceLimit says what the Yama security module wants of one that traces a
// process which is not its descendant, or returns "" if nothing.
func TraceLimit() string {
	switch scope := yama(); {
	case scope >= 3:
		return fmt.Sprintf("yama ptrace_scope %d lets nobody trace", scope)
	case scope >= 1 && !sys.HasCapability(unix.CAP_SYS_PTRACE):
		return fmt.Sprintf("yama ptrace_scope %d wants CAP_SYS_PTRACE; sysctl kernel.yama.ptrace_scope=0 permits it to all", scope)
	}
	return ""
}

// yama returns Yama's ptrace_scope, or -1 if there is none.
func yama() int {
	text, err := os.ReadFile("/proc/sys/kernel/yama/ptrace_scope")
	if err != nil {
		return -1
	}
	scope, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return -1
	}
	return scope
}

// ptraceFix says what makes ptrace, which failed with err, possible.
func ptraceFix(err error) string {
	scope := yama()
	switch {
	case scope >= 3:
		return "boot without ptrace_scope 3: it cannot be lowered while the system runs"
	case scope == 2 && !sys.HasCapability(unix.CAP_SYS_PTRACE):
		return "sysctl kernel.yama.ptrace_scope=1, or give CAP_SYS_PTRACE (docker run --cap-add SYS_PTRACE)"
	case traced():
		return "run outside of the tracer (strace, gdb) that already traces this process"
	case errors.Is(err, unix.EPERM), errors.Is(err, unix.EACCES), errors.Is(err, unix.ENOSYS):
		return "permit ptrace: docker run --cap-add SYS_PTRACE, or relax the seccomp profile or the security module"
	}
	return ""
}

// traced reports whether a tracer holds this process: it would get the
// children too.
func traced() bool { return statusField("TracerPid") != "0" && statusField("TracerPid") != "" }

func tryPidfdOpen() finding {
	fd, err := unix.PidfdOpen(os.Getpid(), 0)
	if err != nil {
		return missing(err)
	}
	unix.Close(fd)
	return finding{status: OK}
}

// tryPidfdGetfd takes a descriptor from a throw-away child.
func tryPidfdGetfd() finding {
	file, err := os.Open(os.DevNull)
	if err != nil {
		return missing(err)
	}
	defer file.Close()
	c, err := start(&orders{errand: errandWait})
	if err != nil {
		return missing(err)
	}
	defer c.kill()
	pidfd, err := unix.PidfdOpen(c.pid, 0)
	if err != nil {
		return missing(err)
	}
	defer unix.Close(pidfd)
	fd, err := unix.PidfdGetfd(pidfd, int(file.Fd()), 0)
	if err != nil {
		return likePtrace(err)
	}
	unix.Close(fd)
	return finding{status: OK}
}

// tryMemory reads and writes a throw-away child's memory.
func tryMemory() finding {
	c, err := start(&orders{errand: errandWait})
	if err != nil {
		return missing(err)
	}
	defer c.kill()
	if err := readWriteMemory(c.pid); err != nil {
		return likePtrace(err)
	}
	return finding{status: OK}
}

// readWriteMemory checks that this process can read and write the memory of
// pid, one of its children.
func readWriteMemory(pid int) error {
	wrote, read := []byte("penumbra"), make([]byte, len(memory))
	if _, err := sys.WriteMemory(pid, wrote, addressOfMemory()); err != nil {
		return fmt.Errorf("process_vm_writev: %w", err)
	}
	if _, err := sys.ReadMemory(pid, read, addressOfMemory()); err != nil {
		return fmt.Errorf("process_vm_readv: %w", err)
	}
	if !bytes.Equal(read, wrote) {
		return errors.New("process_vm_readv did not read what process_vm_writev wrote")
	}
	return nil
}

// likePtrace is the finding for a call that needs ptrace's permission.
func likePtrace(err error) finding {
	f := missing(err)
	if fix := ptraceFix(err); fix != "" {
		f.fix = fix
	}
	return f
}

// join puts a semicolon between what is there of two remarks.
func join(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "; " + b
}
