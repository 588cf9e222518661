package server

import (
	"fmt"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// An Export is a directory that a client may see, at the path that it has here.
type Export struct {
	Path     string // absolute
	ReadOnly bool
}

// ParseExport reads an export as users write it: a path, and :rw or :ro.
func ParseExport(text string) (Export, error) {
	i := strings.LastIndexByte(text, ':')
	if i < 0 {
		return Export{}, fmt.Errorf("export %q does not say whether it may be written: %s:ro or %s:rw", text, text, text)
	}
	e := Export{Path: text[:i]}
	switch mode := text[i+1:]; mode {
	case "ro":
		e.ReadOnly = true
	case "rw":
	default:
		return Export{}, fmt.Errorf("export %q: %q is neither ro nor rw", text, mode)
	}
	if !strings.HasPrefix(e.Path, "/") {
		return Export{}, fmt.Errorf("export %q: the path has to begin with /", text)
	}
	return e, nil
}

// String returns e as ParseExport reads it.
func (e Export) String() string {
	if e.ReadOnly {
		return e.Path + ":ro"
	}
	return e.Path + ":rw"
}

// CheckExports returns the error that clients would meet with these exports: one
// that is no directory, or lies in another.
func CheckExports(exports []Export) error {
	tree, err := openExports(exports)
	closeExports(tree)
	return err
}

// An export is an Export that was opened.
type export struct {
	name     string // the client's name for it
	real     string // the same without links
	readOnly bool
	root     int // O_PATH
}

func openExports(asked []Export) (tree []*export, err error) {
	defer func() {
		if err != nil {
			closeExports(tree)
			tree = nil
		}
	}()
	for _, a := range asked {
		e := &export{name: filepath.Clean(a.Path), readOnly: a.ReadOnly, root: -1}
		if !filepath.IsAbs(a.Path) {
			return tree, fmt.Errorf("export %s: the path has to begin with /", a)
		}
		if e.real, err = filepath.EvalSymlinks(e.name); err != nil {
			return tree, fmt.Errorf("export %s: %w", a, err)
		}
		if e.root, err = unix.Open(e.real, unix.O_PATH|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0); err != nil {
			return tree, fmt.Errorf("export %s: open %s: %w", a, e.real, err)
		}
		tree = append(tree, e)
		for _, other := range tree[:len(tree)-1] {
			if overlap(e.name, other.name) || overlap(e.real, other.real) {
				// Through one of them a client could do what the other forbids.
				return tree, fmt.Errorf("exports %s and %s lie in one another", other.name, e.name)
			}
		}
	}
	return tree, nil
}

func overlap(a, b string) bool {
	_, in := within(a, b)
	_, around := within(b, a)
	return in || around
}

func closeExports(tree []*export) {
	for _, e := range tree {
		unix.Close(e.root)
	}
}
