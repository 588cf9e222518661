package mirror

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"penumbra/abi"
	"penumbra/module"
	"penumbra/module/moduletest"
)

func TestMirror(t *testing.T) {
	dir := t.TempDir()
	moduletest.Write(t, dir)
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	options := map[string]Options{"whole": {}, "emulated": {EmulateFrom: 1 << 20}, "aggravate": {Aggravate: true}}
	for name, fsys := range map[string]fs.FS{"map": moduletest.Content(), "directory": os.DirFS(dir), "root": Root(root), "forward": forward{os.DirFS(dir)}} {
		for mode, o := range options {
			t.Run(name+"/"+mode, func(t *testing.T) {
				o.Kind, o.Source = "fs", name
				tree, err := New(fsys, o)
				if err != nil {
					t.Fatal(err)
				}
				emulates := tree.Files() != nil
				if want := name == "root" || mode == "aggravate" || mode == "emulated" && name != "forward"; emulates != want {
					t.Errorf("it emulates files: %v", emulates)
				}
				moduletest.Test(t, tree)
			})
		}
	}
}

// forward is a file system whose files can only be read from their begin on.
type forward struct{ fs.FS }

func (f forward) Open(name string) (fs.File, error) {
	file, err := f.FS.Open(name)
	if err != nil {
		return nil, err
	}
	return forwardFile{file}, nil
}

func (f forward) ReadDir(name string) ([]fs.DirEntry, error) { return fs.ReadDir(f.FS, name) }

func (f forward) ReadLink(name string) (string, error) { return fs.ReadLink(f.FS, name) }

func (f forward) Lstat(name string) (fs.FileInfo, error) { return fs.Lstat(f.FS, name) }

type forwardFile struct{ fs.File }

func open(t *testing.T, fsys fs.FS, o Options) module.Filler {
	t.Helper()
	o.Kind = "fs"
	tree, err := New(fsys, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tree.Close() })
	return tree
}

func TestLimit(t *testing.T) {
	tree := open(t, fstest.MapFS{"a": {Data: make([]byte, 60)}, "b": {Data: make([]byte, 60)}, "c": {Data: make([]byte, 40)}}, Options{Limit: 100})
	for _, step := range []struct {
		name string
		want error
	}{{"a", nil}, {"b", abi.ENOSPC}, {"a", nil}} {
		if err := tree.Fill(step.name, true); !errors.Is(err, step.want) && err != step.want {
			t.Errorf("%s: %v, want %v", step.name, err, step.want)
		}
	}
	// What could not be copied keeps its size.
	if info, err := os.Stat(filepath.Join(tree.Root(), "b")); err != nil || info.Size() != 60 {
		t.Errorf("%v %v", info, err)
	}
}

// broken is a file system of which some files cannot be read.
type broken struct{ fstest.MapFS }

func (b broken) Open(name string) (fs.File, error) {
	if name == "damaged" {
		return nil, errors.New("checksum error")
	}
	return b.MapFS.Open(name)
}

func TestDamage(t *testing.T) {
	tree := open(t, broken{fstest.MapFS{"damaged": {Data: []byte("x")}, "whole": {Data: []byte("y")}}}, Options{})
	if err := tree.Fill("damaged", true); err == nil {
		t.Error("no error for what cannot be read")
	}
	if err := tree.Fill("whole", true); err != nil {
		t.Error(err)
	}
	if _, err := New(os.DirFS(filepath.Join(t.TempDir(), "nothing")), Options{Kind: "fs"}); err == nil {
		t.Error("no error for what is not there")
	}
}

// Only what is asked for is copied.
func TestLazy(t *testing.T) {
	tree := open(t, moduletest.Content(), Options{})
	if entries, _ := os.ReadDir(tree.Root()); len(entries) != 0 {
		t.Errorf("%d names before anyone looked", len(entries))
	}
	if err := tree.Fill("large", false); err != nil {
		t.Fatal(err)
	}
	if entries, _ := os.ReadDir(filepath.Join(tree.Root(), "dir")); len(entries) != 0 {
		t.Errorf("%d names in a directory that nobody looked at", len(entries))
	}
}
