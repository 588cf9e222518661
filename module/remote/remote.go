// Package remote shows the files of a shadow. It is a mirror of them (package
// mirror): names and attributes come a directory at a time and stay as long as the
// shadow's lease says that they are true; content comes as it is read, and small
// files a few before they are asked for; what is written goes back at fsync, close
// and the like, and tells of errors there.
//
// # Locks
//
// FS.mu, and ahead.mu, methods.mu or xattrs.mu, in this order, guard what stands below them. No call is made
// while one of them is held, nor is the tree told anything.
package remote

import (
	"context"
	"io/fs"
	"path"
	"slices"
	"sync"
	"time"

	"penumbra/module/mirror"
	"penumbra/shadow/client"
	"penumbra/shadow/wire"
)

// unwatched is for how long a directory is believed that the shadow has no lease
// for.
const unwatched = time.Second

// FS is a directory of a shadow as a mirror.WriteFS.
type FS struct {
	process *client.Process
	root    string
	ahead   ahead
	methods methods
	meter   meter
	xattrs  xattrs
	waiting chan struct{} // for locks, mostWaiting at a time

	mu      sync.Mutex
	tree    *mirror.Tree
	begun   *wire.Attr        // the root's, until there is a tree
	leases  map[uint32]string // directories, by lease
	held    map[string]uint32 // the reverse
	lockers map[*locker]bool
	heard   []client.Change // that the tree was not told of yet; if there are any somebody is about to
}

// New returns a mirror of the directory root, an absolute path of the shadow. The
// process is for the tree alone. Failed is that of mirror.Options. FS.Hear has to be
// told what the client's Config.Changed is.
func New(p *client.Process, source, root string, a Access, failed func(name string, err error)) (*mirror.Tree, *FS, error) {
	f := &FS{process: p, root: path.Clean(root), leases: map[uint32]string{}, held: map[string]uint32{}, lockers: map[*locker]bool{}, waiting: make(chan struct{}, mostWaiting)}
	f.ahead.start()
	f.xattrs.start()
	f.startMethods(a)
	if dir, attr := p.Begun(); dir == f.root {
		f.begun = &attr
	}
	tree, err := mirror.New(f, mirror.Options{Kind: "shadow", Source: source, Failed: failed, Close: f.methods.assembly.Close,
		Anywhere: true, Aggravate: a.Aggravate})
	if err != nil {
		return nil, nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.tree, f.begun = tree, nil
	return tree, f, nil
}

func (f *FS) path(name string) string { return path.Join(f.root, name) }

// Hear takes what client.Config.Changed is told. It does not wait: what waits for a
// call, and holds a lock of the tree, waits for who calls Hear.
func (f *FS) Hear(changes []client.Change) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range changes {
		f.forget(&changes[i])
	}
	if len(f.heard) == 0 && len(changes) > 0 {
		go f.listen()
	}
	f.heard = append(f.heard, changes...)
}

// forget drops what was fetched ahead and is not as it was. f.mu is held.
func (f *FS) forget(c *client.Change) {
	dir, known := f.leases[c.Lease]
	switch name := path.Join(dir, c.Name); {
	case c.All:
		f.ahead.forgetIn(".")
		f.xattrs.forgetIn(".")
		f.methods.forgetAll()
	case known && c.Gone:
		f.ahead.forgetIn(name)
		f.xattrs.forgetIn(name)
		fallthrough
	case known:
		f.ahead.forget(name)
		f.xattrs.forget(name)
		f.methods.forget(name)
	}
}

// listen tells the tree of what was heard.
func (f *FS) listen() {
	for {
		f.mu.Lock()
		changes := slices.Clone(f.heard)
		f.mu.Unlock()
		for i := range changes {
			f.hear(&changes[i])
		}
		f.mu.Lock()
		f.heard = f.heard[len(changes):]
		done := len(f.heard) == 0
		f.mu.Unlock()
		if done {
			return
		}
	}
}

func (f *FS) hear(c *client.Change) {
	f.mu.Lock()
	tree, dir, known := f.tree, f.leases[c.Lease], true
	switch {
	case c.All:
		clear(f.leases)
		clear(f.held)
	case c.Name == "" && c.Gone:
		known = f.release(c.Lease)
	default:
		_, known = f.leases[c.Lease]
	}
	f.mu.Unlock()
	switch name := path.Join(dir, c.Name); {
	case tree == nil || !known:
	case c.All:
		tree.AllStale()
	case c.Gone && c.Name == "":
		tree.Stale(dir)
	case c.Gone:
		tree.Changed(name, nil)
	default:
		tree.Changed(name, &info{name: path.Base(name), link: c.Link, attr: c.Attr})
	}
}

