package view

import (
	"errors"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/module"
	"penumbra/module/mem"
	"penumbra/namespace"
)

// mount is a tree in its place.
type mount struct {
	module.Traits
	target   string
	tree     module.Tree
	filler   module.Filler   // or nil
	foreseer module.Foreseer // likewise
	// emulator and changer are the tree if it is such, or nil. One that cannot be
	// changed is no changer.
	emulator module.Emulator
	changer  module.Changer
	extended module.Extended // or nil, of one with emulated files
	root     string          // the tree's place on the host
	dir      int             // descriptor of the root, or of the directory that the file is in
	file     string          // the name in dir if the tree is a single file
	stat     unix.Stat_t     // the root's
	raised   bool            // it makes up for directories above a target
	hidden   bool            // it is seen in another view alone
}

var errNotAbsolute = errors.New("not an absolute path")

// mount makes one mount.
func (v *View) mount(asked Mount) error {
	if !filepath.IsAbs(asked.Target) {
		return errNotAbsolute
	}
	if asked.Tree == nil {
		target, _, err := v.locate(asked.Target, isDirectory(asked.Target))
		if err == nil {
			v.table.Add(&namespace.Mount{Target: target, Host: true})
		}
		return err
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
	v.foresees = v.foresees || m.foreseer != nil
	v.changes = v.changes || m.changer != nil
	v.extended = v.extended || m.extended != nil
	if m.emulator != nil {
		v.emulators = append(v.emulators, m.emulator)
	}
	return nil
}

func newMount(asked Mount) (*mount, error) {
	m := &mount{Traits: asked.Tree.Traits(), tree: asked.Tree, root: asked.Tree.Root()}
	m.ReadOnly = m.ReadOnly || asked.ReadOnly
	m.filler, _ = asked.Tree.(module.Filler)
	m.foreseer, _ = asked.Tree.(module.Foreseer)
	if e, ok := asked.Tree.(module.Emulator); ok && e.Files() != nil {
		m.emulator = e
	}
	if c, ok := asked.Tree.(module.Changer); ok && m.emulator != nil {
		m.extended = c.Extended()
		if !m.ReadOnly {
			m.changer = c
		}
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
	found, e := v.table.Walk(v.look(nil, walker{host: v.host}, nil), namespace.Start{Dir: "/", Root: "/"}, target, namespace.Options{Follow: true})
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
	if err := v.mount(Mount{Target: place, Tree: tree, ReadOnly: true}); err != nil {
		return err
	}
	v.mounts[len(v.mounts)-1].raised = true
	return nil
}

// mountOf returns the mount that a place belongs to and its path there.
func (v *View) mountOf(place string) (*mount, string) {
	m, rel := v.table.Find(place)
	switch {
	case m == nil:
		return nil, rel
	case m.Host:
		return nil, place[1:]
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

// spot returns where a place is for who sees the host from that root.
func (v *View) spot(host int, place string) spot {
	m, rel := v.mountOf(place)
	switch {
	case m != nil && m.file != "":
		return spot{m.dir, m.file}
	case rel == "":
		rel = "."
	}
	if m == nil {
		return spot{host, rel}
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
	if place, ok := v.placeOfCopy(host); ok {
		return place
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

// visible reports whether no later mount covers m. One that is hidden counts as if it
// were seen, for it tells the place of what is opened in its tree.
func (v *View) visible(m *mount) bool {
	if m.hidden {
		return true
	}
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
