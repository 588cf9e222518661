package client_test

import (
	"context"
	"fmt"
	"io"
	"maps"
	"math/rand"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/shadow/client"
	"penumbra/shadow/server"
	"penumbra/shadow/wire"
)

// A cache knows directories by leases, as somebody would who wants to answer a
// guest without asking the shadow.
type cache struct {
	t *testing.T

	mu    sync.Mutex
	dirs  map[uint32]*knowledge
	alls  int             // how often everything was over
	told  []client.Change // all but those
	block chan struct{}   // changed waits for it, if it is not nil
}

// knowledge is what is known of a directory.
type knowledge struct {
	over  bool
	self  wire.Attr
	names map[string]*wire.Attr // nil: it is there, its attributes are not held
	links map[string]string
}

func newCache(t *testing.T) *cache { return &cache{t: t, dirs: map[uint32]*knowledge{}} }

// list asks for a lease on a directory.
func (c *cache) list(ctx context.Context, p *client.Process, path string) (*client.Listing, *knowledge) {
	c.t.Helper()
	var k *knowledge
	l, err := p.List(ctx, wire.CWD, path, func(l *client.Listing) {
		k = &knowledge{self: l.Attr, over: l.Lease == 0, names: map[string]*wire.Attr{}, links: map[string]string{}}
		for i := range l.Entries {
			if d := &l.Entries[i]; d.Name != "." && d.Name != ".." && d.HasAttr {
				k.set(d.Name, d.Held, d.Attr, d.Link)
			}
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		if l.Lease != 0 {
			c.dirs[l.Lease] = k
		}
	})
	if err != nil {
		c.t.Errorf("list %s: %v", path, err)
		return nil, nil
	}
	return l, k
}

func (k *knowledge) set(name string, held bool, attr wire.Attr, link string) {
	if attr.Nlink > 1 && attr.Type != wire.TypeDirectory {
		for other, a := range k.names { // docs/protocol.md: it was given another name
			if a != nil && a.Nlink == 1 && a.ID == attr.ID && other != name {
				k.names[other] = nil
			}
		}
	}
	k.names[name], k.links[name] = nil, link
	if held {
		k.names[name] = &attr
	}
}

func (c *cache) changed(changes []client.Change) {
	c.mu.Lock()
	block := c.block
	c.mu.Unlock()
	if block != nil {
		<-block
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, ch := range changes {
		if ch.All {
			c.alls++
			for _, k := range c.dirs {
				k.over = true
			}
			clear(c.dirs)
			continue
		}
		c.told = append(c.told, ch)
		k := c.dirs[ch.Lease]
		switch {
		case k == nil:
		case ch.Name == "" && ch.Gone:
			k.over = true
			delete(c.dirs, ch.Lease)
		case ch.Name == "":
			k.self = ch.Attr
		case ch.Gone:
			delete(k.names, ch.Name)
		default:
			k.set(ch.Name, ch.Held, ch.Attr, ch.Link)
		}
	}
}

// steady returns attributes without those that no lease covers.
func steady(a wire.Attr) wire.Attr {
	a.Atime, a.Blocks = wire.Time{}, 0
	return a
}

// attrHere returns the attributes that another process sees.
func attrHere(t *testing.T, name string) wire.Attr {
	t.Helper()
	var st unix.Statx_t
	if err := unix.Statx(unix.AT_FDCWD, name, unix.AT_SYMLINK_NOFOLLOW, unix.STATX_BASIC_STATS|unix.STATX_BTIME, &st); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	at := func(t unix.StatxTimestamp) wire.Time { return wire.Time{Sec: t.Sec, Nsec: t.Nsec} }
	return wire.Attr{Type: wire.TypeOf(uint32(st.Mode)), Perm: st.Mode & 0o7777, Nlink: st.Nlink, UID: st.Uid, GID: st.Gid,
		Size: int64(st.Size), BlockSize: st.Blksize, RdevMajor: st.Rdev_major, RdevMinor: st.Rdev_minor,
		ID:    wire.Identity{Dev: unix.Mkdev(st.Dev_major, st.Dev_minor), Ino: st.Ino, Birth: at(st.Btime)},
		Mtime: at(st.Mtime), Ctime: at(st.Ctime)}
}

// compare reports what k has wrong of dir.
func (c *cache) compare(k *knowledge, dir, when string) {
	c.t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	if k.over {
		c.t.Errorf("%s: the lease is over", when)
		return
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		c.t.Fatal(err)
	}
	var names []string
	for _, d := range entries {
		names = append(names, d.Name())
	}
	if known := slices.Sorted(maps.Keys(k.names)); !slices.Equal(known, names) {
		c.t.Errorf("%s: known are\n%q, there are\n%q", when, known, names)
		return
	}
	if got, want := steady(k.self), attrHere(c.t, dir); got != want {
		c.t.Errorf("%s: the directory is known as\n%+v, and is\n%+v", when, got, want)
	}
	for name, attr := range k.names {
		if attr == nil {
			continue
		}
		if want := attrHere(c.t, filepath.Join(dir, name)); steady(*attr) != want {
			c.t.Errorf("%s: %s is known as\n%+v, and is\n%+v", when, name, steady(*attr), want)
		}
		if link, err := os.Readlink(filepath.Join(dir, name)); err == nil && link != k.links[name] {
			c.t.Errorf("%s: the link %s says %q, and is known to say %q", when, name, link, k.links[name])
		}
	}
}

// roundTrip makes a call that tells something.
func roundTrip(t *testing.T, p *client.Process) {
	t.Helper()
	if _, err := p.Stat(t.Context(), wire.CWD, ".", 0); err != nil {
		t.Fatal(err)
	}
}

// watcher returns a client with one representative in dir whose leases c hears of.
func (c *cache) watcher(dial func(context.Context) (io.ReadWriteCloser, error), dir string) (*client.Client, *client.Process) {
	c.t.Helper()
	cl, err := client.Dial(c.t.Context(), client.Config{Dial: dial, Lease: time.Minute, Changed: c.changed})
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(func() { cl.Close() })
	p, err := cl.Spawn(c.t.Context(), dir, 0o022)
	if err != nil {
		c.t.Fatal(err)
	}
	return cl, p
}

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

// playground makes a directory for step, and one for files with several names, as
// which they begin: what becomes of them by a name that they are given in between
// no lease tells.
func playground(t *testing.T) (base, dir, outside string) {
	t.Helper()
	base = t.TempDir()
	dir, outside = filepath.Join(base, "d"), filepath.Join(base, "o")
	for _, d := range []string{dir, outside} {
		if err := os.Mkdir(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 2 {
		name := filepath.Join(outside, fmt.Sprint("hard", i))
		if err := os.WriteFile(name, nil, 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Link(name, name+"er"); err != nil {
			t.Fatal(err)
		}
	}
	return base, dir, outside
}

// A step is something that somebody else may do to a directory; that it fails is
// part of it.
func step(r *rand.Rand, dir, outside string) {
	name := func() string { return filepath.Join(dir, fmt.Sprintf("n%d", r.Intn(12))) }
	sub := func() string { return filepath.Join(dir, fmt.Sprintf("d%d", r.Intn(3))) }
	hard := filepath.Join(outside, fmt.Sprint("hard", r.Intn(2)))
	switch r.Intn(14) {
	case 0, 1:
		_ = os.WriteFile(name(), make([]byte, r.Intn(100)), 0o644)
	case 2, 3:
		if f, err := os.OpenFile(name(), os.O_WRONLY|os.O_APPEND, 0); err == nil {
			for range 1 + r.Intn(20) {
				_, _ = f.WriteString("more")
			}
			f.Close()
		}
	case 4:
		_ = os.Remove(name())
	case 5:
		_ = os.Rename(name(), name())
	case 6:
		_ = os.Chmod(name(), os.FileMode(0o600+r.Intn(64)))
	case 7:
		_ = os.Symlink(fmt.Sprint("to", r.Intn(100)), name())
	case 8:
		_ = os.Mkdir(sub(), 0o755)
	case 9:
		_ = os.WriteFile(filepath.Join(sub(), fmt.Sprint(r.Intn(3))), nil, 0o644)
	case 10:
		_ = os.RemoveAll(sub())
	case 11:
		_ = os.Rename(name(), filepath.Join(outside, "x"))
		_ = os.Rename(filepath.Join(outside, "x"), name())
	case 12:
		_ = os.Link(hard, name())
	case 13:
		_ = os.WriteFile(hard, make([]byte, r.Intn(100)), 0o644)
	}
}

// Whatever happens, in the end the cache is right.
func TestLeaseModel(t *testing.T) {
	for seed := range int64(8) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			base, dir, outside := playground(t)
			r := rand.New(rand.NewSource(seed))
			for range 30 {
				step(r, dir, outside)
			}
			c := newCache(t)
			_, p := c.watcher(startShadow(t, seed%2 == 0, server.Export{Path: base}), dir)
			// Others are at work while the directory is being listed.
			var wg sync.WaitGroup
			wg.Go(func() {
				r := rand.New(rand.NewSource(-seed))
				for range 300 {
					step(r, dir, outside)
				}
			})
			_, k := c.list(t.Context(), p, ".")
			wg.Wait()
			roundTrip(t, p)
			c.compare(k, dir, "after the listing")
			for round := range 40 {
				for range r.Intn(60) {
					step(r, dir, outside)
				}
				roundTrip(t, p)
				c.compare(k, dir, fmt.Sprint("round ", round))
				if t.Failed() {
					return
				}
			}
		})
	}
}

// The link is cut at random bytes, and the shadow killed: a cache that forgets what
// it is told to forget is never wrong.
func TestLeaseAcrossCuts(t *testing.T) {
	base, dir, outside := playground(t)
	if err := os.Mkdir(filepath.Join(base, "journal"), 0o700); err != nil {
		t.Fatal(err)
	}
	cuts, kills := 100, 5
	if testing.Short() {
		cuts, kills = 20, 2
	}
	m := &mortal{t: t, job: shadowJob{Socket: filepath.Join(base, "s"), Journal: filepath.Join(base, "journal"), Exports: []server.Export{{Path: base}}}}
	m.start()
	defer func() { m.kill() }()
	proxy := newCutter(t, filepath.Join(base, "p"), m.job.Socket, 1, 3000, cuts)
	c := newCache(t)
	var cl *client.Client
	for cl == nil {
		cl, _ = client.Dial(t.Context(), client.Config{Dial: dialer(filepath.Join(base, "p")), Lease: time.Minute, Changed: c.changed})
	}
	defer cl.Close()
	p, err := cl.Spawn(t.Context(), dir, 0o022)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewSource(2))
	var k *knowledge
	compared := 0
	for round := 0; proxy.count() < cuts || kills > 0 || compared < 20; round++ {
		if round%25 == 24 && kills > 0 {
			m.kill()
			m.start()
			kills--
		}
		if _, fresh := c.list(t.Context(), p, "."); fresh == nil {
			return
		} else {
			k = fresh
		}
		for range 5 {
			for range r.Intn(20) {
				step(r, dir, outside)
			}
			roundTrip(t, p)
			c.mu.Lock()
			over := k.over
			c.mu.Unlock()
			if over {
				break // as it is told to it asks again
			}
			// The link may break right now, but what is known is right.
			c.mu.Lock()
			frozen := &knowledge{self: k.self, names: maps.Clone(k.names), links: maps.Clone(k.links)}
			c.mu.Unlock()
			c.compare(frozen, dir, fmt.Sprint("round ", round))
			compared++
		}
		if t.Failed() {
			return
		}
	}
	t.Logf("%d cuts, everything over %d times, compared %d times", proxy.count(), c.alls, compared)
	if c.alls < cuts/2 {
		t.Errorf("%d links broke, and the client was told %d times", cuts, c.alls)
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
	_, attr, err = p.Change(ctx, wire.Op{Code: wire.Chmod, FD: wire.CWD, Path: "f", Mode: 0o600})
	own("chmod", "f", attr, err)
	_, attr, err = p.Change(ctx, wire.Op{Code: wire.Mkdir, FD: wire.CWD, Path: "d", Mode: 0o755})
	own("mkdir", "d", attr, err)
	_, attr, err = p.Change(ctx, wire.Op{Code: wire.Rename, FD: wire.CWD, Path: "f", FD2: wire.CWD, Path2: "g"})
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

// Where there are too many events everything is over, and can be had again.
func TestLeaseOverflow(t *testing.T) {
	dir, ctx := t.TempDir(), t.Context()
	for _, name := range []string{"a", "b"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s, err := newShadow(shadowJob{Exports: []server.Export{{Path: dir}}}, false, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	c := newCache(t)
	_, p := c.watcher(pipeTo(s), dir)
	_, k := c.list(ctx, p, ".")
	hold := make(chan struct{})
	c.mu.Lock()
	c.block = hold // the client reads nothing, so that the shadow cannot send
	c.mu.Unlock()
	limit := 16384
	if text, err := os.ReadFile("/proc/sys/fs/inotify/max_queued_events"); err == nil {
		fmt.Sscan(string(text), &limit)
	}
	for i := range 3 * limit {
		// The same event twice in a row is one.
		if err := os.Chmod(filepath.Join(dir, string(rune('a'+i%2))), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c.mu.Lock()
	c.block = nil
	c.mu.Unlock()
	close(hold)
	roundTrip(t, p)
	c.mu.Lock()
	over, alls := k.over, c.alls
	c.mu.Unlock()
	if !over || alls != 1 {
		t.Fatalf("over: %v, everything: %d times", over, alls)
	}
	_, k = c.list(ctx, p, ".")
	if err := os.WriteFile(filepath.Join(dir, "new"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	roundTrip(t, p)
	c.compare(k, dir, "afterwards")
}

func TestLeaseLimit(t *testing.T) {
	base, ctx := t.TempDir(), t.Context()
	for _, d := range []string{"a/1", "a/2", "b"} {
		if err := os.MkdirAll(filepath.Join(base, d), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	s, err := server.New(server.Config{Exports: server.Only(server.Export{Path: base}), AllowRoot: true, Watches: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	c := newCache(t)
	cl, p := c.watcher(pipeTo(s), base)
	a, k := c.list(ctx, p, "a")
	if a.Lease == 0 {
		t.Fatal("no lease")
	}
	held := 0
	for _, attr := range k.names {
		if attr != nil {
			held++
		}
	}
	if held != 1 {
		t.Errorf("attributes of %d subdirectories are held", held)
	}
	b, _ := c.list(ctx, p, "b")
	if b.Lease != 0 || len(b.Entries) != 2 {
		t.Errorf("there is a lease beyond the limit: %+v", b)
	}
	if err := cl.Unwatch(ctx, a.Lease); err != nil {
		t.Fatal(err)
	}
	if b, _ = c.list(ctx, p, "b"); b.Lease == 0 {
		t.Error("what was given up is not free")
	}
	// Without anybody to hear of changes there is no lease.
	quiet := begin(t, pipeTo(s), base, false)
	l, err := quiet.List(ctx, wire.CWD, "b", func(*client.Listing) {})
	if err != nil || l.Lease != 0 {
		t.Errorf("listing %+v, %v", l, err)
	}
}

// A directory that does not fit into one reply is listed whole, while it changes.
func TestLeaseOfALargeDirectory(t *testing.T) {
	base := t.TempDir()
	dir := filepath.Join(base, "d")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("x", 230)
	for i := range 7000 { // 2.6 MB
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%s%d", long, i)), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c := newCache(t)
	_, p := c.watcher(startShadow(t, false, server.Export{Path: base}), base)
	done := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		r := rand.New(rand.NewSource(1))
		for {
			select {
			case <-done:
				return
			default:
				name := filepath.Join(dir, fmt.Sprintf("%s%d", long, r.Intn(8000)))
				if os.Remove(name) != nil {
					_ = os.WriteFile(name, []byte("new"), 0o600)
				}
			}
		}
	})
	l, k := c.list(t.Context(), p, "d")
	close(done)
	wg.Wait()
	if l == nil {
		return
	}
	roundTrip(t, p)
	c.compare(k, dir, "afterwards")
}
