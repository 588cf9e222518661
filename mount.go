package penumbra

import (
	"fmt"
	"io/fs"
	"path"

	"penumbra/module"
	"penumbra/module/mirror"
	"penumbra/view"
)

// emulateFrom is the size from which a file of an fs.FS comes piece by piece, if it
// can. A smaller one is copied in less time than asking about its reads takes.
const emulateFrom = 1 << 20

// Mount has the program see fsys at target, an absolute path that need not
// exist. It sees regular files, directories and, if fsys implements
// [io/fs.ReadLinkFS], symbolic links, all read-only unless fsys is a
// [penumbra/module/mirror.WriteFS]. A directory's names are read when it is first
// looked at and a file's content when it is first opened or, of a large file that
// is an [io.ReaderAt], when it is read; they are kept in a private directory until
// the program ends, so that changes of fsys by others after that are not seen.
//
// The program's changes of names are made in fsys at once. What it writes to files
// is written back at fsync, msync and close, which tell of errors, and at the
// latest when the program has ended; an error then is a line for Notice.
//
// Of mounts at the same place, or above one another, the later one covers the
// earlier.
func (c *Cmd) Mount(target string, fsys fs.FS) {
	c.mounts = append(c.mounts, func(notice func(string)) (view.Mount, error) {
		tree, err := mirror.New(fsys, mirror.Options{
			Kind: "fs", Source: fmt.Sprintf("%T", fsys), EmulateFrom: emulateFrom,
			Failed: func(name string, err error) {
				notice(fmt.Sprintf("%s cannot be written back: %v", path.Join(target, name), err))
			},
		})
		return view.Mount{Target: target, Tree: tree}, err
	})
}

// MountTree has the program see tree at target, as Mount does: a directory of
// the host (package [penumbra/module/bind]), or one that begins empty
// ([penumbra/module/mem]), which the program may change unless readOnly is set.
// Start takes the tree over, and it is closed when the program has ended.
func (c *Cmd) MountTree(target string, tree module.Tree, readOnly bool) {
	c.mounts = append(c.mounts, func(func(string)) (view.Mount, error) {
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
		m, err := make(notice)
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
