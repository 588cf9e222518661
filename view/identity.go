package view

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/guest"
	"penumbra/internal/sys"
)

// identity is what the kernel judges a thread's access to files by.
type identity struct {
	uid, gid uint32   // for file access
	real     uint32   // the real user, whom access(2) asks about
	realGid  uint32   // and group
	groups   []uint32 // further ones
	// capabilities are those in effect that have to do with files.
	capabilities uint64
}

// fileCapabilities are those by which more may be done to files than their owners
// and permissions say (CAP_FS_MASK, linux/capability.h).
const fileCapabilities = 1<<unix.CAP_CHOWN | 1<<unix.CAP_DAC_OVERRIDE | 1<<unix.CAP_DAC_READ_SEARCH | 1<<unix.CAP_FOWNER |
	1<<unix.CAP_FSETID | 1<<unix.CAP_LINUX_IMMUTABLE | 1<<unix.CAP_MKNOD | 1<<unix.CAP_MAC_OVERRIDE

// status reads from proc_pid_status(5) the identity and the umask of a thread.
func status(tid int) (who identity, umask uint32, err error) {
	b, err := sys.ReadProc(tid, "status")
	if err != nil {
		return identity{}, 0, err
	}
	for line := range strings.Lines(string(b)) {
		name, value, _ := strings.Cut(line, ":")
		numbers := strings.Fields(value)
		switch {
		case name == "Umask":
			n, _ := strconv.ParseUint(strings.TrimSpace(value), 8, 32)
			umask = uint32(n)
		case name == "Uid" && len(numbers) == 4:
			who.real, who.uid = number(numbers[0]), number(numbers[3])
		case name == "Gid" && len(numbers) == 4:
			who.realGid, who.gid = number(numbers[0]), number(numbers[3])
		case name == "CapEff":
			set, _ := strconv.ParseUint(strings.TrimSpace(value), 16, 64)
			who.capabilities = set & fileCapabilities
		case name == "Groups":
			for _, g := range numbers {
				who.groups = append(who.groups, number(g))
			}
		}
	}
	if who.uid != 0 && who.capabilities != 0 && !sys.InOurNamespace(tid, "user") {
		who.capabilities = 0 // they count in its own alone
	}
	return who, umask, nil
}

func number(s string) uint32 {
	n, _ := strconv.ParseUint(s, 10, 32)
	return uint32(n)
}

// own is this process's identity.
var own = sync.OnceValue(func() identity {
	who, _, _ := status(os.Getpid())
	return who
})

func (who identity) equal(other identity) bool {
	return who.uid == other.uid && who.gid == other.gid && who.real == other.real && who.realGid == other.realGid &&
		who.capabilities == other.capabilities && slices.Equal(who.groups, other.groups)
}

// identityOf returns the identity of t. It is read once, and again after the
// thread may have changed it.
func (v *View) identityOf(t *guest.Thread) (*identity, error) {
	if known, ok := v.identities.Load(t.ID()); ok {
		return known.(*identity), nil
	}
	who, _, err := status(t.ID())
	if err != nil {
		return nil, err
	}
	v.identities.Store(t.ID(), &who)
	return &who, nil
}

// walkerOf returns how paths of t are walked.
func (v *View) walkerOf(t *guest.Thread) (walker, error) {
	who, err := v.stranger(t)
	return walker{who, v.hostOf(t)}, err
}

// stranger returns the identity of t if that is not this process's own, else nil.
func (v *View) stranger(t *guest.Thread) (*identity, error) {
	if !v.privileged {
		return nil, nil
	}
	who, err := v.identityOf(t)
	if err != nil || who.equal(own()) {
		return nil, err
	}
	return who, nil
}

// become gives the calling thread the identity of t, for a call that makes a
// file its umask too, and returns what takes the identity back. With asReal the
// real ids count.
func (v *View) become(t *guest.Thread, makes, asReal bool) (restore func(), other bool, e abi.Errno) {
	restore = func() {}
	if makes {
		_, umask, err := status(t.ID())
		if err != nil {
			return restore, false, abi.ESRCH
		}
		sys.Umask(umask)
	}
	who, err := v.stranger(t)
	if err != nil {
		return restore, false, abi.ESRCH
	}
	if who == nil {
		return restore, false, 0
	}
	if asReal {
		real := identity{uid: who.real, gid: who.realGid, groups: who.groups}
		if who.real == 0 {
			real.capabilities = who.capabilities
		}
		who = &real
	}
	restore, e = who.assume()
	return restore, e == 0, e
}

// assume gives the calling thread the identity by which files are judged, and
// returns what takes it back. A nil one is this process's own.
func (who *identity) assume() (restore func(), e abi.Errno) {
	if who == nil {
		return func() {}, 0
	}
	restore = func() { _ = own().take() }
	if err := who.take(); err != nil {
		restore()
		return func() {}, errnoOf(err)
	}
	return restore, 0
}

// take makes this the identity of the calling thread.
func (who identity) take() error {
	if err := sys.SetFSIDs(who.uid, who.gid, who.groups); err != nil {
		return err
	}
	return sys.SetEffective(who.capabilities, fileCapabilities)
}

// changesIdentity lists the calls after which a thread's identity is another.
var changesIdentity = sync.OnceValue(func() map[string]bool {
	all := map[string]bool{"setgroups": true, "setgroups32": true, "capset": true}
	for _, who := range []string{"uid", "gid"} {
		for _, call := range []string{"set%s", "setre%s", "setres%s", "setfs%s"} {
			name := fmt.Sprintf(call, who)
			all[name], all[name+"32"] = true, true
		}
	}
	return all
})

// copyFD returns a copy of a descriptor of t.
func copyFD(t *guest.Thread, fd int32) (int, abi.Errno) {
	own, err := t.CopyFD(fd)
	if err != nil {
		return -1, errnoOf(err)
	}
	return own, 0
}
