package client_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"penumbra/abi"
	"penumbra/shadow/client"
	"penumbra/shadow/server"
	"penumbra/shadow/wire"
)

// A meter is a link that counts the requests that go over it, and how many there
// are without a reply at most.
type meter struct {
	io.ReadWriteCloser
	requests, replies, most *atomic.Int64
	frames                  *frames // of the replies
}

// Write gets each frame's header at the begin of a buffer.
func (m *meter) Write(b []byte) (int, error) {
	if h, ok := header(b); ok && h.Kind == wire.KindRequest {
		n := m.requests.Add(1) - m.replies.Load()
		m.most.Store(max(m.most.Load(), n))
	}
	return m.ReadWriteCloser.Write(b)
}

func (m *meter) Read(b []byte) (int, error) {
	n, err := m.ReadWriteCloser.Read(b)
	m.replies.Add(m.frames.count(b[:n], wire.KindReply))
	return n, err
}

func header(b []byte) (wire.Header, bool) {
	if len(b) < wire.HeaderSize {
		return wire.Header{}, false
	}
	h, err := wire.DecodeHeader(b)
	return h, err == nil
}

// frames finds the frames in a stream of bytes.
type frames struct {
	head []byte
	skip int
}

func (f *frames) count(b []byte, kind wire.Kind) (n int64) {
	for len(b) > 0 {
		if f.skip > 0 {
			k := min(f.skip, len(b))
			f.skip, b = f.skip-k, b[k:]
			continue
		}
		k := min(wire.HeaderSize-len(f.head), len(b))
		f.head, b = append(f.head, b[:k]...), b[k:]
		if h, ok := header(f.head); ok {
			f.head, f.skip = nil, int(h.Head)+int(h.Payload)
			if h.Kind == kind {
				n++
			}
		}
	}
	return n
}

