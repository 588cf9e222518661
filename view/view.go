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
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/intercept"
	"penumbra/internal/sys"
	"penumbra/module"
	"penumbra/module/mem"
	"penumbra/namespace"
)

// Mount asks for a tree to be seen at a place.
type Mount struct {
	// Target is the place, an absolute path. Links in it are followed. It need
	// not exist.
	Target string
	// Tree is what is seen there. The View closes it.
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
	procDev uint64              // device of /proc

	bound   bool // there are bind mounts: a directory may have two places
	guarded bool // there are read-only mounts
	fills   bool // there are trees to be filled
	changes bool // there are trees that show what is kept elsewhere, and can be changed
	// emulators are the trees with emulated files.
	emulators []module.Emulator
	mappers   sync.Map // ids of processes that map emulated files
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

	rooted     atomic.Bool // a process has changed its root directory
	paths      pathCache
	cwdEra     atomic.Uint64    // counts changes of working directories
	identities sync.Map         // *identity by thread id
	inner      *intercept.Inner // or nil
	frames     frames
}

// mount is a tree in its place.
type mount struct {
	module.Traits
	target string
	tree   module.Tree
	filler module.Filler // or nil
	// emulator and changer are the tree if it is such, or nil. One that cannot be
	// changed is no changer.
	emulator module.Emulator
	changer  module.Changer
	root     string      // the tree's place on the host
	dir      int         // descriptor of the root, or of the directory that the file is in
	file     string      // the name in dir if the tree is a single file
	stat     unix.Stat_t // the root's
}

