package remote

import (
	"context"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"penumbra/shadow/client"
	"penumbra/shadow/wire"
)

// What is asked for before the guest asks: the small files, and the directories, that
// it comes to next on its way through a directory (course), and where a path of its
// may lead (Foresee).

const (
	smallSize  = 64 << 10 // bytes; a larger file is not fetched ahead
	mostBytes  = 64 << 20 // of files that are kept for who may ask for them
	mostLists  = 512      // directories likewise
	mostDirs   = 1024     // that it is noted of how they are gone through
	mostForAll = 8 << 20  // bytes; the files of a directory that has less are fetched for who takes them in no order
	firstLists = 32       // directories, of one that was fetched for who goes through its like
)

// ahead is what was fetched before it was asked for.
type ahead struct {
	mu    sync.Mutex
	dirs  map[string]*dir
	last  []string // of them, in the order in which they were listed
	files shelf[client.ReadResult]
	lists shelf[*listing]
	size  int64           // of files
	given map[string]bool // directories that were listed: what is fetched before that may be older than what the guest has made since
}

// dir is a directory that was listed.
type dir struct {
	attrs       map[string]*wire.Attr // of the small files
	files, subs *course
}

// shelf holds what was fetched, or is on its way, by name.
type shelf[T any] struct {
	items map[string]*item[T]
	order []string // in which they came
}

type item[T any] struct {
	done chan struct{}
	got  T
	ok   bool
}

func (s *shelf[T]) put(name string) *item[T] {
	one := &item[T]{done: make(chan struct{})}
	s.items[name] = one
	if s.order = append(s.order, name); len(s.order) > 2*len(s.items)+mostMany { // most were taken
		s.order = slices.DeleteFunc(s.order, func(name string) bool { return s.items[name] == nil })
	}
	return one
}

// oldest takes the name that came first from the order.
func (s *shelf[T]) oldest() string {
	name := s.order[0]
	s.order = s.order[1:]
	return name
}

func (a *ahead) start() {
	a.dirs, a.given = map[string]*dir{}, map[string]bool{}
	a.files.items, a.lists.items = map[string]*item[client.ReadResult]{}, map[string]*item[*listing]{}
}

