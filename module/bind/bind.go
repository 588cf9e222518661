// Package bind shows a directory or file of the host at another place.
package bind

import (
	"fmt"
	"os"
	"path/filepath"

	"penumbra/module"
)

type tree struct{ source, root string }

// New returns the tree at source, which must exist. Links in its path are
// followed now and never again.
func New(source string) (module.Tree, error) {
	root, err := filepath.Abs(source)
	if err == nil {
		root, err = filepath.EvalSymlinks(root)
	}
	if err == nil {
		_, err = os.Lstat(root)
	}
	if err != nil {
		return nil, fmt.Errorf("bind %q: %w", source, err)
	}
	return &tree{source, root}, nil
}

func (t *tree) Root() string { return t.root }

func (t *tree) Traits() module.Traits { return module.Traits{Kind: "none", Source: t.root} }

func (t *tree) Close() error { return nil }
