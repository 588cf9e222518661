package mirror

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/module"
	"penumbra/vft"
)

// change is a test's tree of a directory, and what is needed to change it as a
// view does.
type change struct {
	*testing.T
	*Tree
	home string // the directory
}

func openToChange(t *testing.T, files map[string]string) *change {
	t.Helper()
	c := &change{T: t, home: t.TempDir()}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(c.home, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	root, err := os.OpenRoot(c.home)
	if err != nil {
		t.Fatal(err)
	}
	tr, err := New(Root(root), Options{Kind: "fs", Source: "test", Failed: func(name string, err error) { t.Errorf("%s: %v", name, err) }})
	if err != nil {
		t.Fatal(err)
	}
	c.Tree = tr
	t.Cleanup(func() {
		if err := c.Tree.Close(); err != nil {
			t.Error(err)
		}
		root.Close()
	})
	return c
}

// make makes a change as the guest would, in the tree by do.
func (c *change) make(m module.Change, do func() error) {
	c.Helper()
	if err := c.Change(m, do); err != nil {
		c.Fatal(err)
	}
}

// fileOf returns the emulated file of a name.
func (c *change) fileOf(name string) *vft.File {
	c.Helper()
	if err := c.Fill(name, true); err != nil {
		c.Fatal(err)
	}
	var st unix.Stat_t
	if err := unix.Stat(c.host(name), &st); err != nil {
		c.Fatal(err)
	}
	f := c.Files().Lookup(st.Dev, st.Ino)
	if f == nil {
		c.Fatalf("%s is not emulated", name)
	}
	return f
}

// write writes as the guest would.
func (c *change) write(name, text string) {
	c.Helper()
	f := c.fileOf(name)
	if err := f.Write(1, int64(len(text)), vft.Fixed(0)); err != nil {
		c.Fatal(err)
	}
	to, err := os.OpenFile(c.host(name), os.O_WRONLY, 0)
	if err != nil {
		c.Fatal(err)
	}
	defer to.Close()
	if _, err := to.WriteString(text); err != nil {
		c.Fatal(err)
	}
	c.Files().Settle(1)
}

func (c *change) kept(name, want string) {
	c.Helper()
	if got, err := os.ReadFile(filepath.Join(c.home, name)); err != nil || string(got) != want {
		c.Errorf("%s: %q is kept, want %q; %v", name, got, want, err)
	}
}

// What is written finds its file, whatever that is called by then.
func TestChangeNames(t *testing.T) {
	c := openToChange(t, map[string]string{"old": "before", "other": "x"})
	c.make(module.Change{Op: module.Mkdir, Name: "dir", Mode: 0o750}, func() error { return os.Mkdir(c.host("dir"), 0o750) })
	c.make(module.Change{Op: module.Create, Name: "dir/made", Mode: 0o600}, func() error { return os.WriteFile(c.host("dir/made"), nil, 0o600) })
	c.write("dir/made", "new")
	c.write("old", "behind")
	c.make(module.Change{Op: module.Rename, Name: "dir", To: "moved"}, func() error { return os.Rename(c.host("dir"), c.host("moved")) })
	c.make(module.Change{Op: module.Link, Name: "old", To: "moved/link"}, func() error { return os.Link(c.host("old"), c.host("moved/link")) })
	c.make(module.Change{Op: module.Remove, Name: "old"}, func() error { return os.Remove(c.host("old")) })
	c.WriteBack()
	c.kept("moved/made", "new")
	c.kept("moved/link", "behind")
	c.make(module.Change{Op: module.Rename, Name: "moved/made", To: "other"}, func() error { return os.Rename(c.host("moved/made"), c.host("other")) })
	c.write("other", "newer")
	c.WriteBack()
	c.kept("other", "newer")
	info, err := os.Stat(filepath.Join(c.home, "moved"))
	if err != nil || info.Mode().Perm() != 0o750 {
		t.Errorf("the directory is %v, %v", info, err)
	}
}

// A file that has lost its name can still be read by who has it open.
func TestChangeRemoved(t *testing.T) {
	c := openToChange(t, map[string]string{"file": strings.Repeat("text", vft.BlockSize)})
	f := c.fileOf("file")
	open, err := os.Open(c.host("file"))
	if err != nil {
		t.Fatal(err)
	}
	defer open.Close()
	c.make(module.Change{Op: module.Remove, Name: "file"}, func() error { return os.Remove(c.host("file")) })
	if _, err := os.Stat(filepath.Join(c.home, "file")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("it is still kept: %v", err)
	}
	if err := f.Read(1, 4, vft.Fixed(2*vft.BlockSize)); err != nil {
		t.Error(err)
	}
	b := make([]byte, 4)
	if _, err := open.ReadAt(b, 2*vft.BlockSize); err != nil || string(b) != "text" {
		t.Errorf("%q, %v", b, err)
	}
	// Another of the name is another.
	c.make(module.Change{Op: module.Create, Name: "file", Mode: 0o600}, func() error { return os.WriteFile(c.host("file"), nil, 0o600) })
	c.write("file", "again")
	c.WriteBack()
	c.kept("file", "again")
}

// Of two names of a file that were there before, both show what is written.
func TestChangeLinked(t *testing.T) {
	c := openToChange(t, map[string]string{"one": "text"})
	if err := os.Link(filepath.Join(c.home, "one"), filepath.Join(c.home, "two")); err != nil {
		t.Fatal(err)
	}
	c.write("two", "TEXT")
	if c.fileOf("one") != c.fileOf("two") {
		t.Error("they are two files")
	}
	c.make(module.Change{Op: module.Remove, Name: "two"}, func() error { return os.Remove(c.host("two")) })
	c.WriteBack()
	c.kept("one", "TEXT")
}

// What fails there does not happen here.
func TestChangeErrors(t *testing.T) {
	c := openToChange(t, map[string]string{"file": "text"})
	done := func() error { t.Error("it was made in the tree"); return nil }
	for name, tt := range map[string]struct {
		change module.Change
		want   error
	}{
		"exists":  {module.Change{Op: module.Create, Name: "file"}, abi.EEXIST},
		"missing": {module.Change{Op: module.Remove, Name: "nothing"}, abi.ENOENT},
		"no dir":  {module.Change{Op: module.Mkdir, Name: "file/dir"}, abi.ENOTDIR},
		"outside": {module.Change{Op: module.Remove, Name: "../file"}, nil},
	} {
		err := c.Change(tt.change, done)
		if err == nil || tt.want != nil && !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
	refused := errors.New("refused in the tree")
	if err := c.Change(module.Change{Op: module.Chmod, Name: "file", Mode: 0o600}, func() error { return refused }); err != refused {
		t.Errorf("%v", err)
	}
	if err := c.Writable("nothing"); !errors.Is(err, abi.ENOENT) {
		t.Errorf("%v", err)
	}
	if err := c.Writable("file"); err != nil {
		t.Error(err)
	}
	plain := open(t, os.DirFS(c.home), Options{}).(module.Changer)
	if err := plain.Change(module.Change{Op: module.Remove, Name: "file"}, done); !errors.Is(err, abi.EROFS) {
		t.Errorf("%v", err)
	}
}

// Several may have a file synced at the same time.
func TestSyncTogether(t *testing.T) {
	c := openToChange(t, map[string]string{"a": "text"})
	f := c.fileOf("a")
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 50 {
				c.Files().Settle(1)
				if err := f.Write(1, 4, vft.Fixed(0)); err != nil {
					t.Error(err)
				}
				if err := f.Sync(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}
