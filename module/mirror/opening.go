package mirror

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"penumbra/abi"
	"penumbra/vft"
)

// An Expecter is an fs.File that may turn out to be another than its name had
// before: reading that fails then, with ESTALE.
type Expecter interface{ Expect(inode any) }

// expect says which file is meant, if that is known.
func expect(f any, inode any) {
	if e, ok := f.(Expecter); ok && inode != nil {
		e.Expect(inode)
	}
}

// open opens the copy of a file, and the file.
func (t *Tree) open(n *node) (host *os.File, source vft.Source, err error) {
	err = t.elsewhere(func() error {
		t.naming.RLock()
		defer t.naming.RUnlock()
		if len(n.names) == 0 {
			return fs.ErrNotExist
		}
		if host, err = openHost(t.host(n.names[0]), os.O_RDONLY); err != nil {
			return err
		}
		if source, err = t.openSource(n); err != nil {
			host.Close()
		}
		return err
	})
	return host, source, err
}

// written ends a write-back: the file gets the time at which it was written.
func (t *Tree) written(n *node, source vft.Source, when time.Time) error {
	return t.elsewhere(func() error {
		return source.(*upgrading).settle(when, func() {
			w, ok := t.writer.(ChtimesFS)
			t.naming.RLock()
			defer t.naming.RUnlock()
			if ok && len(n.names) > 0 {
				_ = w.Chtimes(n.names[0], time.Time{}, when) // an error: it is a little younger
			}
		})
	})
}

// openSource opens a file for reading, and for writing when it is written to.
func (t *Tree) openSource(n *node) (vft.Source, error) {
	name := n.names[0]
	f, err := t.fsys.Open(name)
	if err != nil {
		return nil, fmt.Errorf("open %q: %w", name, err)
	}
	expect(f, n.inode)
	source, ok := sourceOf(f)
	if !ok {
		source = &sequential{file: f, open: func() (fs.File, error) { return t.fsys.Open(name) }}
	}
	return &upgrading{Source: source, open: func() (source vft.Source, err error) {
		err = t.elsewhere(func() error {
			t.naming.RLock()
			defer t.naming.RUnlock()
			source, err = t.openToWrite(n)
			return err
		})
		return source, err
	}}, nil
}

func (t *Tree) openToWrite(n *node) (vft.Source, error) {
	if t.writer == nil {
		return nil, abi.EROFS
	}
	if len(n.names) == 0 {
		return nil, fs.ErrNotExist
	}
	name := n.names[0]
	f, err := t.writer.OpenFile(name, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrPermission) {
		f, err = t.openDenied(name, err)
	}
	if err != nil {
		return nil, fmt.Errorf("open %q for writing: %w", name, err)
	}
	source, ok := sourceOf(f)
	if !ok {
		return nil, errors.Join(fmt.Errorf("open %q: it can be written from its begin only", name), abi.EROFS, f.Close())
	}
	return source, nil
}

// openDenied opens a file whose permissions deny it by now: the guest opened it
// when they did not, or made it with these.
func (t *Tree) openDenied(name string, denied error) (fs.File, error) {
	w, ok := t.writer.(ChmodFS)
	info, err := fs.Lstat(t.fsys, name)
	if !ok || err != nil || w.Chmod(name, info.Mode()|0o200) != nil {
		return nil, denied
	}
	f, err := t.writer.OpenFile(name, os.O_RDWR, 0)
	_ = w.Chmod(name, info.Mode())
	return f, err
}

// openHost opens a copy, whatever its permissions.
func openHost(name string, flag int) (*os.File, error) {
	f, err := os.OpenFile(name, flag, 0)
	if !errors.Is(err, fs.ErrPermission) {
		return f, err
	}
	info, err := os.Lstat(name)
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(name, 0o600); err != nil {
		return nil, err
	}
	f, err = os.OpenFile(name, flag, 0)
	return f, errors.Join(err, os.Chmod(name, info.Mode()))
}
