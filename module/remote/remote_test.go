package remote

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/module"
	"penumbra/module/mirror"
	"penumbra/module/moduletest"
	"penumbra/shadow/client"
	"penumbra/shadow/server"
	"penumbra/vft"
)

// open returns a tree of a directory of a shadow in this process.
func open(t *testing.T, dir string) (*mirror.Tree, *FS) {
	t.Helper()
	return openBy(t, dir, func(link io.ReadWriteCloser) io.ReadWriteCloser { return link })
}

// openBy is open with links that are made of others.
func openBy(t *testing.T, dir string, by func(link io.ReadWriteCloser) io.ReadWriteCloser) (*mirror.Tree, *FS) {
	t.Helper()
	s, err := server.New(server.Config{Exports: server.Only(server.Export{Path: dir}), AllowRoot: true, Journal: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	var f *FS
	c, err := client.Dial(t.Context(), client.Config{
		Dial: func(context.Context) (io.ReadWriteCloser, error) {
			ours, theirs := net.Pipe()
			go s.ServeLink(theirs, "test")
			return by(ours), nil
		},
		Lease: time.Minute,
		Changed: func(all []client.Change) {
			if f != nil {
				f.Hear(all)
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	p, err := c.Spawn(t.Context(), dir, 0)
	if err != nil {
		t.Fatal(err)
	}
	tree, fs, err := New(p, "test", dir, Access{}, func(name string, err error) { t.Errorf("%s: %v", name, err) })
	if err != nil {
		t.Fatal(err)
	}
	f = fs
	return tree, fs
}

func TestSuite(t *testing.T) {
	dir := t.TempDir()
	moduletest.Write(t, dir)
	tree, _ := open(t, dir)
	moduletest.Test(t, tree)
}

// look has all that the tree shows filled, and describes it.
func look(t *testing.T, tree *mirror.Tree) []string {
	t.Helper()
	var walk func(name string)
	walk = func(name string) {
		at := filepath.Join(tree.Root(), name)
		if err := tree.Fill(name, true); err != nil && !os.IsNotExist(err) {
			t.Logf("%s: %v", name, err) // it is gone by now, of which the tree has yet to hear
		}
		var st unix.Stat_t
		if unix.Lstat(at, &st) != nil {
			return
		}
		if f := tree.Files().Lookup(st.Dev, st.Ino); f != nil && st.Mode&unix.S_IFMT == unix.S_IFREG {
			if err := f.Fill(0, st.Size); err != nil {
				t.Logf("%s: %v", name, err)
			}
		}
		entries, _ := os.ReadDir(at)
		for _, e := range entries {
			walk(path.Join(name, e.Name()))
		}
	}
	walk("")
	return moduletest.DescribeAll(tree.Root())
}

// What others change at the shadow is seen, soon, without anybody's asking for it.
func TestOthersChange(t *testing.T) {
	for seed := range uint64(8) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 3))
			dir := t.TempDir()
			tree, _ := open(t, dir)
			defer tree.Close()
			for range 25 {
				for range r.IntN(6) {
					moduletest.Disturb(r, dir)
				}
				alike(t, tree, dir)
			}
		})
	}
}

// alike waits until the tree shows what the directory has.
func alike(t *testing.T, tree *mirror.Tree, dir string) {
	t.Helper()
	const patience = 20 * time.Second
	for begun := time.Now(); ; time.Sleep(time.Millisecond) {
		want := moduletest.DescribeAll(dir)
		got := look(t, tree)
		if slices.Equal(got, want) {
			return
		}
		if time.Since(begun) > patience {
			t.Fatalf("the tree shows\n%s\nand there is\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}

// A guest's and others' changes, at the same time but of different names, are both
// there in the end, on both sides.
func TestBothChange(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 4))
	dir := t.TempDir()
	for _, sub := range []string{"ours", "theirs"} {
		if err := os.Mkdir(filepath.Join(dir, sub), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	tree, _ := open(t, dir)
	defer tree.Close()
	if err := tree.Fill("ours", false); err != nil {
		t.Fatal(err)
	}
	for i := range 60 {
		for range r.IntN(3) {
			moduletest.Disturb(r, filepath.Join(dir, "theirs"))
		}
		guestChanges(t, r, tree, i)
		if i%10 == 9 {
			tree.WriteBack()
			alike(t, tree, dir)
		}
	}
}

func exists(host string) bool {
	_, err := os.Lstat(host)
	return err == nil
}

// guestChanges has a guest make, write, rename, exchange or remove a file below "ours", as a
// view does it.
func guestChanges(t *testing.T, r *rand.Rand, tree *mirror.Tree, i int) {
	t.Helper()
	name := func(n int) string { return fmt.Sprintf("ours/f%d", n) }
	host := func(name string) string { return filepath.Join(tree.Root(), name) }
	change := func(c module.Change, do func() error) {
		t.Helper()
		if err := tree.Change(c, do); err != nil {
			t.Fatal(err)
		}
	}
	some := name(r.IntN(8))
	if err := tree.Fill(some, true); err != nil {
		t.Fatal(err)
	}
	_, err := os.Lstat(host(some))
	switch {
	case err != nil:
		change(module.Change{Op: module.Create, Name: some, Mode: 0o644}, func() error { return os.WriteFile(host(some), nil, 0o644) })
		fallthrough
	case i%3 == 0:
		var st unix.Stat_t
		if err := unix.Stat(host(some), &st); err != nil {
			t.Fatal(err)
		}
		text := strings.Repeat(fmt.Sprintln(i), r.IntN(40000))
		f := tree.Files().Lookup(st.Dev, st.Ino)
		if err := f.Write(1, int64(len(text)), vft.Fixed(0)); err != nil {
			t.Fatal(err)
		}
		to, err := os.OpenFile(host(some), os.O_WRONLY, 0)
		if err == nil {
			_, err = to.WriteString(text)
			to.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
		tree.Files().Settle(1)
		if i%2 == 0 {
			if err := f.Flush(); err != nil {
				t.Fatal(err)
			}
		}
	case i%3 == 1:
		to := name(r.IntN(8))
		if to != some {
			change(module.Change{Op: module.Rename, Name: some, To: to}, func() error { return os.Rename(host(some), host(to)) })
		}
		if one, other := name(r.IntN(8)), name(r.IntN(8)); exists(host(one)) && exists(host(other)) && one != other {
			change(module.Change{Op: module.Exchange, Name: one, To: other}, func() error {
				return unix.Renameat2(unix.AT_FDCWD, host(one), unix.AT_FDCWD, host(other), unix.RENAME_EXCHANGE)
			})
		}
	default:
		change(module.Change{Op: module.Remove, Name: some}, func() error { return os.Remove(host(some)) })
	}
}
