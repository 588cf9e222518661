package mirror

import (
	"path"
	"slices"

	"penumbra/vft"
)

// A LockFS is an fs.FS with files that others use, too. Locker returns what locks a
// file against them, or nil if nothing does. If inode is not nil and the name is
// another file's by then, its locks fail with ESTALE.
type LockFS interface {
	Locker(name string, inode any) vft.Locker
}

// locker returns what locks a file for all who use it here. One without a name has
// none: nobody else can reach it.
func (t *Tree) locker(n *node) (vft.Locker, error) {
	t.naming.RLock()
	defer t.naming.RUnlock()
	if len(n.names) == 0 {
		return nil, nil
	}
	return t.fsys.(LockFS).Locker(n.names[0], n.inode), nil
}

// lookAgain has the directories of a file read anew: what they told of it while it
// was locked was not believed.
func (t *Tree) lookAgain(n *node) {
	t.naming.RLock()
	names := slices.Clone(n.names)
	t.naming.RUnlock()
	for _, name := range names {
		t.Stale(path.Dir(name))
	}
}
