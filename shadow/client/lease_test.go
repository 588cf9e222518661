package client_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/shadow/client"
	"penumbra/shadow/server"
	"penumbra/shadow/wire"
)

// What another process did before a call the client knows after it.
func TestLeaseTells(t *testing.T) {
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, "d", name) }
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(os.MkdirAll(in("sub"), 0o755))
	for _, name := range []string{"f", "old", "gone"} {
		must(os.WriteFile(in(name), []byte(name), 0o644))
	}
	must(os.WriteFile(filepath.Join(dir, "outside"), nil, 0o644))
	must(os.Link(filepath.Join(dir, "outside"), in("linked")))
	must(os.Symlink("f", in("s")))

	c := newCache(t)
	_, p := c.watcher(startShadow(t, false, server.Export{Path: dir}), dir)
	l, k := c.list(t.Context(), p, "d")
	if l == nil || l.Lease == 0 || l.Path != filepath.Join(dir, "d") {
		t.Fatalf("listing %+v", l)
	}
	c.compare(k, in("."), "at first")
	write := func(name string, flags int) error {
		f, err := os.OpenFile(name, os.O_WRONLY|flags, 0o600)
		if err == nil {
			_, err = f.Write([]byte("more"))
			f.Close()
		}
		return err
	}
	for _, tt := range []struct {
		name string
		do   func() error
	}{
		{"create", func() error { return write(in("new"), os.O_CREATE) }},
		{"write", func() error { return write(in("f"), 0) }},
		{"append", func() error { return write(in("f"), os.O_APPEND) }},
		{"truncate", func() error { return os.Truncate(in("f"), 2) }},
		{"chmod", func() error { return os.Chmod(in("f"), 0o600) }},
		{"times", func() error { return os.Chtimes(in("f"), time.Unix(1, 0), time.Unix(2, 0)) }},
		{"time of change", func() error { return os.Chtimes(in("f"), time.Time{}, time.Unix(3, 0)) }},
		{"remove", func() error { return os.Remove(in("gone")) }},
		{"rename", func() error { return os.Rename(in("old"), in("young")) }},
		{"replace", func() error { return os.Rename(in("young"), in("f")) }},
		{"move out", func() error { return os.Rename(in("f"), filepath.Join(dir, "f")) }},
		{"move in", func() error { return os.Rename(filepath.Join(dir, "f"), in("back")) }},
		{"symlink", func() error { return os.Symlink("new", in("s2")) }},
		{"another symlink", func() error { must(os.Remove(in("s"))); return os.Symlink("back", in("s")) }},
		{"mkdir", func() error { return os.Mkdir(in("sub2"), 0o700) }},
		{"file in a subdirectory", func() error { return write(in("sub/x"), os.O_CREATE) }},
		{"file in a new one", func() error { return write(in("sub2/x"), os.O_CREATE) }},
		{"chmod a subdirectory", func() error { return os.Chmod(in("sub"), 0o711) }},
		{"by another name", func() error { return write(filepath.Join(dir, "outside"), 0) }},
		{"unlink another name", func() error { return os.Remove(filepath.Join(dir, "outside")) }},
		{"link", func() error { return os.Link(in("back"), in("also")) }},
		{"write by the other", func() error { return write(in("also"), os.O_APPEND) }},
		{"rmdir", func() error { must(os.Remove(in("sub2/x"))); return os.Remove(in("sub2")) }},
		{"chmod the directory", func() error { return os.Chmod(in("."), 0o711) }},
		{"fifo", func() error { return unix.Mkfifo(in("pipe"), 0o600) }},
	} {
		must(tt.do())
		roundTrip(t, p)
		c.compare(k, in("."), tt.name)
	}
}

