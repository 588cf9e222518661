package mirror

import (
	"errors"
	"io/fs"
	"path"
	"sync"
)

// What is told of a name may be older than a change of our own. So it puts the name in
// doubt: it is looked at when its directory is looked at next. Where too many names of a
// directory are in doubt, all of that is read anew.
const mostDoubts = 16

// doubt has a name of a directory that is shown looked at again. t.mu is held.
func (t *Tree) doubt(dir, name string) {
	_, looks := t.fsys.(fs.ReadLinkFS)
	if !looks || !t.listed[dir] || len(t.doubts[dir]) == mostDoubts && !t.doubts[dir][name] {
		t.stale(dir)
		return
	}
	if t.doubts[dir] == nil {
		t.doubts[dir] = map[string]bool{}
	}
	t.doubts[dir][name] = true
	t.refill()
}

// check has names of a directory shown as they are. If that fails the directory does not
// count as listed any more.
func (t *Tree) check(dir string, l *listing, names map[string]bool) {
	var wg sync.WaitGroup
	var mu sync.Mutex
	entries := map[string]*entry{} // nil: there is no such name
	var failed error
	for name := range names {
		wg.Go(func() {
			e, err := t.lookAt(dir, name)
			mu.Lock()
			defer mu.Unlock()
			if entries[name] = e; err != nil {
				failed = err
			}
		})
	}
	info, err := fs.Stat(t.fsys, dir)
	wg.Wait()
	t.mu.Lock()
	defer t.mu.Unlock()
	if err != nil || failed != nil {
		t.stale(dir)
		return
	}
	changed := false
	for name, e := range entries {
		if !l.touched[name] && t.recheck(path.Join(dir, name), l, e) {
			changed = true
		}
	}
	if changed && len(l.touched) == 0 {
		_ = t.dress(dir, info) // an error: it has gone
	}
}

// lookAt returns what a directory holds by a name, or nil.
func (t *Tree) lookAt(dir, name string) (*entry, error) {
	info, err := fs.Lstat(t.fsys, path.Join(dir, name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	e, err := t.entryOf(dir, name, info)
	return &e, err
}

// recheck shows a name as it is, and reports whether it was shown otherwise.
func (t *Tree) recheck(name string, l *listing, e *entry) (changed bool) {
	if e == nil {
		if t.shows(name, nil) {
			return false
		}
		t.vanish(name)
		return true
	}
	changed = !t.shows(name, e.FileInfo)
	t.renew(name, l, *e)
	return changed
}
