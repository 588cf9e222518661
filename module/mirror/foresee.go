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
	if _, done := t.done.Load(request{rel, content}); !ok || done {
		return
	}
	t.mu.Lock()
	known, rest := t.knownTo(rel)
	if t.shown[known] || t.listings[known] != nil {
		known, rest = "", ""
	}
	t.mu.Unlock()
	if known == "" || rest == "" {
		return
	}
	dirs := []string{known}
	for {
		next, further, more := strings.Cut(rest, "/")
		known, rest = path.Join(known, next), further
		if !more {
			break
		}
		dirs = append(dirs, known)
	}
	if content && path.Base(rel) != "." {
		f.Foresee(dirs, known)
	} else if len(dirs) > 1 {
		f.Foresee(dirs, "")
	}
}

// knownTo returns the directory up to which the way to rel is known, and the rest of
// the way; nothing if it does not lead on. t.mu is held.
func (t *Tree) knownTo(rel string) (name, rest string) {
	name, rest = ".", path.Clean(rel)
	if strings.HasSuffix(rel, "/.") {
		rest += "/."
	}
	for links := 0; t.shown[name] && rest != ""; {
		next, further, _ := strings.Cut(rest, "/")
		info, err := os.Lstat(t.host(path.Join(name, next)))
		switch {
		case err != nil:
			return "", ""
		case info.IsDir():
			name, rest = path.Join(name, next), further
			continue
		case info.Mode()&os.ModeSymlink == 0:
			return "", ""
		}
		text, err := os.Readlink(t.host(path.Join(name, next)))
		if links++; err != nil || links > mostLinks || path.IsAbs(text) {
			return "", ""
		}
		whole := path.Join(name, text, further)
		if whole == ".." || strings.HasPrefix(whole, "../") {
			return "", ""
		}
		name, rest = ".", whole
	}
	return name, rest
}
