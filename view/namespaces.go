package view

import (
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"

	"penumbra/guest"
	"penumbra/intercept"
)

// A guest may have a mount namespace of its own: then its paths are walked from
// its own root, and the mounts of the view are seen there as everywhere.

// unshare notes that a thread may be about to have a mount namespace of its own.
func (v *View) unshare(c *intercept.Call, _ *shape) intercept.Verdict {
	return v.changeNamespace(c, uint32(c.Args[0])&unix.CLONE_NEWNS != 0)
}

// setns notes that a thread may be about to enter another mount namespace.
func (v *View) setns(c *intercept.Call, _ *shape) intercept.Verdict {
	what, err := os.Readlink(fmt.Sprintf("/proc/%d/fd/%d", c.Thread.ID(), c.Args.Int32(0)))
	if err != nil {
		return intercept.Run
	}
	kinds := uint32(c.Args[1])
	return v.changeNamespace(c, strings.HasPrefix(what, "mnt:") || strings.HasSuffix(what, "[pidfd]") && kinds&unix.CLONE_NEWNS != 0)
}

// changeNamespace notes that a thread may be about to have another root, other ids
// or, if mounts is true, another mount namespace.
func (v *View) changeNamespace(c *intercept.Call, mounts bool) intercept.Verdict {
	v.moved()
	if v.inner != nil {
		v.inner.Scatter(c.Thread)
	}
	v.identities.Delete(c.Thread.ID())
	if mounts {
		v.setApart(c.Thread)
	}
	return intercept.Run
}

// setApart has the root of t's process looked for from now on. What the inner
// door knows is true of another namespace.
func (v *View) setApart(t *guest.Thread) {
	v.unshared.Store(true)
	p := v.record(t)
	p.mu.Lock()
	p.apart = true
	p.mu.Unlock()
	if v.inner == nil {
		return
	}
	if err := v.inner.Restrict(t, 0); err != nil {
		v.warn("inner door", fmt.Sprintf("process %d has a mount namespace of its own, and may see the machine's files where there are mounts: %v", t.ID(), err))
	}
}

// isElsewhere reports whether a thread is in another mount namespace than we are.
func (v *View) isElsewhere(tid int) bool {
	var st unix.Stat_t
	return unix.Stat(fmt.Sprintf("/proc/%d/ns/mnt", tid), &st) == nil && st.Ino != v.namespace
}

// hostOf returns a descriptor of the root from which t's paths are walked: the
// machine's, as t's mount namespace shows it.
func (v *View) hostOf(t *guest.Thread) int {
	if !v.unshared.Load() {
		return v.host
	}
	p := v.record(t)
	p.mu.Lock()
	apart, root, host := p.apart, p.root, p.host
	p.mu.Unlock()
	switch {
	case !apart:
		return v.host
	case root != "/" && host >= 0:
		return host // its root is not the namespace's any more
	}
	host = v.rootSeenBy(t)
	p.mu.Lock()
	p.host = host
	p.mu.Unlock()
	return host
}

// rootID tells the roots of mount namespaces apart.
type rootID struct{ mount, inode uint64 }

// rootSeenBy returns a descriptor of t's root directory, which is kept until the
// view is closed.
func (v *View) rootSeenBy(t *guest.Thread) int {
	name := fmt.Sprintf("/proc/%d/root", t.ID())
	var st unix.Statx_t
	if unix.Statx(unix.AT_FDCWD, name, 0, unix.STATX_INO|unix.STATX_MNT_ID, &st) != nil {
		return v.host
	}
	id := rootID{st.Mnt_id, st.Ino}
	v.mu.Lock()
	defer v.mu.Unlock()
	if fd, ok := v.seen[id]; ok {
		return fd
	}
	fd, err := unix.Open(name, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return v.host
	}
	v.seen[id] = fd
	return fd
}
