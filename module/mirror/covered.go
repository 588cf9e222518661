package mirror

import (
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/unix"

	"penumbra/module"
)

// A guest may mount something in the tree (mount(2)). What is there then is not what
// the tree shows, but the guest's own.

// isOurs reports whether what was found in the tree is the tree's.
func (t *Tree) isOurs(info fs.FileInfo) bool {
	st, ok := info.Sys().(*syscall.Stat_t)
	return !ok || st.Dev == t.device
}

// isCovered reports whether what a change is about is not the tree's.
func (t *Tree) isCovered(c module.Change) bool {
	host := t.host(c.Name)
	switch c.Op {
	case module.Chmod, module.Chown, module.Chtimes:
	default:
		host = filepath.Dir(host) // the name is there
	}
	device, err := deviceAt(host)
	return err == nil && device != t.device
}

// holdsOthers reports whether something is mounted at or below a name.
func (t *Tree) holdsOthers(name string) (holds bool) {
	_ = filepath.WalkDir(t.host(name), func(at string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			device, err := deviceAt(at)
			holds = holds || err == nil && device != t.device
		}
		if holds {
			return fs.SkipAll
		}
		return nil
	})
	return holds
}

func deviceAt(host string) (uint64, error) {
	var st unix.Stat_t
	if err := unix.Lstat(host, &st); err != nil {
		return 0, &os.PathError{Op: "stat", Path: host, Err: err}
	}
	return st.Dev, nil
}
