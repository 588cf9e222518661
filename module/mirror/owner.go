package mirror

import (
	"io/fs"

	"golang.org/x/sys/unix"
)

// owner is who a file belongs to where it is kept.
type owner struct{ uid, gid int }

// KeepOwners implements module.Owned.
func (t *Tree) KeepOwners() {
	t.mu.Lock()
	t.owners = map[id]owner{}
	t.mu.Unlock()
	t.AllStale()
}

// OwnerOf implements module.Owned.
func (t *Tree) OwnerOf(dev, ino uint64) (uid, gid int, known bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	o, known := t.owners[id{dev, ino}]
	return o.uid, o.gid, known
}

// keepOwner notes who the file of a copy belongs to, if that is asked for. t.mu is
// held.
func (t *Tree) keepOwner(st *unix.Stat_t, info fs.FileInfo) {
	if uid, gid, ok := t.ownerOf(info); ok && t.owners != nil {
		t.owners[idOf(st)] = owner{uid, gid}
	}
}

// isOwned reports whether it is known that the file of a copy belongs to whom info
// says.
func (t *Tree) isOwned(st *unix.Stat_t, info fs.FileInfo) bool {
	uid, gid, ok := t.ownerOf(info)
	return t.owners == nil || !ok || t.owners[idOf(st)] == owner{uid, gid}
}
