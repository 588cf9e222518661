package remote

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"

	"penumbra/access"
	"penumbra/access/assemble"
	"penumbra/access/fetch"
	"penumbra/access/policy"
	"penumbra/access/remote"
	"penumbra/shadow/wire"
)

// By which access method a file is reached the shadow says, if it has a policy, and
// otherwise the rules that hold in any case. Where buffer:remote: is all, nothing
// stands between the file and the mirror, which is such a buffer; others are opened
// as their chain says. What cannot be reached so is reached as buffer:remote:.

// Access says how files are reached that need more than the shadow itself.
type Access struct {
	// Policy: the shadow says how files are to be reached.
	Policy bool
	// Shadow names the shadow, in the cache of what was fetched.
	Shadow string
	// Cache is where fetched files are; asked for once, when it is needed.
	Cache func() (*fetch.Cache, error)
	// Told, if not nil, is told how each file is reached, and why, when it is
	// opened first.
	Told func(name string, chain access.Chain, why string)
	// Progress, if not nil, is told of transfers that take longer than a second.
	Progress func(Progress)
	// Aggravate is that of mirror.Options.
	Aggravate bool
}

// methods says how files are reached.
type methods struct {
	Access
	assembly *assemble.Assembly

	mu      sync.Mutex
	answers map[string]answer // by name
	told    map[string]bool
	fetched map[string]wire.Attr // files that may be fetched, as they are listed
}

// An answer says how a file is reached, and why.
type answer struct {
	access.Chain
	why     string
	forever bool
}

// plain is the chain of what the mirror does by itself.
var plain = access.Chain{Links: []access.Link{{Method: "buffer"}, {Method: "remote"}}}

func (f *FS) startMethods(a Access) {
	f.methods.Access, f.meter.tell = a, a.Progress
	f.methods.answers, f.methods.told, f.methods.fetched = map[string]answer{}, map[string]bool{}, map[string]wire.Attr{}
	f.methods.assembly = assemble.New(assemble.Config{
		Remote: stamped{remote.Opener{Process: f.process, Dir: wire.CWD}, f},
		Shadow: a.Shadow, Cache: a.Cache,
	})
}

// method returns how a file is to be reached.
func (f *FS) method(name string) answer {
	m := &f.methods
	m.mu.Lock()
	known, ok := m.answers[name]
	m.mu.Unlock()
	switch {
	case ok:
		return known
	case !m.Policy:
		return f.byDefault(name)
	}
	text, forever, err := f.process.Method(context.Background(), wire.CWD, f.path(name))
	chain, wrong := access.ParseChain(text)
	if err = errors.Join(err, wrong); err != nil {
		return answer{plain, fmt.Sprintf("the shadow's answer is of no use: %v", err), false}
	}
	a := answer{chain, "the shadow's policy", forever}
	m.mu.Lock()
	m.answers[name] = a
	m.mu.Unlock()
	return a
}

// byDefault returns how a file is reached without a policy.
func (f *FS) byDefault(name string) answer {
	if f.methods.Cache == nil {
		return answer{plain, "there is no cache", true}
	}
	f.mu.Lock()
	tree := f.tree
	f.mu.Unlock()
	seen, err := os.Lstat(filepath.Join(tree.Root(), name))
	if err != nil || seen.Size() <= smallSize {
		return answer{plain, "it is small", true} // a copy of it would cost more
	}
	chain := (*policy.Rules)(nil).Method(f.path(name), seen.Mode()&0o111 != 0).Chain
	if chain.Last() != "remote" {
		return answer{plain, "the default", true} // what is to be local is, or else was mounted so
	}
	return answer{chain, "the default", true}
}

// ask asks how the files of a directory are to be reached, of which some look
// otherwise for that.
func (f *FS) ask(dir string, l *listing) {
	f.note(dir, l)
	m := &f.methods
	m.mu.Lock()
	for name, a := range m.answers {
		if path.Dir(name) == dir && !a.forever {
			delete(m.answers, name)
		}
	}
	m.mu.Unlock()
	if !m.Policy {
		return
	}
	const atATime = 32
	gate := make(chan struct{}, atATime)
	var wg sync.WaitGroup
	for i, e := range l.entries {
		one := e.(*info)
		if one.attr.Type != wire.TypeRegular {
			continue
		}
		gate <- struct{}{}
		wg.Go(func() {
			defer func() { <-gate }()
			l.entries[i] = f.look(path.Join(dir, one.name), one)
		})
	}
	wg.Wait()
}

