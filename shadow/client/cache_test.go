package client_test

import (
	"context"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/shadow/client"
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
