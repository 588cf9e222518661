package buffer_test

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"penumbra/abi"
	"penumbra/access"
	"penumbra/access/accesstest"
	"penumbra/access/buffer"
	"penumbra/access/local"
	"penumbra/access/remote"
	"penumbra/shadow/server"
	"penumbra/shadow/wire"
)

func TestSuite(t *testing.T) {
	lowers := map[string]func(t *testing.T, dir string) access.Opener{
		"local": func(*testing.T, string) access.Opener { return local.Opener{} },
		"remote": func(t *testing.T, dir string) access.Opener {
			return remote.Opener{Process: accesstest.Shadow(t, dir, server.Config{}), Dir: wire.CWD}
		},
	}
	sizes := []struct{ size, block int64 }{
		{buffer.DefaultSize, buffer.DefaultBlock}, {64 << 10, 4096}, {3 * 4000, 4000}, {50_000, 50_000},
	}
	for name, lower := range lowers {
		for _, b := range sizes {
			if name == "remote" && b.block < 10_000 {
				continue // many round trips, and nothing new
			}
			t.Run(fmt.Sprintf("%s %d in blocks of %d", name, b.size, b.block), func(t *testing.T) {
				accesstest.Run(t, func(t *testing.T) accesstest.Subject {
					dir := t.TempDir()
					s := accesstest.InDir(t, dir, "f")
					s.Fault = &accesstest.Fault{Opener: lower(t, dir)}
					s.Opener = buffer.New(s.Fault, b.size, b.block)
					return s
				})
			})
		}
	}
}

func TestReplace(t *testing.T) {
	accesstest.Replace(t, buffer.New(local.Opener{}, 100, 10), t.TempDir())
}

// A slow file lets nothing through until it is told to, and counts.
type slow struct {
	access.Opener
	mu            sync.Mutex
	reads, writes []int64 // offsets
	waiting       sync.Cond
	open          bool
}

func newSlow() *slow {
	s := &slow{Opener: local.Opener{}}
	s.waiting.L = &s.mu
	return s
}

func (s *slow) Open(ctx context.Context, name string, flag int, perm fs.FileMode) (access.File, error) {
	f, err := s.Opener.Open(ctx, name, flag, perm)
	if err != nil {
		return nil, err
	}
	return &slowFile{f, s}, nil
}

func (s *slow) pass(log *[]int64, off int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	*log = append(*log, off)
	s.waiting.Broadcast()
	for !s.open {
		s.waiting.Wait()
	}
}

// until waits until n calls have been logged, and returns them.
func (s *slow) until(log *[]int64, n int) []int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(*log) < n {
		s.waiting.Wait()
	}
	return append([]int64{}, *log...)
}

func (s *slow) release() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open = true
	s.waiting.Broadcast()
}

type slowFile struct {
	access.File
	s *slow
}

func (f *slowFile) Identity() string { return access.Identity(f.File) }

func (f *slowFile) ReadAt(p []byte, off int64) (int, error) {
	f.s.pass(&f.s.reads, off)
	return f.File.ReadAt(p, off)
}

func (f *slowFile) WriteAt(p []byte, off int64) (int, error) {
	f.s.pass(&f.s.writes, off)
	return f.File.WriteAt(p, off)
}

