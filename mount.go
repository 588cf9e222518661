package penumbra

import (
	"fmt"
	"io/fs"

	"penumbra/module"
	"penumbra/module/mirror"
	"penumbra/view"
)

// Mount has the program see fsys at target, an absolute path that need not
// exist. It sees regular files, directories and, if fsys implements
// [io/fs.ReadLinkFS], symbolic links, all read-only. A directory's names are
// read when it is first looked at and a file's content when it is first opened;
// they are kept in a private directory until the program ends, so that
// changes of fsys after that are not seen.
//
// Of mounts at the same place, or above one another, the later one covers the
// earlier.
func (c *Cmd) Mount(target string, fsys fs.FS) {
	c.mounts = append(c.mounts, func() (view.Mount, error) {
		tree, err := mirror.New(fsys, mirror.Options{Kind: "fs", Source: fmt.Sprintf("%T", fsys)})
		return view.Mount{Target: target, Tree: tree}, err
	})
}

// MountTree has the program see tree at target, as Mount does: a directory of
// the host (package [penumbra/module/bind]), or one that begins empty
// ([penumbra/module/mem]), which the program may change unless readOnly is set.
// Start takes the tree over, and it is closed when the program has ended.
func (c *Cmd) MountTree(target string, tree module.Tree, readOnly bool) {
	c.mounts = append(c.mounts, func() (view.Mount, error) {
		return view.Mount{Target: target, Tree: tree, ReadOnly: readOnly}, nil
	})
}

// openView returns the view that c's mounts make, or nil if there are none.
func (c *Cmd) openView(notice func(string)) (*view.View, error) {
	if len(c.mounts) == 0 {
		return nil, nil
	}
	var list []view.Mount
	for _, make := range c.mounts {
		m, err := make()
		if err != nil {
			for _, made := range list {
				_ = made.Tree.Close()
			}
			return nil, fmt.Errorf("penumbra: mount at %q: %w", m.Target, err)
		}
		list = append(list, m)
	}
	v, err := view.New(list, notice)
	if err != nil {
		return nil, fmt.Errorf("penumbra: %w", err)
	}
	return v, nil
}
