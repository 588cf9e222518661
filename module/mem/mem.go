// Package mem shows a directory that begins empty and is gone after the run: a
// tmpfs. It lies on the host's own tmpfs if that allows programs to be run, and
// otherwise among the temporary files.
package mem

import (
	"fmt"
	"os"

	"penumbra/module"
	"penumbra/module/scratch"
)

type tree struct{ *scratch.Dir }

// New returns an empty tree whose root has the given permissions, as chmod(2)
// takes them.
func New(mode uint32) (module.Tree, error) {
	dir, err := scratch.New()
	if err != nil {
		return nil, fmt.Errorf("tmpfs: %w", err)
	}
	if err := os.Chmod(dir.Path(), os.FileMode(mode&0o777)|sticky(mode)); err != nil {
		_ = dir.Close()
		return nil, fmt.Errorf("tmpfs: %w", err)
	}
	return tree{dir}, nil
}

func sticky(mode uint32) os.FileMode {
	if mode&0o1000 != 0 {
		return os.ModeSticky
	}
	return 0
}

func (t tree) Root() string { return t.Path() }

func (t tree) Traits() module.Traits {
	return module.Traits{Kind: "tmpfs", Source: "tmpfs", Private: true}
}
