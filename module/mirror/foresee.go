package mirror

import (
	"os"
	"path"
	"strings"
)

// A ForeseeFS is a ListFS that can be told what it will be asked for: to list dirs,
// and to read file, unless that is "". It does not wait. What it is told may turn out
// to be something else, or not to exist.
type ForeseeFS interface {
	ListFS
	Foresee(dirs []string, file string)
}

// mostLinks bounds those that are followed; beyond that somebody goes in circles.
const mostLinks = 8

// Foresee implements module.Foreseer. Directories on the way that are not shown yet
// are listed at the same time, and not each when the one above it is there.
func (t *Tree) Foresee(rel string, content bool) {
	f, ok := t.fsys.(ForeseeFS)
	if !ok {
		return
	}
	way := strings.TrimSuffix(rel, "/")
	if _, done := t.done.Load(request{way, content}); done {
		return
	}
	t.mu.Lock()
	name, rest := "", ""
	if !t.shown[path.Dir(way)] {
		name, rest = t.knownTo(way)
	}
	known := t.shown[name] || t.listings[name] != nil
	t.mu.Unlock()
	if known || rest == "" {
		return
	}
	dirs := []string{name}
	for _, next := range strings.Split(rest, "/") {
		name = path.Join(name, next)
		dirs = append(dirs, name)
	}
	last := len(dirs) - 1
	switch file := dirs[last]; {
	case way != rel: // a directory
		f.Foresee(dirs, "")
	case content:
		f.Foresee(dirs[:last], file)
	case last > 1:
		f.Foresee(dirs[:last], "")
	}
}

// knownTo returns up to where the way to rel is known, and the rest of it, which is
// empty if it does not lead on. t.mu is held.
func (t *Tree) knownTo(rel string) (name, rest string) {
	name, rest = ".", rel
	for links := 0; t.shown[name] && rest != ""; {
		next, further, _ := strings.Cut(rest, "/")
		to := path.Join(name, next)
		info, err := os.Lstat(t.host(to))
		switch {
		case err != nil:
			return name, ""
		case info.IsDir():
			name, rest = to, further
			continue
		case info.Mode()&os.ModeSymlink == 0:
			return name, ""
		}
		text, err := os.Readlink(t.host(to))
		whole := path.Join(name, text, further)
		if links++; err != nil || links > mostLinks || path.IsAbs(text) || whole == ".." || strings.HasPrefix(whole, "../") {
			return name, ""
		}
		name, rest = ".", whole
	}
	return name, rest
}
