package fetch_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"penumbra/abi"
	"penumbra/access"
	"penumbra/access/accesstest"
	"penumbra/access/fetch"
	"penumbra/access/local"
	"penumbra/access/remote"
	"penumbra/shadow/server"
	"penumbra/shadow/wire"
)

func newCache(t *testing.T, dir string, limit int64) *fetch.Cache {
	t.Helper()
	c, err := fetch.NewCache(dir, limit)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestSuite(t *testing.T) {
	lowers := map[string]func(t *testing.T, dir string) access.Opener{
		"local": func(*testing.T, string) access.Opener { return local.Opener{} },
		"remote": func(t *testing.T, dir string) access.Opener {
			return remote.Opener{Process: accesstest.Shadow(t, dir, server.Config{}), Dir: wire.CWD}
		},
	}
	for name, lower := range lowers {
		t.Run(name, func(t *testing.T) {
			accesstest.Run(t, func(t *testing.T) accesstest.Subject {
				dir := t.TempDir()
				s := accesstest.InDir(t, dir, "f")
				s.Fault = &accesstest.Fault{Opener: lower(t, dir)}
				s.Opener = fetch.New(newCache(t, t.TempDir(), 0), "test", s.Fault)
				return s
			})
		})
	}
}

// source is an Opener of files in memory that have a version.
type source struct {
	mu      sync.Mutex
	content map[string]string
	version int
	opened  atomic.Int64
	during  func() // called while a file is read
	fail    atomic.Bool
}

func (s *source) set(name, content string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.content == nil {
		s.content = map[string]string{}
	}
	s.content[name] = content
	s.version++
}

func (s *source) Stamp(_ context.Context, name string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return fmt.Sprintf("%s at %d", name, s.version), nil
}

func (s *source) Open(_ context.Context, name string, _ int, _ fs.FileMode) (access.File, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opened.Add(1)
	return &memory{source: s, Reader: bytes.NewReader([]byte(s.content[name]))}, nil
}

type memory struct {
	access.File
	source *source
	*bytes.Reader
}

func (m *memory) Size() (int64, error) { return m.Reader.Size(), nil }
func (m *memory) Close() error         { return nil }
func (m *memory) ReadAt(p []byte, off int64) (int, error) {
	if m.source.during != nil {
		m.source.during()
	}
	if m.source.fail.Load() && off > 0 {
		return len(p) / 2, abi.EIO
	}
	return m.Reader.ReadAt(p, off)
}
func (m *memory) WriteAt([]byte, int64) (int, error) { return 0, abi.EROFS }

// read returns what o opens.
func read(t *testing.T, o access.Opener, name string) string {
	t.Helper()
	f, err := o.Open(t.Context(), name, os.O_RDONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b, err := io.ReadAll(f.(access.Whole).Whole())
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func check(t *testing.T, o access.Opener, s *source, name string, opened int64) {
	t.Helper()
	if got := read(t, o, name); got != s.content[name] {
		t.Fatalf("%s: %d bytes instead of %d", name, len(got), len(s.content[name]))
	}
	if n := s.opened.Load(); n != opened {
		t.Errorf("%s: fetched %d times, want %d", name, n, opened)
	}
}

func TestKept(t *testing.T) {
	dir, s := t.TempDir(), &source{}
	s.set("a", "content")
	o := fetch.New(newCache(t, dir, 0), "s", s)
	check(t, o, s, "a", 1)
	check(t, o, s, "a", 1)
	check(t, fetch.New(newCache(t, dir, 0), "s", s), s, "a", 1) // another process
	check(t, fetch.New(newCache(t, dir, 0), "elsewhere", s), s, "a", 2)
	s.set("a", "changed")
	check(t, o, s, "a", 3)
	check(t, o, s, "a", 3)
}

// objects returns the copies in a cache.
func objects(t *testing.T, dir string) []string {
	t.Helper()
	all, err := filepath.Glob(filepath.Join(dir, "objects", "*", "*"))
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestDamagedCopies(t *testing.T) {
	damages := map[string]func(t *testing.T, name string) error{
		"changed": func(t *testing.T, name string) error { return os.WriteFile(name, []byte("CONTENT"), 0) },
		"cut":     func(t *testing.T, name string) error { return os.Truncate(name, 3) },
		"emptied": func(t *testing.T, name string) error { return os.Truncate(name, 0) },
		"gone":    func(t *testing.T, name string) error { return os.Remove(name) },
	}
	for what, damage := range damages {
		for _, again := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, in another process: %v", what, again), func(t *testing.T) {
				dir, s := t.TempDir(), &source{}
				s.set("a", "content")
				o := fetch.New(newCache(t, dir, 0), "s", s)
				check(t, o, s, "a", 1)
				name := objects(t, dir)[0]
				if err := os.Chmod(name, 0o700); err != nil {
					t.Fatal(err)
				}
				if err := damage(t, name); err != nil {
					t.Fatal(err)
				}
				if again {
					o = fetch.New(newCache(t, dir, 0), "s", s)
				}
				check(t, o, s, "a", 2)
				check(t, o, s, "a", 2)
			})
		}
	}
}

// A download that fails leaves nothing, one during which the file changes begins
// anew.
func TestPartial(t *testing.T) {
	dir, s := t.TempDir(), &source{}
	s.set("a", string(bytes.Repeat([]byte("0123456789"), 500_000)))
	o := fetch.New(newCache(t, dir, 0), "s", s)
	s.fail.Store(true)
	if _, err := o.Open(t.Context(), "a", os.O_RDONLY, 0); access.Errno(err) != abi.EIO {
		t.Error(err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "partial", "*")); len(left)+len(objects(t, dir)) > 0 {
		t.Errorf("left: %q", left)
	}
	s.fail.Store(false)
	var once sync.Once
	s.during = func() { once.Do(func() { s.set("a", "new") }) }
	if got := read(t, o, "a"); got != "new" {
		t.Errorf("a copy of %d bytes", len(got))
	}
}

func TestLimit(t *testing.T) {
	const limit = 100_000
	dir, s := t.TempDir(), &source{}
	for i := range 60 {
		s.set(fmt.Sprint(i), string(bytes.Repeat([]byte{byte(i)}, 5000)))
	}
	s.set("large", string(make([]byte, 2*limit)))
	o := fetch.New(newCache(t, dir, limit), "s", s)
	for i := range 60 {
		check(t, o, s, fmt.Sprint(i), int64(i+1))
		size := int64(0)
		for _, name := range objects(t, dir) {
			if info, err := os.Stat(name); err == nil {
				size += info.Size()
			}
		}
		if size > limit {
			t.Fatalf("%d bytes in a cache of %d", size, limit)
		}
	}
	check(t, o, s, "59", 60) // the newest is there
	check(t, o, s, "0", 61)  // the oldest is not
	check(t, o, s, "large", 62)
	if got := len(objects(t, dir)); got == 0 || got > 20 {
		t.Errorf("%d copies", got)
	}
}

// Several processes fetch and throw out at the same time.
func TestTogether(t *testing.T) {
	dir, s := t.TempDir(), &source{}
	for i := range 40 {
		s.set(fmt.Sprint(i), string(bytes.Repeat([]byte{byte(i + 1)}, 1000*i)))
	}
	var wg sync.WaitGroup
	for p := range 3 {
		o := fetch.New(newCache(t, dir, 200_000), "s", s)
		for g := range 3 {
			wg.Go(func() {
				for i := range 120 {
					name := fmt.Sprint((i*7 + p*11 + g) % 40)
					f, err := o.Open(context.Background(), name, os.O_RDONLY, 0)
					if err != nil {
						t.Error(err)
						return
					}
					b, err := io.ReadAll(f.(access.Whole).Whole())
					if err != nil || string(b) != s.content[name] {
						t.Errorf("%s: %d bytes, %v", name, len(b), err)
					}
					f.Close()
				}
			})
		}
	}
	wg.Wait()
	if left, _ := filepath.Glob(filepath.Join(dir, "partial", "*")); len(left) > 0 {
		t.Errorf("left: %q", left)
	}
}
