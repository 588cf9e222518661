package view

import (
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/intercept"
)

// unshareFlags are those that unshare(2) takes (kernel/fork.c).
const unshareFlags = unix.CLONE_THREAD | unix.CLONE_SIGHAND | unix.CLONE_VM | unix.CLONE_FS | unix.CLONE_FILES | unix.CLONE_SYSVSEM | namespaces

// namespaces are the flags that name kinds of namespaces.
const namespaces = unix.CLONE_NEWNS | unix.CLONE_NEWUTS | unix.CLONE_NEWIPC | unix.CLONE_NEWNET | unix.CLONE_NEWUSER |
	unix.CLONE_NEWPID | unix.CLONE_NEWCGROUP | unix.CLONE_NEWTIME

// unshare refuses a guest a mount namespace of its own.
func (v *View) unshare(c *intercept.Call, _ *shape) intercept.Verdict {
	switch flags := uint32(c.Args[0]); {
	case flags&unix.CLONE_NEWNS == 0:
		return v.changeNamespace(c)
	case flags&^unshareFlags != 0:
		return intercept.Fail(abi.EINVAL)
	}
	return v.refuseNamespace()
}

// setns refuses a guest another's mount namespace. Where the descriptor and the
// kind do not go together, the kernel says so.
func (v *View) setns(c *intercept.Call, _ *shape) intercept.Verdict {
	what, err := os.Readlink(fmt.Sprintf("/proc/%d/fd/%d", c.Thread.ID(), c.Args.Int32(0)))
	if err != nil {
		return intercept.Run
	}
	kinds := uint32(c.Args[1])
	switch {
	case strings.HasPrefix(what, "mnt:") && (kinds == 0 || kinds == unix.CLONE_NEWNS):
		return v.refuseNamespace()
	case strings.HasSuffix(what, "[pidfd]") && kinds&unix.CLONE_NEWNS != 0:
		if kinds&^uint32(namespaces) != 0 {
			return intercept.Fail(abi.EINVAL)
		}
		return v.refuseNamespace()
	}
	return v.changeNamespace(c)
}

// changeNamespace notes that a thread may be about to have another root or other
// ids.
func (v *View) changeNamespace(c *intercept.Call) intercept.Verdict {
	v.moved()
	if v.inner != nil {
		v.inner.Scatter(c.Thread)
	}
	v.identities.Delete(c.Thread.ID())
	return intercept.Run
}

// refuseNamespace refuses a mount namespace: the paths that we walk would be
// others than the kernel's.
func (v *View) refuseNamespace() intercept.Verdict {
	v.warn("mount namespace", "a program wants a mount namespace of its own: that is refused with EPERM while there are mounts")
	return intercept.Fail(abi.EPERM)
}
