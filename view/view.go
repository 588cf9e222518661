// Package view decides about the calls of a guest that sees other files than
// its machine has: mounts, each showing a tree of the host at some place.
//
// # How a call is answered
//
// A call with a path is sent to the notify door. The view walks the path as the
// guest's kernel would if the mounts were real (package namespace). If the
// kernel itself, which knows nothing of mounts, comes to the same thing, the
// call is left to it. That is so for all paths outside of mounts and, since a
// guest's descriptors and working directory in a mount are real ones in its
// tree, for most relative paths within. Otherwise the worker at the door makes
// the call itself, in the tree, with the guest's umask and identity, and copies
// what goes in and out; an opened file is handed to the guest. Only chdir and
// execve must be made by the guest itself; they go to the trace door, where
// their path can be exchanged.
//
// Calls by descriptor are the kernel's, but for the few to which a tree's own
// place would show, or through which a read-only mount could be changed, and, where
// there are emulated files, for those that use content.
//
// # Locks
//
// View.mu guards the process records; process.mu guards one record; the caches
// have their own. None is held while another is taken, or while a call is made.
package view

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/intercept"
	"penumbra/internal/sys"
	"penumbra/module"
	"penumbra/namespace"
)

// Mount asks for a tree to be seen at a place.
type Mount struct {
	// Target is the place, an absolute path. Links in it are followed. It need
	// not exist.
	Target string
	// Tree is what is seen there. The View closes it. Nil: what the host has there,
	// although an earlier mount covers that.
	Tree module.Tree
	// ReadOnly keeps the guest from changing the tree.
	ReadOnly bool
}

// View is an intercept.Policy. It serves one guest.
type View struct {
	table   namespace.Table
	mounts  []*mount
	roots   map[string][]*mount // by where their trees are
	trees   []module.Tree       // to be closed
	phantom map[string][]string // names of targets that do not exist, by directory
	host    int                 // descriptor of the host's root
	base    string              // where relative paths of ours begin, or "" for the working directory
	procDev uint64              // device of /proc

	namespace uint64         // our mount namespace
	seen      map[rootID]int // descriptors of the roots of others

	bound    bool // there are bind mounts: a directory may have two places
	split    bool // there is another view of the same guest, which may have led it elsewhere
	guarded  bool // there are read-only mounts
	fills    bool // there are trees to be filled
	foresees bool // some of them want to know what will be
	changes  bool // there are trees that show what is kept elsewhere, and can be changed
	extended bool // there are trees with extended attributes that are kept elsewhere
	// emulators are the trees with emulated files.
	emulators []module.Emulator
	mappers   sync.Map // ids of processes that map emulated files
	owned     []module.Owned
	owner     *owner // or nil: the kernel tells whose files are
	// privileged: the guest's processes may have other identities than ours.
	privileged bool

	busy   atomic.Int32 // calls that are being answered
	closed atomic.Bool

	handlers [abi.NumArch][]handler
	notice   func(string)
	noticed  sync.Map

	mu        sync.Mutex
	processes map[int]*process
	start     *mount // the bind mount through which the first working directory was reached

	// moving holds, by thread id, where a change of directory under way leads.
	// It belongs to the goroutine of the trace door.
	moving map[int]ref

	led        sync.Map    // origin by thread id, of what Lead was told
	rooted     atomic.Bool // a process has changed its root directory
	unshared   atomic.Bool // a process may have a mount namespace of its own
	paths      pathCache
	cwdEra     atomic.Uint64    // counts changes of working directories
	identities sync.Map         // *identity by thread id
	inner      *intercept.Inner // or nil
	frames     frames
	relinked   relinked
}

// New returns a view with mounts in the order in which they are made. The view
// owns their trees, also if it fails. Notice takes lines for the user.
func New(mounts []Mount, notice func(string)) (*View, error) {
	v := &View{
		host: -1, notice: notice, processes: map[int]*process{}, moving: map[int]ref{}, phantom: map[string][]string{}, roots: map[string][]*mount{}, seen: map[rootID]int{},
		privileged: sys.HasCapability(unix.CAP_SETUID) && sys.HasCapability(unix.CAP_SETGID),
	}
	for _, m := range mounts {
		if m.Tree != nil {
			v.trees = append(v.trees, m.Tree)
		}
	}
	err := v.openHost()
	for i := 0; i < len(mounts) && err == nil; i++ {
		if err = v.mount(mounts[i]); err != nil {
			err = fmt.Errorf("mount at %q: %w", mounts[i].Target, err)
		}
	}
	if err != nil {
		_ = v.Close()
		return nil, err
	}
	return v, nil
}

func (v *View) openHost() (err error) {
	if v.host, err = unix.Open("/", unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0); err != nil {
		return fmt.Errorf("open /: %w", err)
	}
	var st unix.Stat_t
	if unix.Stat("/proc", &st) == nil {
		v.procDev = st.Dev
	}
	if unix.Stat("/proc/self/ns/mnt", &st) == nil {
		v.namespace = st.Ino
	}
	return nil
}

// Close gives up all trees. The guest must have ended; of a call that was
// being answered then Close awaits the end.
func (v *View) Close() error {
	const interval, patience = time.Millisecond, 1000
	v.closed.Store(true)
	for n := 0; v.busy.Load() > 0; n++ {
		if n == patience {
			return v.closeTrees() // it may wait for ever, and needs what else there is
		}
		time.Sleep(interval)
	}
	for _, m := range v.mounts {
		unix.Close(m.dir)
	}
	if v.host >= 0 {
		unix.Close(v.host)
	}
	for _, fd := range v.seen {
		unix.Close(fd)
	}
	v.frames.close()
	_ = v.relinked.close() // what is left the next run removes
	if v.inner != nil {
		_ = v.inner.Close()
	}
	clear(v.seen)
	v.mounts, v.host = nil, -1
	return v.closeTrees()
}

func (v *View) closeTrees() error {
	var all []error
	for _, t := range v.trees {
		all = append(all, t.Close())
	}
	v.trees = nil
	return errors.Join(all...)
}

// warn tells the user something once.
func (v *View) warn(what, message string) {
	if _, told := v.noticed.LoadOrStore(what, nil); !told {
		v.notice(message)
	}
}