// listed notes what a directory has.
func (a *ahead) listed(name string, l *listing) {
	var small, subs []string
	var bytes int64
	attrs := map[string]*wire.Attr{}
	for _, e := range l.entries {
		switch attr := &e.(*info).attr; {
		case attr.Type == wire.TypeDirectory:
			subs = append(subs, e.Name())
		case attr.Type == wire.TypeRegular && attr.Size > 0 && attr.Size <= smallSize:
			small = append(small, e.Name())
			attrs[e.Name()] = attr
			bytes += attr.Size
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.dirs[name] = &dir{attrs, newCourse(small, bytes, 1, 2), newCourse(subs, 0, 2, 1)}
	if a.last = append(a.last, name); len(a.last) > mostDirs {
		delete(a.dirs, a.last[0])
		a.last = a.last[1:]
	}
}

func split(name string) (dir, base string) { return path.Dir(name), path.Base(name) }

// takeFile returns a file if it was fetched, waiting for it if it is on its way. Each
// is given once.
func (a *ahead) takeFile(f *FS, name string) (client.ReadResult, bool) {
	parent, base := split(name)
	a.mu.Lock()
	one, d := a.files.items[name], a.dirs[parent]
	if d != nil {
		a.fetch(f, parent, d.files.next(base, one != nil, mostForAll))
	}
	a.mu.Unlock()
	if one == nil {
		return client.ReadResult{}, false
	}
	<-one.done
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.files.items[name] != one {
		return client.ReadResult{}, false // somebody has forgotten it
	}
	a.dropFile(name)
	// It may have been read before the lease began: is it the one that was listed?
	ok := one.ok && d != nil && d.attrs[base] != nil && isSame(d.attrs[base], &one.got.Attr)
	return one.got, ok
}

// hasFile reports whether takeFile would find a file, without waiting.
func (a *ahead) hasFile(name string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	one := a.files.items[name]
	return one != nil && one.ok
}

func isSame(a, b *wire.Attr) bool {
	return a.ID == b.ID && a.Size == b.Size && a.Mtime == b.Mtime && a.Ctime == b.Ctime
}

// fetch has files come. a.mu is held.
func (a *ahead) fetch(f *FS, dir string, names []string) {
	const group = 64
	for some := range slices.Chunk(names, group) {
		files := make([]*item[client.ReadResult], len(some))
		paths := make([]string, len(some))
		for i, base := range some {
			name := path.Join(dir, base)
			files[i], paths[i] = a.files.put(name), f.path(name)
		}
		go func() {
			got, err := f.process.ReadFiles(context.Background(), wire.CWD, paths, smallSize)
			a.mu.Lock()
			defer a.mu.Unlock()
			for i, one := range files {
				if err == nil {
					one.got = got[i]
				}
				a.came(path.Join(dir, some[i]), one, err == nil)
				close(one.done)
			}
		}()
	}
}

// came keeps a file that has come, and drops others if there are too many.
func (a *ahead) came(name string, file *item[client.ReadResult], ok bool) {
	got := &file.got
	if a.files.items[name] != file {
		return // somebody has forgotten it
	}
	if file.ok = ok && got.Err == nil && int64(len(got.Data)) >= got.Attr.Size; !file.ok {
		delete(a.files.items, name)
		return
	}
	a.size += int64(len(got.Data))
	for a.size > mostBytes && len(a.files.order) > 1 {
		a.dropFile(a.files.oldest())
	}
}

func (a *ahead) dropFile(name string) {
	if file := a.files.items[name]; file != nil {
		if file.ok {
			a.size -= int64(len(file.got.Data))
		}
		delete(a.files.items, name)
	}
}

// takeList returns a directory's listing if it was fetched, as takeFile does.
func (a *ahead) takeList(f *FS, name string) *listing {
	parent, base := split(name)
	a.mu.Lock()
	one := a.lists.items[name]
	a.given[name] = true
	if d := a.dirs[parent]; d != nil && name != "." {
		for _, sub := range d.subs.next(base, one != nil, inOrder) {
			a.list(f, path.Join(parent, sub))
		}
	}
	a.mu.Unlock()
	if one == nil {
		return nil
	}
	<-one.done
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.lists.items[name] != one {
		return nil
	}
	delete(a.lists.items, name)
	if !one.ok || !one.got.held && time.Since(one.got.came) > unwatched {
		return nil
	}
	a.deeper(f, name, one.got)
	return one.got
}

// list has a directory's listing come. a.mu is held.
func (a *ahead) list(f *FS, name string) {
	if a.given[name] || a.lists.items[name] != nil {
		return
	}
	one := a.lists.put(name)
	for len(a.lists.items) > mostLists {
		old := a.lists.oldest()
		if a.lists.items[old] != nil {
			delete(a.lists.items, old)
			go f.unwatch(old)
		}
	}
	go func() {
		l := f.list(name)
		a.mu.Lock()
		defer a.mu.Unlock()
		one.got, one.ok = l, l.err == nil
		close(one.done)
		if l.err == nil {
			a.deeper(f, name, l)
		}
	}()
}

// isGiven reports whether a directory was listed.
func (a *ahead) isGiven(name string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.given[name]
}

// deeper has the directories in one that was fetched come as well, if those that
// were fetched with it were of use: who goes through them goes into them.
func (a *ahead) deeper(f *FS, name string, l *listing) {
	parent, _ := split(name)
	d := a.dirs[parent]
	if d == nil || d.subs.hits < 2 {
		return
	}
	n := 0
	for _, e := range l.entries {
		if e.IsDir() && n < firstLists && len(a.lists.items) < mostLists/2 {
			a.list(f, path.Join(name, e.Name()))
			n++
		}
	}
}

// Foresee implements mirror.ForeseeFS.
func (f *FS) Foresee(dirs []string, file string) {
	a := &f.ahead
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, name := range dirs {
		a.list(f, name)
	}
	if file != "" && a.files.items[file] == nil {
		parent, base := split(file)
		a.fetch(f, parent, []string{base})
	}
}

// forget drops a name of which something has changed, and what was fetched of the
// directory that it is in.
func (a *ahead) forget(name string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	parent, base := split(name)
	a.dropFile(name)
	delete(a.lists.items, parent)
	if d := a.dirs[parent]; d != nil {
		delete(d.attrs, base)
	}
}

// forgetIn drops what is in a directory.
func (a *ahead) forgetIn(dir string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	below := func(name string) bool { return dir == "." || name == dir || strings.HasPrefix(name, dir+"/") }
	for name := range a.dirs {
		if below(name) {
			delete(a.dirs, name)
		}
	}
	for name := range a.lists.items {
		if below(name) {
			delete(a.lists.items, name)
		}
	}
	for name := range a.files.items {
		if below(name) {
			a.dropFile(name)
		}
	}
}