// look returns what a file looks like, of which the shadow tells one.
func (f *FS) look(name string, one *info) *info {
	if !f.methods.Policy || one.attr.Type != wire.TypeRegular {
		return one
	}
	if a := f.method(name); !isPlain(a.Chain) {
		return f.appear(name, a, one)
	}
	return one
}

// note remembers the attributes of what may be fetched.
func (f *FS) note(dir string, l *listing) {
	m := &f.methods
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, e := range l.entries {
		one := e.(*info)
		name := path.Join(dir, one.name)
		if l.held && one.attr.Type == wire.TypeRegular && one.attr.Size > smallSize &&
			(one.attr.Perm&0o111 != 0 || strings.Contains(one.name, ".so")) {
			m.fetched[name] = one.attr
		} else {
			delete(m.fetched, name)
		}
	}
}

// forgetMethod forgets what was known of a file.
func (m *methods) forget(name string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.fetched, name)
	if !m.answers[name].forever {
		delete(m.answers, name)
	}
}

func (m *methods) forgetAll() {
	m.mu.Lock()
	defer m.mu.Unlock()
	clear(m.fetched)
	for name, a := range m.answers {
		if !a.forever {
			delete(m.answers, name)
		}
	}
}

// attrOf returns the attributes of a file that may be fetched, if they are known.
func (f *FS) attrOf(name string) (wire.Attr, bool) {
	f.methods.mu.Lock()
	defer f.methods.mu.Unlock()
	attr, ok := f.methods.fetched[name]
	return attr, ok
}

// isPlain reports whether a chain is what the mirror does by itself.
func isPlain(c access.Chain) bool {
	for _, l := range c.Links {
		if l.Method != "buffer" && l.Method != "remote" {
			return false
		}
	}
	return c.Path == ""
}

// appear returns how a file looks that is reached in another way: its size is what
// there is to read.
func (f *FS) appear(name string, a answer, one *info) *info {
	if a.Last() == "remote" && !a.Has("compress") {
		return one
	}
	file, err := f.methods.assembly.Open(context.Background(), a.Chain, f.path(name), os.O_RDONLY, 0)
	if err != nil {
		f.fallBack(name, a, err)
		return one
	}
	defer file.Close()
	size, err := file.Size()
	if err != nil {
		f.fallBack(name, a, err)
		return one
	}
	seen := *one
	seen.attr.Size, seen.replaced = size, a.Has("compress")
	return &seen
}

// fallBack has a file reached as buffer:remote: since it could not be as a says.
func (f *FS) fallBack(name string, a answer, err error) {
	m := &f.methods
	m.mu.Lock()
	defer m.mu.Unlock()
	m.answers[name] = answer{plain, fmt.Sprintf("as %v it cannot be reached: %v", a.Chain, err), false}
}

// tell tells how a file is reached.
func (f *FS) tell(name string, a answer) {
	m := &f.methods
	if m.Told == nil {
		return
	}
	m.mu.Lock()
	known := m.told[name]
	m.told[name] = true
	m.mu.Unlock()
	if !known {
		m.Told(f.path(name), a.Chain, a.why)
	}
}

// stamped opens the shadow's files, of some of which it is known already whether
// they have changed.
type stamped struct {
	remote.Opener
	fs *FS
}

// Stamp implements access.Stamper.
func (s stamped) Stamp(ctx context.Context, name string) (string, error) {
	if rel, ok := s.fs.rel(name); ok {
		if a, ok := s.fs.attrOf(rel); ok {
			return access.StampOf(fmt.Sprint(a.ID), a.Size, a.Mtime.Go(), a.Ctime.Go()), nil
		}
	}
	return s.Opener.Stamp(ctx, name)
}

// rel returns the name of a path.
func (f *FS) rel(p string) (string, bool) {
	if f.root == "/" {
		return strings.TrimPrefix(p, "/"), true
	}
	return strings.CutPrefix(p, f.root+"/")
}