// release forgets a lease, and reports whether there was one. f.mu is held.
func (f *FS) release(lease uint32) bool {
	dir, ok := f.leases[lease]
	if ok && f.held[dir] == lease {
		delete(f.held, dir)
	}
	delete(f.leases, lease)
	return ok
}

// listing is what a directory holds.
type listing struct {
	dir     fs.FileInfo
	entries []fs.DirEntry
	held    bool // changes of all that is told
	came    time.Time
	err     error
}

// List implements mirror.ListFS.
func (f *FS) List(name string) (fs.FileInfo, []fs.DirEntry, error) {
	l := f.ahead.takeList(f, name)
	if l == nil {
		l = f.list(name)
	}
	if l.err != nil {
		return nil, nil, l.err
	}
	f.ask(name, l)
	f.xattrs.listed(name, l)
	if l.held {
		f.ahead.listed(name, l)
	} else {
		time.AfterFunc(unwatched, func() { f.expire(name) })
	}
	return l.dir, l.entries, nil
}

func (f *FS) list(name string) *listing {
	f.mu.Lock()
	begin := func(l *client.Listing) { f.begin(name, l.Lease) }
	if f.held[name] != 0 {
		begin = nil // we hear of it already
	}
	f.mu.Unlock()
	l, err := f.process.List(context.Background(), wire.CWD, f.path(name), begin)
	if err != nil {
		return &listing{err: err}
	}
	list := &listing{
		dir:     &info{name: path.Base(f.path(name)), attr: l.Attr},
		entries: make([]fs.DirEntry, 0, len(l.Entries)),
		held:    begin == nil || l.Lease != 0,
		came:    time.Now(),
	}
	for i := range l.Entries {
		e := &l.Entries[i]
		if !e.HasAttr || e.Name == "." || e.Name == ".." {
			continue
		}
		list.entries = append(list.entries, &info{name: e.Name, link: e.Link, attr: e.Attr})
		list.held = list.held && e.Held
	}
	return list
}

// begin notes a lease on a directory.
func (f *FS) begin(name string, lease uint32) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if lease != 0 {
		f.leases[lease], f.held[name] = name, lease
	}
}

// unwatch ends the lease on a directory that nobody has looked at.
func (f *FS) unwatch(name string) {
	f.mu.Lock()
	lease := f.held[name]
	if f.ahead.isGiven(name) {
		lease = 0 // somebody has by now
	}
	f.release(lease)
	f.mu.Unlock()
	if lease != 0 {
		_ = f.process.Unwatch(context.Background(), lease) // then we are told in vain
	}
}

// expire has a directory read anew that the shadow does not watch.
func (f *FS) expire(name string) {
	f.mu.Lock()
	tree := f.tree
	f.mu.Unlock()
	f.ahead.forgetIn(name)
	f.xattrs.forgetIn(name)
	if tree != nil {
		tree.Stale(name)
	}
}

// Stat implements fs.StatFS.
func (f *FS) Stat(name string) (fs.FileInfo, error) {
	f.mu.Lock()
	begun := f.begun
	f.mu.Unlock()
	if name == "." && begun != nil {
		return &info{name: name, attr: *begun}, nil
	}
	one, err := f.stat(name, 0)
	if err != nil {
		return nil, err // not a nil *info in an interface
	}
	return one, nil
}

// Lstat implements fs.ReadLinkFS. A file looks as it does in a list.
func (f *FS) Lstat(name string) (fs.FileInfo, error) {
	one, err := f.stat(name, wire.AtNoFollow)
	if err != nil {
		return nil, err
	}
	f.methods.forget(name)
	return f.look(name, one), nil
}

func (f *FS) stat(name string, flags uint32) (*info, error) {
	attr, err := f.process.Stat(context.Background(), wire.CWD, f.path(name), flags)
	if err != nil {
		return nil, &fs.PathError{Op: "stat", Path: f.path(name), Err: err}
	}
	return &info{name: path.Base(name), attr: attr}, nil
}

// ReadLink implements fs.ReadLinkFS.
func (f *FS) ReadLink(name string) (string, error) {
	return f.process.Readlink(context.Background(), wire.CWD, f.path(name))
}

// Open implements fs.FS. The shadow is asked when the file is read.
func (f *FS) Open(name string) (fs.File, error) { return f.forReading(name), nil }