// metered returns a representative in dir, and what counts its requests.
func metered(t *testing.T, s *server.Server, dir string, changed func([]client.Change)) (*client.Process, *meter) {
	t.Helper()
	m := &meter{requests: new(atomic.Int64), replies: new(atomic.Int64), most: new(atomic.Int64), frames: new(frames)}
	dial := pipeTo(s)
	c, err := client.Dial(t.Context(), client.Config{Lease: time.Minute, Changed: changed,
		Dial: func(ctx context.Context) (io.ReadWriteCloser, error) {
			rw, err := dial(ctx)
			m.ReadWriteCloser = rw
			return m, err
		}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	p, err := c.Spawn(t.Context(), dir, 0o022)
	if err != nil {
		t.Fatal(err)
	}
	m.requests.Store(0)
	m.replies.Store(0)
	m.most.Store(0)
	return p, m
}

func shadowOf(t *testing.T, cfg server.Config, dir string) *server.Server {
	t.Helper()
	cfg.Exports, cfg.AllowRoot = server.Only(server.Export{Path: dir}), true
	s, err := server.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// Two thousand names, their attributes, what links say, and a lease: one request.
func TestListIsOneRequest(t *testing.T) {
	dir := t.TempDir()
	for i := range 2000 {
		name := filepath.Join(dir, fmt.Sprintf("file-%d", i))
		var err error
		if i%10 == 0 {
			err = os.Symlink(fmt.Sprint("to ", i), name)
		} else {
			err = os.WriteFile(name, []byte("content"), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	p, m := metered(t, shadowOf(t, server.Config{}, dir), dir, func([]client.Change) {})
	l, err := p.List(t.Context(), wire.CWD, ".", func(*client.Listing) {})
	if err != nil || l.Lease == 0 || len(l.Entries) != 2002 || l.Attr.Type != wire.TypeDirectory {
		t.Fatalf("%d entries, lease %d, %+v, %v", len(l.Entries), l.Lease, l.Attr, err)
	}
	for i := range l.Entries {
		d := &l.Entries[i]
		var n int
		_, err := fmt.Sscanf(d.Name, "file-%d", &n)
		switch {
		case err != nil: // . and ..
		case n%10 == 0 && (d.Attr.Type != wire.TypeSymlink || d.Link != fmt.Sprint("to ", n)):
			t.Errorf("link: %+v", d)
		case n%10 != 0 && (d.Attr.Size != 7 || d.Link != ""):
			t.Errorf("file: %+v", d)
		case !d.Held:
			t.Errorf("not held: %+v", d)
		}
	}
	if n := m.requests.Load(); n != 1 {
		t.Errorf("%d requests", n)
	}
	if _, err := p.List(t.Context(), wire.CWD, "file-1", nil); client.Errno(err) != abi.ENOTDIR {
		t.Errorf("a file was listed: %v", err)
	}
}

func TestReadFiles(t *testing.T) {
	dir, ctx := t.TempDir(), t.Context()
	var names []string
	content := func(i int) []byte { return bytes.Repeat([]byte{byte(i)}, i%300) }
	for i := range 2000 {
		names = append(names, fmt.Sprintf("f%d", i))
		if err := os.WriteFile(filepath.Join(dir, names[i]), content(i), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	large := bytes.Repeat([]byte("large"), 100_000)
	if err := os.WriteFile(filepath.Join(dir, "large"), large, 0o644); err != nil {
		t.Fatal(err)
	}
	s := shadowOf(t, server.Config{}, dir)
	t.Run("many", func(t *testing.T) {
		p, m := metered(t, s, dir, nil)
		all, err := p.ReadFiles(ctx, wire.CWD, names, 4096)
		if err != nil {
			t.Fatal(err)
		}
		for i, r := range all {
			if r.Err != nil || !bytes.Equal(r.Data, content(i)) || r.Attr.Size != int64(i%300) {
				t.Fatalf("%s: %d bytes, %+v, %v", names[i], len(r.Data), r.Attr, r.Err)
			}
		}
		if n, most := m.requests.Load(), m.most.Load(); n != 400 || most < 2 || most > 32 {
			t.Errorf("%d requests, %d at a time", n, most)
		}
	})
	mixed := []string{"none", "f1", ".", "f2", "f3", "f4", strings.Repeat("x", 5000), "f5", "large", "none", "f6", "f7"}
	want := []abi.Errno{abi.ENOENT, 0, abi.EISDIR, 0, 0, 0, abi.ENAMETOOLONG, 0, 0, abi.ENOENT, 0, 0}
	check := func(t *testing.T, all []client.ReadResult, limit int) {
		t.Helper()
		for i, r := range all {
			if client.Errno(r.Err) != want[i] {
				t.Errorf("%.10s: %v", mixed[i], r.Err)
			}
			here, err := os.ReadFile(filepath.Join(dir, mixed[i]))
			if err != nil {
				continue
			}
			if !bytes.Equal(r.Data, here[:min(limit, len(here))]) || r.Attr.Size != int64(len(here)) {
				t.Errorf("%s: %d bytes, attributes %+v", mixed[i], len(r.Data), r.Attr)
			}
		}
	}
	for _, limit := range []int{1, 100, 1000, 200_000, 400_000, 1 << 30} {
		t.Run(fmt.Sprint("limit ", limit), func(t *testing.T) {
			p, _ := metered(t, s, dir, nil)
			all, err := p.ReadFiles(ctx, wire.CWD, mixed, limit)
			if err != nil {
				t.Fatal(err)
			}
			check(t, all, limit)
		})
	}
	// Where there is little memory files wait for it.
	t.Run("little memory", func(t *testing.T) {
		p, _ := metered(t, shadowOf(t, server.Config{Memory: 1}, dir), dir, nil)
		larges := make([]string, 60)
		for i := range larges {
			larges[i] = "large"
		}
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() {
				all, err := p.ReadFiles(ctx, wire.CWD, larges, 200_000)
				if err != nil {
					t.Error(err)
				}
				for _, r := range all {
					if r.Err != nil || !bytes.Equal(r.Data, large[:200_000]) {
						t.Errorf("%d bytes, %v", len(r.Data), r.Err)
					}
				}
			})
		}
		wg.Wait()
	})
}

// A change and the attributes that come of it are one request.
func TestModifyTellsAttributes(t *testing.T) {
	dir, ctx := t.TempDir(), t.Context()
	p, m := metered(t, shadowOf(t, server.Config{}, dir), dir, nil)
	cwd := wire.CWD
	for _, tt := range []struct {
		o     wire.Op
		name  string
		check func(wire.Attr) bool
	}{
		{wire.Op{Code: wire.Mkdir, FD: cwd, Path: "d", Mode: 0o750}, "d", func(a wire.Attr) bool { return a.Type == wire.TypeDirectory }},
		{wire.Op{Code: wire.Symlink, FD: cwd, Path: "s", Path2: "none"}, "s", func(a wire.Attr) bool { return a.Type == wire.TypeSymlink }},
		{wire.Op{Code: wire.Rename, FD: cwd, Path: "s", FD2: cwd, Path2: "d/s"}, "d/s", func(a wire.Attr) bool { return a.Type == wire.TypeSymlink }},
		{wire.Op{Code: wire.Link, FD: cwd, Path: "d/s", FD2: cwd, Path2: "l", Flags: wire.AtNoFollow}, "l", func(a wire.Attr) bool { return a.Nlink == 2 }},
		{wire.Op{Code: wire.Utimens, FD: cwd, Path: "l", Atime: wire.Time{Nsec: wire.TimeOmit}, Mtime: wire.Time{Sec: 7}, Flags: wire.AtNoFollow}, "l", func(a wire.Attr) bool { return a.Mtime.Sec == 7 }},
		{wire.Op{Code: wire.Chmod, FD: cwd, Path: "d", Mode: 0o711}, "d", func(a wire.Attr) bool { return a.Perm == 0o711 }},
	} {
		before := m.requests.Load()
		_, attr, err := p.Modify(ctx, tt.o)
		if err != nil || steady(attr) != attrHere(t, filepath.Join(dir, tt.name)) || !tt.check(attr) {
			t.Errorf("%v: %+v, %v", tt.o.Code, attr, err)
		}
		if n := m.requests.Load() - before; n != 1 {
			t.Errorf("%v: %d requests", tt.o.Code, n)
		}
	}
	_, _, err := p.Modify(ctx, wire.Op{Code: wire.Mkdir, FD: cwd, Path: "d"})
	if client.Errno(err) != abi.EEXIST {
		t.Errorf("mkdir again: %v", err)
	}
	// What was done was done, though nobody can say what came of it.
	_, attr, err := p.Modify(ctx, wire.Op{Code: wire.Unlink, FD: cwd, Path: "l"})
	if err != nil || attr.Type != wire.TypeUnknown {
		t.Errorf("unlink: %+v, %v", attr, err)
	}
	f, _, err := p.Open(ctx, cwd, "f", wire.OpenWrite|wire.OpenCreate, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	m.requests.Store(0)
	for _, tt := range []struct {
		size, requests int
	}{{0, 1}, {100, 1}, {wire.MaxPayload, 1}, {wire.MaxPayload + 1, 3}, {3 * wire.MaxPayload, 4}} {
		m.requests.Store(0)
		n, attr, err := f.WriteAtStat(ctx, make([]byte, tt.size), 5)
		if err != nil || n != tt.size || tt.size > 0 && attr.Size != int64(tt.size+5) || steady(attr) != attrHere(t, filepath.Join(dir, "f")) {
			t.Errorf("%d bytes: %d, %+v, %v", tt.size, n, attr, err)
		}
		if n := m.requests.Load(); n != int64(tt.requests) {
			t.Errorf("%d bytes: %d requests", tt.size, n)
		}
	}
	n, end, attr, err := f.AppendStat(ctx, []byte("more"))
	if err != nil || n != 4 || end != attr.Size || attr.Size != 3*wire.MaxPayload+9 {
		t.Errorf("append: %d, %d, %+v, %v", n, end, attr, err)
	}
	if _, _, err := f.WriteAtStat(ctx, nil, -1); client.Errno(err) != abi.EINVAL {
		t.Errorf("offset -1: %v", err)
	}
}
