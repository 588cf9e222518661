package penumbra

import (
	"fmt"
	"io/fs"

	"penumbra/abi"
	"penumbra/intercept"
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

// layers is the policy of hooks before a view: a hook decides first, and what
// it lets run is the view's. Both cannot want the same call at different doors.
type layers struct {
	*view.View
	hooks *hooks
}

func newLayers(h *hooks, v *view.View) (*layers, error) {
	for _, s := range abi.Syscalls() {
		for a := range abi.Arch(abi.NumArch) {
			if _, ok := s.On(a); !ok {
				continue
			}
			one, other := h.Interest(a, s), v.Interest(a, s)
			for _, r := range v.Refine() {
				if r.Call == s.Name && other == intercept.Ignore {
					other = r.Interest
				}
			}
			if one != intercept.Ignore && other != intercept.Ignore && one != other {
				kind := map[intercept.Interest]string{intercept.Answer: "Answer", intercept.Observe: "Enter and Exit"}[other]
				return nil, fmt.Errorf("penumbra: hook for %s: with mounts a hook for this call has to be of the kind %s", s.Name, kind)
			}
		}
	}
	return &layers{v, h}, nil
}

func (l *layers) Interest(a abi.Arch, s *abi.Syscall) intercept.Interest {
	return max(l.hooks.Interest(a, s), l.View.Interest(a, s))
}

func (l *layers) Enter(c *Call) Verdict {
	mine := l.hooks.Enter(c)
	if mine != Run && mine != Watch {
		return mine
	}
	v := l.View.Enter(c)
	if v == Run {
		return mine
	}
	return v
}

func (l *layers) Exit(c *Call) {
	l.View.Exit(c)
	l.hooks.Exit(c)
}

// Inner implements intercept.Insider: hooks hear of every call.
func (l *layers) Inner() *intercept.Inner { return nil }
