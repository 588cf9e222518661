package view

import (
	"fmt"

	"golang.org/x/sys/unix"

	"penumbra/guest"
)

// Beside returns a view of the same guest that lacks those mounts of v that hide
// names by their targets. A path there leads to what those cover; but a directory
// in the tree of one, by its descriptor or as the working directory, still means
// its place. So threads may go from one view to the other. It has to be closed
// before v is. It takes no part in what goes by descriptor: that is v's.
func (v *View) Beside(hide func(target string) bool) (*View, error) {
	v.split = true
	b, err := New(nil, v.notice)
	if err != nil {
		return nil, err
	}
	b.split, b.start = true, v.start
	for _, m := range v.mounts {
		switch {
		case m.raised:
		case hide(m.target):
			err = b.hide(m)
		default:
			err = b.mount(Mount{Target: m.target, Tree: m.tree, ReadOnly: m.ReadOnly})
		}
		if err != nil {
			_ = b.Close()
			return nil, fmt.Errorf("mount at %q: %w", m.target, err)
		}
	}
	return b, nil
}

// hide notes where the tree of another view's mount lies. That of a bind mount is a
// directory like others.
func (v *View) hide(m *mount) error {
	if !m.Private {
		return nil
	}
	h, err := newMount(Mount{Target: m.target, Tree: m.tree, ReadOnly: m.ReadOnly})
	if err != nil {
		return err
	}
	h.target, h.hidden = m.target, true
	v.mounts = append(v.mounts, h)
	v.roots[h.root] = append(v.roots[h.root], h)
	return nil
}

// Follow notes that another view may have led t's process into another working, or
// root, directory.
func (v *View) Follow(t *guest.Thread) {
	v.moved()
	root := readLink(fmt.Sprintf("/proc/%d/root", t.ID()))
	p := v.record(t)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cwd, p.bound = origin{}, nil
	if root != "/" && root != "" {
		p.root = v.placeOf(root, func() bool { return false })
		v.rooted.Store(true)
	}
}

// WorkingDirectory returns the place of t's working directory, or "" if it has none.
func (v *View) WorkingDirectory(t *guest.Thread) string { return v.startOf(t, unix.AT_FDCWD).place }

// Lead has relative paths of t's next call start at a place instead of its working
// directory, until the returned function is called.
func (v *View) Lead(t *guest.Thread, place string) (end func()) {
	v.led.Store(t.ID(), origin{place, true})
	return func() { v.led.Delete(t.ID()) }
}