func open(t *testing.T, o access.Opener, name string, flag int) access.File {
	t.Helper()
	f, err := o.Open(t.Context(), name, flag, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// Who reads in sequence has many requests under way at a time.
func TestReadAhead(t *testing.T) {
	const block = 1000
	name := filepath.Join(t.TempDir(), "f")
	content := bytes.Repeat([]byte("0123456789"), 10_000)
	if err := os.WriteFile(name, content, 0o600); err != nil {
		t.Fatal(err)
	}
	s := newSlow()
	f := open(t, buffer.New(s, 40*block, block), name, os.O_RDONLY)
	done := make(chan []byte)
	go func() {
		var got []byte
		p := make([]byte, 500)
		for off := 0; off < len(content); off += len(p) {
			if _, err := f.ReadAt(p, int64(off)); err != nil {
				t.Error(err)
			}
			got = append(got, p...)
		}
		done <- got
	}()
	s.until(&s.reads, 2) // before the first one has come
	s.release()
	if got := <-done; !bytes.Equal(got, content) {
		t.Error("the content is another one")
	}
	reads := s.until(&s.reads, 0)
	if len(reads) != len(content)/block {
		t.Errorf("%d blocks were asked for, of %d", len(reads), len(content)/block)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
}

// Writes do not wait for the file; Sync does.
func TestWriteBehind(t *testing.T) {
	const block = 1000
	name := filepath.Join(t.TempDir(), "f")
	s := newSlow()
	f := open(t, buffer.New(s, 40*block, block), name, os.O_RDWR|os.O_CREATE)
	content := bytes.Repeat([]byte("abcdefghij"), 1000)
	for off := 0; off < len(content); off += 100 {
		if _, err := f.WriteAt(content[off:off+100], int64(off)); err != nil {
			t.Fatal(err)
		}
	}
	got := make([]byte, len(content))
	if _, err := f.ReadAt(got, 0); err != nil || !bytes.Equal(got, content) {
		t.Errorf("a read does not see what was written: %v", err)
	}
	s.until(&s.writes, 5) // under way at a time
	if info, err := os.Stat(name); err != nil || info.Size() != 0 {
		t.Errorf("%v, %v", info, err)
	}
	s.release()
	if err := f.Sync(); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(name); err != nil || !bytes.Equal(got, content) {
		t.Errorf("after Sync: %d bytes, %v", len(got), err)
	}
	if n := len(s.until(&s.writes, 0)); n != len(content)/block {
		t.Errorf("%d writes of %d blocks", n, len(content)/block)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
}

// Handles share what was not sent; another file of the same name is another one.
func TestShared(t *testing.T) {
	name := filepath.Join(t.TempDir(), "f")
	o := buffer.New(local.Opener{}, 1<<20, 64<<10)
	read := func(f access.File, want string) {
		t.Helper()
		b := make([]byte, 10)
		n, _ := f.ReadAt(b, 0)
		if string(b[:n]) != want {
			t.Errorf("%q instead of %q", b[:n], want)
		}
	}
	a := open(t, o, name, os.O_WRONLY|os.O_CREATE)
	b := open(t, o, name, os.O_RDONLY)
	if _, err := a.WriteAt([]byte("one"), 0); err != nil {
		t.Fatal(err)
	}
	read(b, "one")
	c := open(t, o, name, os.O_RDWR|os.O_TRUNC)
	read(b, "")
	if _, err := c.WriteAt([]byte("two"), 0); err != nil {
		t.Fatal(err)
	}
	read(b, "two")
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
	d := open(t, o, name, os.O_RDWR|os.O_CREATE)
	if _, err := d.WriteAt([]byte("three"), 0); err != nil {
		t.Fatal(err)
	}
	read(b, "two")
	read(d, "three")
	for _, f := range []access.File{a, b, c, d} {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
	if got, err := os.ReadFile(name); err != nil || string(got) != "three" {
		t.Errorf("%q, %v", got, err)
	}
}

// Who appends does so behind what others have written and was not sent.
func TestAppendBehindUnsent(t *testing.T) {
	name := filepath.Join(t.TempDir(), "f")
	o := buffer.New(local.Opener{}, 100, 10)
	w := open(t, o, name, os.O_RDWR|os.O_CREATE)
	a := open(t, o, name, os.O_WRONLY|os.O_APPEND)
	var want []byte
	for i := range 20 {
		p := bytes.Repeat([]byte{byte('a' + i)}, i)
		if _, err := w.WriteAt(p, int64(len(want))); err != nil {
			t.Fatal(err)
		}
		want = append(append(want, p...), '|')
		if _, err := a.WriteAt([]byte("|"), 0); err != nil {
			t.Fatal(err)
		}
		got := make([]byte, len(want)+1)
		if n, _ := w.ReadAt(got, 0); !bytes.Equal(got[:n], want) {
			t.Fatalf("%q instead of %q", got[:n], want)
		}
	}
	for _, f := range []access.File{w, a} {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
	if got, err := os.ReadFile(name); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%q, %v", got, err)
	}
}

// What others append is seen by who has the file open.
func TestGrowsElsewhere(t *testing.T) {
	name := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(name, []byte("one"), 0o600); err != nil {
		t.Fatal(err)
	}
	f := open(t, buffer.New(local.Opener{}, 100, 10), name, os.O_RDONLY)
	want := "one"
	for _, more := range []string{", two", ", three and four", ", five"} {
		b := make([]byte, 100)
		if n, _ := f.ReadAt(b, 0); string(b[:n]) != want {
			t.Errorf("%q", b[:n])
		}
		want += more
		if err := os.WriteFile(name, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// A full buffer that cannot be sent does not keep anyone from reading, and tells
// who writes.
func TestFullAndStuck(t *testing.T) {
	name := filepath.Join(t.TempDir(), "f")
	content := bytes.Repeat([]byte("0123456789"), 100)
	if err := os.WriteFile(name, content, 0o600); err != nil {
		t.Fatal(err)
	}
	fault := &accesstest.Fault{Opener: local.Opener{}}
	f := open(t, buffer.New(fault, 100, 10), name, os.O_RDWR)
	fault.Fail("write", abi.ENOSPC)
	var err error
	for off := int64(0); off < 500 && err == nil; off += 10 {
		_, err = f.WriteAt([]byte("x"), off)
	}
	if access.Errno(err) != abi.ENOSPC {
		t.Errorf("write: %v", err)
	}
	b := make([]byte, 400)
	if _, err := f.ReadAt(b, 600); err != nil || !bytes.Equal(b, content[600:]) {
		t.Errorf("read: %v", err)
	}
	fault.Fail("write", 0)
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	if got, err := os.ReadFile(name); err != nil || got[0] != 'x' || got[10] != 'x' || got[1] != '1' {
		t.Errorf("%q, %v", got, err)
	}
}