// Without any call the client is told as well.
func TestLeaseTellsByItself(t *testing.T) {
	dir := t.TempDir()
	told := make(chan client.Change, 1000)
	c, err := client.Dial(t.Context(), client.Config{Dial: startShadow(t, false, server.Export{Path: dir}), Changed: func(all []client.Change) {
		for _, ch := range all {
			told <- ch
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	p, err := c.Spawn(t.Context(), dir, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.List(t.Context(), wire.CWD, ".", func(*client.Listing) {}); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(filepath.Join(dir, "f"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	const writes = 2000
	for range writes {
		if _, err := f.WriteString("x"); err != nil {
			t.Fatal(err)
		}
	}
	n := 0
	for ch := range told { // the last is not lost, and not each is told
		if n++; ch.Name == "f" && ch.Attr.Size == writes {
			break
		}
	}
	if n > writes/2 {
		t.Errorf("%d changes for %d writes", n, writes)
	}
}

// What the client does itself it is told, too, and sees that it knows it already.
func TestOwnChangesAreEqual(t *testing.T) {
	dir, ctx := t.TempDir(), t.Context()
	c := newCache(t)
	_, p := c.watcher(startShadow(t, false, server.Export{Path: dir}), dir)
	c.list(ctx, p, ".")
	f, attr, err := p.Open(ctx, wire.CWD, "f", wire.OpenWrite|wire.OpenCreate, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	own := func(what, name string, attr wire.Attr, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		roundTrip(t, p)
		c.mu.Lock()
		defer c.mu.Unlock()
		i := slices.IndexFunc(c.told, func(ch client.Change) bool { return ch.Name == name })
		if i < 0 {
			t.Errorf("%s: nothing was told", what)
		}
		for _, ch := range c.told {
			if ch.Name == name && steady(ch.Attr) != steady(attr) {
				t.Errorf("%s: told was\n%+v, known\n%+v", what, steady(ch.Attr), steady(attr))
			}
		}
		c.told = nil
	}
	own("create", "f", attr, nil)
	_, attr, err = f.WriteAtStat(ctx, []byte("hello"), 0)
	own("write", "f", attr, err)
	_, _, attr, err = f.AppendStat(ctx, []byte("hello"))
	own("append", "f", attr, err)
	_, attr, err = p.Modify(ctx, wire.Op{Code: wire.Chmod, FD: wire.CWD, Path: "f", Mode: 0o600})
	own("chmod", "f", attr, err)
	_, attr, err = p.Modify(ctx, wire.Op{Code: wire.Mkdir, FD: wire.CWD, Path: "d", Mode: 0o755})
	own("mkdir", "d", attr, err)
	_, attr, err = p.Modify(ctx, wire.Op{Code: wire.Rename, FD: wire.CWD, Path: "f", FD2: wire.CWD, Path2: "g"})
	own("rename", "g", attr, err)
}

func TestLeaseEnds(t *testing.T) {
	base, ctx := t.TempDir(), t.Context()
	for _, d := range []string{"moved", "removed", "given", "up/below"} {
		if err := os.MkdirAll(filepath.Join(base, d), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	c := newCache(t)
	cl, p := c.watcher(startShadow(t, false, server.Export{Path: base}), base)
	_, moved := c.list(ctx, p, "moved")
	_, removed := c.list(ctx, p, "removed")
	given, _ := c.list(ctx, p, "given")
	_, below := c.list(ctx, p, "up/below")
	if err := os.Rename(filepath.Join(base, "moved"), filepath.Join(base, "elsewhere")); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(base, "removed")); err != nil {
		t.Fatal(err)
	}
	roundTrip(t, p)
	if !moved.over || !removed.over {
		t.Errorf("moved: %v, removed: %v", moved.over, removed.over)
	}
	// That a directory above has moved its lease does not tell, but where names
	// change it ends.
	if err := os.Rename(filepath.Join(base, "up"), filepath.Join(base, "up2")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(base, "up2/below/f"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	roundTrip(t, p)
	if !below.over {
		t.Error("a lease tells of a directory that is elsewhere")
	}
	if err := cl.Unwatch(ctx, given.Lease); err != nil {
		t.Fatal(err)
	}
	c.told = nil
	if err := os.WriteFile(filepath.Join(base, "given/f"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	roundTrip(t, p)
	if len(c.told) > 0 {
		t.Errorf("after the lease: %+v", c.told)
	}
	// One that fails has none.
	if _, err := p.List(ctx, wire.CWD, "none", func(*client.Listing) { t.Error("begin was called") }); client.Errno(err) == 0 {
		t.Error("a directory that is not there was listed")
	}
}
