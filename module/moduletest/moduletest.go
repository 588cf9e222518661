// Package moduletest is the suite that every module passes: a tree, from
// whatever it was made, shows the same files.
package moduletest

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"testing"
	"testing/fstest"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/module"
)

// When is the time of all files of Content.
var When = time.Date(2001, 2, 3, 4, 5, 6, 0, time.UTC)

// Content returns the files that a tree under test has to show.
func Content() fstest.MapFS {
	file := func(mode fs.FileMode, data string) *fstest.MapFile {
		return &fstest.MapFile{Mode: mode, Data: []byte(data), ModTime: When}
	}
	return fstest.MapFS{
		".":               file(fs.ModeDir|0o755, ""),
		"file":            file(0o644, "text\n"),
		"empty":           file(0o600, ""),
		"program":         file(0o755, "#!/bin/sh\necho run\n"),
		"sealed":          file(0o400, "for the owner's eyes"),
		"large":           file(0o644, string(make([]byte, 3<<20))+"end"),
		"dir":             file(fs.ModeDir|0o755, ""),
		"dir/sub":         file(fs.ModeDir|0o700, ""),
		"dir/sub/deep":    file(0o640, "deep"),
		"dir/a file: ü\n": file(0o644, "odd name"),
		"closed":          file(fs.ModeDir|0o555, ""),
		"closed/file":     file(0o444, "in a directory that is not written"),
		"link":            file(fs.ModeSymlink|0o777, "dir/sub/deep"),
		"out":             file(fs.ModeSymlink|0o777, "/etc/passwd"),
		"dangling":        file(fs.ModeSymlink|0o777, "../nowhere"),
	}
}

// Write makes the files of Content in a directory of the host.
func Write(t testing.TB, dir string) {
	t.Helper()
	content := Content()
	var names []string
	_ = fs.WalkDir(content, ".", func(name string, _ fs.DirEntry, err error) error {
		names = append(names, name)
		return err
	})
	for _, name := range names {
		f, at := content[name], filepath.Join(dir, name)
		var err error
		switch {
		case f.Mode.IsDir():
			err = os.MkdirAll(at, 0o700)
		case f.Mode&fs.ModeSymlink != 0:
			err = os.Symlink(string(f.Data), at)
		default:
			err = os.WriteFile(at, f.Data, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	// Permissions and times last, from the leaves up.
	for i := len(names) - 1; i >= 0; i-- {
		f, at := content[names[i]], filepath.Join(dir, names[i])
		if f.Mode&fs.ModeSymlink != 0 {
			continue
		}
		if err := os.Chmod(at, f.Mode.Perm()); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(at, When, When); err != nil {
			t.Fatal(err)
		}
	}
}

// Test checks that tree shows the files of Content, and closes it.
func Test(t *testing.T, tree module.Tree) {
	filler, _ := tree.(module.Filler)
	fill := func(name string, content bool) {
		t.Helper()
		if name == "." {
			name = ""
		}
		if filler != nil {
			if err := filler.Fill(name, content); err != nil {
				t.Errorf("fill %q: %v", name, err)
			}
		}
	}
	if root := tree.Root(); !filepath.IsAbs(root) || root != filepath.Clean(root) {
		t.Errorf("root %q is no canonical path", root)
	}
	if tree.Traits().Kind == "" || tree.Traits().Source == "" {
		t.Errorf("traits %+v lack a name", tree.Traits())
	}
	fill("nothing", true)
	fill("file/nothing", true)
	for name, want := range Content() {
		fill(name, false)
		check(t, tree.Root(), name, want)
		fill(name, true)
		check(t, tree.Root(), name, want)
		at := filepath.Join(tree.Root(), name)
		switch {
		case want.Mode.IsDir():
			list(t, at, name)
		case want.Mode.IsRegular():
			fetch(t, tree, at)
			if got, err := os.ReadFile(at); err != nil || string(got) != string(want.Data) {
				t.Errorf("%q: %d bytes, want %d; %v", name, len(got), len(want.Data), err)
			}
		}
	}
	private := tree.Traits().Private
	if err := tree.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
	if _, err := os.Lstat(tree.Root()); private != os.IsNotExist(err) {
		t.Errorf("after it was closed: %v", err)
	}
}

// fetch has the content of an emulated file there.
func fetch(t *testing.T, tree module.Tree, at string) {
	t.Helper()
	e, ok := tree.(module.Emulator)
	var st unix.Stat_t
	if !ok || e.Files() == nil || unix.Stat(at, &st) != nil {
		return
	}
	if f := e.Files().Lookup(st.Dev, st.Ino); f != nil {
		if err := f.Fill(0, st.Size); err != nil {
			t.Error(err)
		}
	}
}

// check compares what is told of a file before it is opened.
func check(t *testing.T, root, name string, want *fstest.MapFile) {
	t.Helper()
	at := filepath.Join(root, name)
	info, err := os.Lstat(at)
	if err != nil {
		t.Error(err)
		return
	}
	if want.Mode&fs.ModeSymlink != 0 {
		if text, err := os.Readlink(at); err != nil || text != string(want.Data) {
			t.Errorf("%q leads to %q, %v; want %q", name, text, err, want.Data)
		}
		return
	}
	if info.Mode() != want.Mode {
		t.Errorf("%q has mode %v, want %v", name, info.Mode(), want.Mode)
	}
	if !info.ModTime().Equal(When) {
		t.Errorf("%q is of %v, want %v", name, info.ModTime(), When)
	}
	if want.Mode.IsRegular() && info.Size() != int64(len(want.Data)) {
		t.Errorf("%q has %d bytes, want %d", name, info.Size(), len(want.Data))
	}
}

func list(t *testing.T, at, name string) {
	t.Helper()
	got := map[string]bool{}
	entries, err := os.ReadDir(at)
	if err != nil {
		t.Error(err)
	}
	for _, e := range entries {
		got[e.Name()] = true
	}
	n := 0
	for other := range Content() {
		if other != "." && path.Dir(other) == name {
			n++
			if !got[path.Base(other)] {
				t.Errorf("%q does not list %q", name, path.Base(other))
			}
		}
	}
	if n != len(got) {
		t.Errorf("%q lists %d names, want %d", name, len(got), n)
	}
}