// New returns a view with mounts in the order in which they are made. The view
// owns their trees, also if it fails. Notice takes lines for the user.
func New(mounts []Mount, notice func(string)) (*View, error) {
	v := &View{
		host: -1, notice: notice, processes: map[int]*process{}, moving: map[int]ref{}, phantom: map[string][]string{}, roots: map[string][]*mount{},
		privileged: sys.HasCapability(unix.CAP_SETUID) && sys.HasCapability(unix.CAP_SETGID),
	}
	for _, m := range mounts {
		v.trees = append(v.trees, m.Tree)
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
	if len(v.mounts) > 0 {
		v.openInner()
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
	v.frames.close()
	if v.inner != nil {
		_ = v.inner.Close()
	}
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

var errNotAbsolute = errors.New("not an absolute path")

// mount makes one mount.
func (v *View) mount(asked Mount) error {
	if !filepath.IsAbs(asked.Target) {
		return errNotAbsolute
	}
	m, err := newMount(asked)
	if err != nil {
		return err
	}
	isDir := m.file == ""
	target, exists, err := v.locate(asked.Target, isDir)
	if err != nil {
		unix.Close(m.dir)
		return err
	}
	m.target = target
	if !exists {
		dir := namespace.Parent(target)
		v.phantom[dir] = append(v.phantom[dir], filepath.Base(target))
	}
	v.mounts = append(v.mounts, m)
	v.roots[m.root] = append(v.roots[m.root], m)
	v.table.Add(&namespace.Mount{Target: target, Tree: m})
	v.bound = v.bound || !m.Private
	v.guarded = v.guarded || m.ReadOnly
	v.fills = v.fills || m.filler != nil
	v.changes = v.changes || m.changer != nil
	if m.emulator != nil {
		v.emulators = append(v.emulators, m.emulator)
	}
	return nil
}

func newMount(asked Mount) (*mount, error) {
	m := &mount{Traits: asked.Tree.Traits(), tree: asked.Tree, root: asked.Tree.Root()}
	m.ReadOnly = m.ReadOnly || asked.ReadOnly
	m.filler, _ = asked.Tree.(module.Filler)
	if e, ok := asked.Tree.(module.Emulator); ok && e.Files() != nil {
		m.emulator = e
	}
	if !m.ReadOnly && m.emulator != nil {
		m.changer, _ = asked.Tree.(module.Changer)
	}
	if err := unix.Stat(m.root, &m.stat); err != nil {
		return nil, &os.PathError{Op: "stat", Path: m.root, Err: err}
	}
	dir := m.root
	if m.stat.Mode&unix.S_IFMT != unix.S_IFDIR {
		dir, m.file = filepath.Dir(m.root), filepath.Base(m.root)
	}
	var err error
	if m.dir, err = unix.Open(dir, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0); err != nil {
		return nil, &os.PathError{Op: "open", Path: dir, Err: err}
	}
	return m, nil
}

// locate finds the place of a target. Directories above it that do not exist
// are there from now on, in a tree of their own.
func (v *View) locate(target string, isDir bool) (place string, exists bool, err error) {
	found, e := v.table.Walk(v.look(nil, nil, nil), namespace.Start{Dir: "/", Root: "/"}, target, namespace.Options{Follow: true})
	switch {
	case e == abi.ENOENT && found.Kind == namespace.Missing:
		if err := v.raise(found.Place, target); err != nil {
			return "", false, err
		}
		return v.locate(target, isDir)
	case e != 0:
		return "", false, e
	case found.Kind == namespace.Missing:
		return found.Place, false, nil
	case isDir && found.Kind != namespace.Directory:
		return "", false, errors.New("a directory cannot be seen where a file is")
	case !isDir && found.Kind == namespace.Directory:
		return "", false, errors.New("a file cannot be seen where a directory is")
	}
	return found.Place, true, nil
}

// raise puts a tree of empty directories at place, the first that is missing
// on the way to target.
func (v *View) raise(place, target string) error {
	rel, err := filepath.Rel(place, filepath.Dir(filepath.Clean(target)))
	if err != nil || !filepath.IsLocal(rel) {
		return abi.ENOENT
	}
	tree, err := mem.New(0o755)
	if err != nil {
		return err
	}
	v.trees = append(v.trees, tree)
	if err := os.MkdirAll(filepath.Join(tree.Root(), rel), 0o755); err != nil {
		return err
	}
	return v.mount(Mount{Target: place, Tree: tree, ReadOnly: true})
}

// mountOf returns the mount that a place belongs to and its path there.
func (v *View) mountOf(place string) (*mount, string) {
	m, rel := v.table.Find(place)
	if m == nil {
		return nil, rel
	}
	return m.Tree.(*mount), rel
}

// TargetOf returns the target of the mount that a place belongs to, or "" for the
// host.
func (v *View) TargetOf(place string) string {
	if m, _ := v.mountOf(place); m != nil {
		return m.target
	}
	return ""
}

// spot is where a place is on the host: a name below a directory. The name is
// without links.
type spot struct {
	dir  int
	name string
}

func (v *View) spot(place string) spot {
	m, rel := v.mountOf(place)
	switch {
	case m != nil && m.file != "":
		return spot{m.dir, m.file}
	case rel == "":
		rel = "."
	}
	if m == nil {
		return spot{v.host, rel}
	}
	return spot{m.dir, rel}
}

// relative returns the path of a place of the mount below its root.
func (m *mount) relative(place string) string { return trimBelow(m.target, place) }

// hostPath returns the path of a place on the host.
func (v *View) hostPath(place string) string {
	m, rel := v.mountOf(place)
	if m == nil {
		return place
	}
	return namespace.Join(m.root, rel)
}

// placeOf returns the place of the view at which a host's path is seen. A tree
// of a bind mount has two: through says whether to take the mount's. What a
// mount covers has the mount's alone.
func (v *View) placeOf(host string, through func() bool) string {
	if !strings.HasPrefix(host, "/") {
		return host // such as "pipe:[1]"
	}
	covered := v.hostPath(host) != host
	for root := host; ; root = namespace.Parent(root) {
		for _, m := range v.roots[root] {
			if v.visible(m) && (m.Private || covered || through()) {
				return namespace.Join(m.target, trimBelow(root, host))
			}
		}
		if root == "/" {
			return host
		}
	}
}

// visible reports whether no later mount covers m.
func (v *View) visible(m *mount) bool {
	at := v.table.At(m.target)
	return at != nil && at.Tree == any(m)
}

// trimBelow returns the path of place below dir.
func trimBelow(dir, place string) string {
	if dir == "/" {
		return place[1:]
	}
	if len(place) == len(dir) {
		return ""
	}
	return place[len(dir)+1:]
}

// warn tells the user something once.
func (v *View) warn(what, message string) {
	if _, told := v.noticed.LoadOrStore(what, nil); !told {
		v.notice(message)
	}
}
