package remote

import (
	"context"
	"path"
	"slices"
	"strings"
	"sync"

	"penumbra/shadow/client"
	"penumbra/shadow/wire"
)

// Who reads one small file after the other of a directory will go on so. From the
// second on, some that follow by name are fetched as well, and each time that one
// was not among those, more.

const (
	smallSize = 64 << 10 // bytes; a larger file is not fetched ahead
	firstMany = 8        // files
	mostMany  = 1024
	mostBytes = 64 << 20 // that are kept for who may ask for them
)

// ahead is what was fetched before it was asked for.
type ahead struct {
	mu    sync.Mutex
	dirs  map[string]*reading
	files map[string]*fetched
	size  int64
	order []string // in which they came
	era   uint64   // counts what was forgotten
}

// reading is how the small files of a directory are read.
type reading struct {
	names  []string // sorted
	asked  map[string]bool
	many   int
	misses int
}

// fetched is a file, or one that is on its way.
type fetched struct {
	client.ReadResult
	done chan struct{}
}

func (a *ahead) start() { a.dirs, a.files = map[string]*reading{}, map[string]*fetched{} }

// listed notes which small files a directory has.
func (a *ahead) listed(dir string, small []string) {
	slices.Sort(small)
	a.mu.Lock()
	defer a.mu.Unlock()
	r := a.dirs[dir]
	if r == nil {
		r = &reading{}
		a.dirs[dir] = r
	}
	r.names, r.asked = small, map[string]bool{}
}

// take returns a file if it was fetched, waiting for it if it is on its way. Each is
// given once. What follows is fetched if that seems to be of use.
func (a *ahead) take(f *FS, name string) (client.ReadResult, bool) {
	a.mu.Lock()
	dir, base := path.Split(name)
	dir = path.Clean(dir)
	got := a.files[name]
	if r := a.dirs[dir]; r != nil {
		a.plan(f, r, dir, base, got != nil)
	}
	a.mu.Unlock()
	if got == nil {
		return client.ReadResult{}, false
	}
	<-got.done
	a.mu.Lock()
	defer a.mu.Unlock()
	ok := a.files[name] == got && got.Err == nil // and nobody has forgotten it
	a.drop(name)
	return got.ReadResult, ok
}

// plan fetches what is likely to be asked for after base.
func (a *ahead) plan(f *FS, r *reading, dir, base string, hit bool) {
	r.asked[base] = true
	if !hit {
		r.misses++
	}
	at, _ := slices.BinarySearch(r.names, base)
	next := func(i int) string { return r.names[(at+i)%len(r.names)] }
	if r.misses < 2 || len(r.names) == 0 {
		return
	}
	if hit && at+r.many/2 < len(r.names) && r.asked[next(r.many/2)] {
		return // half of what was fetched is yet to be read
	}
	r.many = min(max(4*r.many, firstMany), mostMany)
	var names []string
	for i := 1; i < len(r.names) && len(names) < r.many; i++ {
		if n := next(i); !r.asked[n] {
			r.asked[n] = true
			names = append(names, n)
		}
	}
	if len(names) > 0 {
		a.fetch(f, dir, names)
	}
}

// fetch has files come. a.mu is held.
func (a *ahead) fetch(f *FS, dir string, names []string) {
	const group = 64
	for some := range slices.Chunk(names, group) {
		files := make([]*fetched, len(some))
		paths := make([]string, len(some))
		for i, n := range some {
			files[i] = &fetched{done: make(chan struct{})}
			a.files[path.Join(dir, n)] = files[i]
			paths[i] = f.path(path.Join(dir, n))
		}
		go func() {
			got, err := f.process.ReadFiles(context.Background(), wire.CWD, paths, smallSize)
			a.mu.Lock()
			defer a.mu.Unlock()
			for i, file := range files {
				if file.ReadResult.Err = err; err == nil {
					file.ReadResult = got[i]
				}
				if name := path.Join(dir, some[i]); a.files[name] == file {
					a.keep(name, file)
				}
				close(file.done)
			}
		}()
	}
}

// keep counts a file that has come, and drops others if there are too many.
func (a *ahead) keep(name string, file *fetched) {
	if file.Err != nil || int64(len(file.Data)) < file.Attr.Size {
		delete(a.files, name)
		return
	}
	a.size += int64(len(file.Data))
	a.order = append(a.order, name)
	for a.size > mostBytes && len(a.order) > 1 {
		a.drop(a.order[0])
		a.order = a.order[1:]
	}
	if len(a.order) > 2*len(a.files)+mostMany { // most were taken
		a.order = slices.DeleteFunc(a.order, func(name string) bool { return a.files[name] == nil })
	}
}

func (a *ahead) drop(name string) {
	if file := a.files[name]; file != nil {
		a.size -= int64(len(file.Data))
		delete(a.files, name)
	}
}

// forget drops a file that has changed.
func (a *ahead) forget(name string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.drop(name)
}

// forgetIn drops what is directly in a directory.
func (a *ahead) forgetIn(dir string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.dirs, dir)
	for name := range a.files {
		if path.Dir(name) == dir || strings.HasPrefix(name, dir+"/") {
			a.drop(name)
		}
	}
}

func (a *ahead) forgetAll() {
	a.mu.Lock()
	defer a.mu.Unlock()
	clear(a.dirs)
	for name := range a.files {
		a.drop(name)
	}
}
