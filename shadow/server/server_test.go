package server_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/shadow/client"
	"penumbra/shadow/server"
	"penumbra/shadow/wire"
)

// serve returns how to reach a shadow with these exports.
func serve(t testing.TB, cfg server.Config, exports ...server.Export) client.Config {
	t.Helper()
	cfg.Exports, cfg.AllowRoot = server.Only(exports...), true
	s, err := server.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	t.Cleanup(func() {
		s.Close()
		wg.Wait()
	})
	return client.Config{Lease: time.Minute, Dial: func(context.Context) (io.ReadWriteCloser, error) {
		a, b := net.Pipe()
		wg.Go(func() { _ = s.ServeLink(b, "tester") })
		return a, nil
	}}
}

func dial(t testing.TB, cfg client.Config) *client.Client {
	t.Helper()
	c, err := client.Dial(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// process returns a representative in dir, which is exported for writing.
func process(t testing.TB, dir string, more ...server.Export) *client.Process {
	t.Helper()
	c := dial(t, serve(t, server.Config{}, append(more, server.Export{Path: dir})...))
	p, err := c.Spawn(t.Context(), dir, 0o027)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func put(t testing.TB, name, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func is(t testing.TB, what string, err error, want abi.Errno) {
	t.Helper()
	if got := client.Errno(err); got != want {
		t.Errorf("%s: %v instead of %v", what, got.Name(), want.Name())
	}
}

func TestFiles(t *testing.T) {
	dir, ctx := t.TempDir(), t.Context()
	p := process(t, dir)
	f, attr, err := p.Open(ctx, wire.CWD, "f", wire.OpenRead|wire.OpenWrite|wire.OpenCreate, 0o666)
	is(t, "open", err, 0)
	if attr.Type != wire.TypeRegular || attr.Perm != 0o640 {
		t.Errorf("attributes %+v", attr)
	}
	n, err := f.Writev(ctx, [][]byte{[]byte("hello, "), []byte("world")}, 3)
	is(t, "write", err, 0)
	if n != 12 {
		t.Errorf("wrote %d", n)
	}
	a, b := make([]byte, 5), make([]byte, 50)
	n, err = f.Readv(ctx, [][]byte{a, b}, 3)
	is(t, "read", err, 0)
	if got := string(a) + string(b[:n-5]); got != "hello, world" {
		t.Errorf("read %q", got)
	}
	n, end, err := f.Append(ctx, []byte("!"), []byte("!"))
	is(t, "append", err, 0)
	if n != 2 || end != 17 {
		t.Errorf("appended %d, end %d", n, end)
	}
	is(t, "truncate", f.Truncate(ctx, 10), 0)
	is(t, "truncate by path", p.Truncate(ctx, wire.CWD, "f", 9), 0)
	is(t, "allocate", f.Allocate(ctx, wire.AllocateKeepSize, 0, 1<<16), 0)
	is(t, "fsync", f.Sync(ctx, false), 0)
	is(t, "fdatasync", f.Sync(ctx, true), 0)
	if attr, err = f.Stat(ctx); err != nil || attr.Size != 9 {
		t.Errorf("stat: %+v, %v", attr, err)
	}
	if at, err := f.Seek(ctx, 0, wire.SeekHole); err != nil || at != 9 && at != 0 {
		t.Errorf("seek: %d, %v", at, err)
	}
	is(t, "close", f.Close(ctx), 0)
	is(t, "close again", f.Close(ctx), abi.EBADF)
	if got, err := os.ReadFile(filepath.Join(dir, "f")); err != nil || string(got) != "\x00\x00\x00hello," {
		t.Errorf("here: %q, %v", got, err)
	}
	buf := make([]byte, 100)
	if attr, n, err := p.ReadFile(ctx, wire.CWD, "f", buf); err != nil || n != 9 || attr.Size != 9 {
		t.Errorf("read the file: %+v %d %v", attr, n, err)
	}
	if n, err := p.WriteFile(ctx, wire.CWD, "g", []byte("new"), 0o600); err != nil || n != 3 {
		t.Errorf("write the file: %d, %v", n, err)
	}
	_, _, err = p.ReadFile(ctx, wire.CWD, "none", buf)
	is(t, "read no file", err, abi.ENOENT)
	_, _, err = p.ReadFile(ctx, wire.CWD, ".", buf)
	is(t, "read a directory", err, abi.EISDIR)
}

func TestNames(t *testing.T) {
	dir, ctx := t.TempDir(), t.Context()
	p := process(t, dir)
	put(t, filepath.Join(dir, "a"), "a")
	put(t, filepath.Join(dir, "b"), "b")
	if err := unix.Mkfifo(filepath.Join(dir, "pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	cwd := wire.CWD
	tests := []struct {
		name string
		do   func() error
		want abi.Errno
	}{
		{"mkdir", func() error { return p.Mkdir(ctx, cwd, "d", 0o777) }, 0},
		{"mkdir again", func() error { return p.Mkdir(ctx, cwd, "d", 0o777) }, abi.EEXIST},
		{"mkdir .", func() error { return p.Mkdir(ctx, cwd, ".", 0o777) }, abi.EEXIST},
		{"mkdir the export", func() error { return p.Mkdir(ctx, cwd, dir, 0o777) }, abi.EEXIST},
		{"mkdir with slash", func() error { return p.Mkdir(ctx, cwd, "d/e/", 0o777) }, 0},
		{"mkdir in nothing", func() error { return p.Mkdir(ctx, cwd, "x/y", 0o777) }, abi.ENOENT},
		{"rmdir full", func() error { return p.Rmdir(ctx, cwd, "d") }, abi.ENOTEMPTY},
		{"rmdir", func() error { return p.Rmdir(ctx, cwd, "d/e") }, 0},
		{"unlink directory", func() error { return p.Unlink(ctx, cwd, "d") }, abi.EISDIR},
		{"rename", func() error { return p.Rename(ctx, cwd, "a", cwd, "d/a", 0) }, 0},
		{"rename gone", func() error { return p.Rename(ctx, cwd, "a", cwd, "c", 0) }, abi.ENOENT},
		{"rename onto", func() error { return p.Rename(ctx, cwd, "d/a", cwd, "b", wire.RenameNoReplace) }, abi.EEXIST},
		{"exchange", func() error { return p.Rename(ctx, cwd, "d/a", cwd, "b", wire.RenameExchange) }, 0},
		{"rename ..", func() error { return p.Rename(ctx, cwd, "d/..", cwd, "c", 0) }, abi.EBUSY},
		{"rename with slash", func() error { return p.Rename(ctx, cwd, "b/", cwd, "c", 0) }, abi.ENOTDIR},
		{"link", func() error { return p.Link(ctx, cwd, "b", cwd, "l", 0) }, 0},
		{"link again", func() error { return p.Link(ctx, cwd, "b", cwd, "l", 0) }, abi.EEXIST},
		{"symlink", func() error { return p.Symlink(ctx, "b", cwd, "s") }, 0},
		{"chmod", func() error { return p.Chmod(ctx, cwd, "s", 0o711, 0) }, 0},
		{"chmod link", func() error { return p.Chmod(ctx, cwd, "s", 0o711, wire.AtNoFollow) }, abi.EOPNOTSUPP},
		{"chown", func() error { return p.Chown(ctx, cwd, "b", wire.KeepID, wire.KeepID, 0) }, 0},
		{"utimens", func() error { return p.Utimens(ctx, cwd, "b", wire.Time{Sec: 5}, wire.Time{Sec: 7, Nsec: 9}, 0) }, 0},
		{"access", func() error { return p.Access(ctx, cwd, "b", unix.R_OK, 0) }, 0},
		{"access none", func() error { return p.Access(ctx, cwd, "none", 0, 0) }, abi.ENOENT},
		{"empty path", func() error { return p.Unlink(ctx, cwd, "") }, abi.ENOENT},
		{"readlink of a file", func() error { _, err := p.Readlink(ctx, cwd, "b"); return err }, abi.EINVAL},
		{"open a pipe", func() error { _, _, err := p.Open(ctx, cwd, "pipe", wire.OpenRead, 0); return err }, abi.EOPNOTSUPP},
		{"stat a pipe", func() error { _, err := p.Stat(ctx, cwd, "pipe", 0); return err }, 0},
		{"open excl", func() error {
			_, _, err := p.Open(ctx, cwd, "s", wire.OpenWrite|wire.OpenCreate|wire.OpenExclusive, 0o600)
			return err
		}, abi.EEXIST},
		{"open directory", func() error { _, _, err := p.Open(ctx, cwd, "b", wire.OpenRead|wire.OpenDirectory, 0); return err }, abi.ENOTDIR},
		{"open nofollow", func() error { _, _, err := p.Open(ctx, cwd, "s", wire.OpenRead|wire.OpenNoFollow, 0); return err }, abi.ELOOP},
		{"unlink", func() error { return p.Unlink(ctx, cwd, "l") }, 0},
		{"name too long", func() error { return p.Unlink(ctx, cwd, strings.Repeat("x", 256)) }, abi.ENAMETOOLONG},
	}
	for _, tt := range tests {
		is(t, tt.name, tt.do(), tt.want)
	}
	attr, err := p.Stat(ctx, cwd, "s", 0)
	if err != nil || attr.Perm != 0o711 || attr.Mtime != (wire.Time{Sec: 7, Nsec: 9}) || attr.Atime != (wire.Time{Sec: 5}) {
		t.Errorf("stat: %+v, %v", attr, err)
	}
	if attr, err = p.Stat(ctx, cwd, "s", wire.AtNoFollow); err != nil || attr.Type != wire.TypeSymlink {
		t.Errorf("lstat: %+v, %v", attr, err)
	}
	if got, err := p.Readlink(ctx, cwd, "s"); err != nil || got != "b" {
		t.Errorf("readlink: %q, %v", got, err)
	}
	if info, err := p.Statfs(ctx, cwd, "b"); err != nil || info.BlockSize == 0 || info.ReadOnly {
		t.Errorf("statfs: %+v, %v", info, err)
	}
}

func TestXattrs(t *testing.T) {
	dir, ctx := t.TempDir(), t.Context()
	put(t, filepath.Join(dir, "f"), "")
	if err := unix.Setxattr(filepath.Join(dir, "f"), "user.there", []byte("x"), 0); err != nil {
		t.Skip("needs a file system with user attributes: ", err)
	}
	p := process(t, dir)
	is(t, "set", p.Setxattr(ctx, wire.CWD, "f", "user.a", []byte("value"), wire.XattrCreate), 0)
	is(t, "create again", p.Setxattr(ctx, wire.CWD, "f", "user.a", []byte("value"), wire.XattrCreate), abi.EEXIST)
	is(t, "replace none", p.Setxattr(ctx, wire.CWD, "f", "user.b", nil, wire.XattrReplace), abi.ENODATA)
	if v, err := p.Getxattr(ctx, wire.CWD, "f", "user.a", 0); err != nil || string(v) != "value" {
		t.Errorf("get: %q, %v", v, err)
	}
	if v, err := p.Listxattr(ctx, wire.CWD, "f", 0); err != nil || !bytes.Contains(v, []byte("user.a\x00")) {
		t.Errorf("list: %q, %v", v, err)
	}
	is(t, "remove", p.Removexattr(ctx, wire.CWD, "f", "user.a"), 0)
	is(t, "remove again", p.Removexattr(ctx, wire.CWD, "f", "user.a"), abi.ENODATA)
}

func TestReadDir(t *testing.T) {
	dir, ctx := t.TempDir(), t.Context()
	var want []string
	for i := range 2000 {
		want = append(want, fmt.Sprintf("file-%04d", i))
		put(t, filepath.Join(dir, want[i]), strings.Repeat("x", i%10))
	}
	p := process(t, dir)
	f, _, err := p.Open(ctx, wire.CWD, ".", wire.OpenRead|wire.OpenDirectory, 0)
	is(t, "open", err, 0)
	for _, length := range []int{wire.MaxPayload, 5000} {
		var got []string
		trips := 0
		for cookie, end := int64(0), false; !end; trips++ {
			var entries []wire.Dirent
			entries, end, err = f.ReadDir(ctx, cookie, length)
			is(t, "readdir", err, 0)
			if err != nil {
				return
			}
			for _, e := range entries {
				cookie = e.Cookie
				if e.Name == "." || e.Name == ".." {
					continue
				}
				var i int
				fmt.Sscanf(e.Name, "file-%d", &i)
				if !e.HasAttr || e.Attr.Size != int64(i%10) || e.Type != wire.TypeRegular || e.Ino != e.Attr.ID.Ino {
					t.Fatalf("entry %+v", e)
				}
				got = append(got, e.Name)
			}
		}
		if slices.Sort(got); !slices.Equal(got, want) {
			t.Errorf("%d bytes at a time: %d names", length, len(got))
		}
		if length == wire.MaxPayload && trips != 1 {
			t.Errorf("%d round trips", trips)
		}
	}
	_, _, err = f.ReadDir(ctx, 0, 10)
	is(t, "no room", err, abi.EINVAL)
}

// A representative has descriptors, a directory and a mask; fork copies them,
// and exit gives all back.
func TestProcesses(t *testing.T) {
	dir, ctx := t.TempDir(), t.Context()
	put(t, filepath.Join(dir, "d/x"), "x")
	p := process(t, dir)
	before := descriptors(t)
	q, err := p.Fork(ctx)
	is(t, "fork", err, 0)
	if got, err := q.Chdir(ctx, wire.CWD, "d"); err != nil || got != filepath.Join(dir, "d") {
		t.Errorf("chdir: %q, %v", got, err)
	}
	if old, err := q.Umask(ctx, 0o077); err != nil || old != 0o027 {
		t.Errorf("umask: %#o, %v", old, err)
	}
	_, err = q.Stat(ctx, wire.CWD, "x", 0)
	is(t, "stat in the child", err, 0)
	_, err = p.Stat(ctx, wire.CWD, "x", 0)
	is(t, "stat in the parent", err, abi.ENOENT)
	f, attr, err := q.Open(ctx, wire.CWD, "new", wire.OpenRead|wire.OpenWrite|wire.OpenCreate, 0o666)
	if err != nil || attr.Perm != 0o600 {
		t.Errorf("open: %+v, %v", attr, err)
	}
	g, err := q.Adopt(ctx, f)
	is(t, "dup", err, 0)
	h, err := p.Adopt(ctx, f)
	is(t, "dup into another", err, 0)
	r, err := q.Fork(ctx)
	is(t, "fork again", err, 0)
	is(t, "close", f.Close(ctx), 0)
	_, err = g.WriteAt(ctx, []byte("abc"), 0)
	is(t, "write", err, 0)
	is(t, "exit", q.Exit(ctx), 0)
	is(t, "exit again", q.Exit(ctx), abi.ESRCH)
	_, err = g.WriteAt(ctx, []byte("abc"), 0)
	is(t, "write after exit", err, abi.ESRCH)
	buf := make([]byte, 9)
	if n, err := h.ReadAt(ctx, buf, 0); err != nil || string(buf[:n]) != "abc" {
		t.Errorf("read: %q, %v", buf[:n], err)
	}
	is(t, "exit of the other", r.Exit(ctx), 0)
	is(t, "close the last", h.Close(ctx), 0)
	if after := descriptors(t); after != before {
		t.Errorf("%d descriptors, and %d before", after, before)
	}
}

func descriptors(t *testing.T) int {
	t.Helper()
	all, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(all)
}

func TestLocks(t *testing.T) {
	dir, ctx := t.TempDir(), t.Context()
	put(t, filepath.Join(dir, "f"), "0123456789")
	for _, kind := range []uint32{wire.LockProcess, wire.LockFile, wire.LockWhole} {
		t.Run(map[uint32]string{wire.LockProcess: "process", wire.LockFile: "file", wire.LockWhole: "whole"}[kind], func(t *testing.T) {
			p := process(t, dir)
			q, err := p.Fork(ctx)
			is(t, "fork", err, 0)
			f, _, err := p.Open(ctx, wire.CWD, "f", wire.OpenRead|wire.OpenWrite, 0)
			is(t, "open", err, 0)
			g, _, err := q.Open(ctx, wire.CWD, "f", wire.OpenRead|wire.OpenWrite, 0)
			is(t, "open", err, 0)
			lock := func(f *client.File, ctx context.Context, flags uint32) error {
				_, err := f.Lock(ctx, flags|kind, 0, 4)
				return err
			}
			is(t, "lock", lock(f, ctx, wire.LockExclusive), 0)
			is(t, "lock again", lock(f, ctx, wire.LockShared), 0)
			is(t, "lock shared by both", lock(g, ctx, wire.LockShared), 0)
			is(t, "one wants more", lock(g, ctx, wire.LockExclusive), abi.EAGAIN)
			if kind != wire.LockWhole {
				r, err := g.Lock(ctx, wire.LockExclusive|wire.LockQuery|kind, 0, 0)
				if err != nil || r.Flags != wire.LockShared || r.Length != 4 {
					t.Errorf("query: %+v, %v", r, err)
				}
			}
			short, cancel := context.WithTimeout(ctx, 30*time.Millisecond)
			defer cancel()
			is(t, "interrupted", lock(g, short, wire.LockExclusive|wire.LockWait), abi.EINTR)
			done := make(chan error)
			go func() { done <- lock(g, ctx, wire.LockExclusive|wire.LockWait) }()
			is(t, "release", lock(f, ctx, wire.LockRelease), 0)
			is(t, "waited for", <-done, 0)
			if kind == wire.LockProcess {
				// Any descriptor's close gives up the process's locks.
				other, _, err := q.Open(ctx, wire.CWD, "f", wire.OpenRead, 0)
				is(t, "open", err, 0)
				is(t, "close", other.Close(ctx), 0)
			} else {
				is(t, "exit", q.Exit(ctx), 0)
			}
			is(t, "after the end", lock(f, ctx, wire.LockExclusive), 0)
		})
	}
}

func TestQuotas(t *testing.T) {
	dir, ctx := t.TempDir(), t.Context()
	put(t, filepath.Join(dir, "f"), "")
	c := dial(t, serve(t, server.Config{Files: 3, Processes: 2}, server.Export{Path: dir}))
	p, err := c.Spawn(ctx, dir, 0)
	is(t, "spawn", err, 0)
	for i := range 4 {
		_, _, err := p.Open(ctx, wire.CWD, "f", wire.OpenRead, 0)
		is(t, fmt.Sprint("open ", i), err, []abi.Errno{0, 0, 0, abi.EMFILE}[i])
	}
	_, err = p.Fork(ctx)
	is(t, "fork", err, abi.ENFILE)
	_, err = c.Spawn(ctx, dir, 0)
	is(t, "spawn", err, 0)
	_, err = c.Spawn(ctx, dir, 0)
	is(t, "spawn", err, abi.EAGAIN)
}

// More is in flight than the session may have memory for: all the same each call
// is answered.
func TestMemoryIsBounded(t *testing.T) {
	dir, ctx := t.TempDir(), t.Context()
	put(t, filepath.Join(dir, "f"), strings.Repeat("0123456789abcdef", 1<<18))
	for _, compress := range []bool{false, true} {
		cfg := serve(t, server.Config{Memory: 1, Compress: compress}, server.Export{Path: dir})
		cfg.Compress = compress
		c := dial(t, cfg)
		p, err := c.Spawn(ctx, dir, 0)
		is(t, "spawn", err, 0)
		f, _, err := p.Open(ctx, wire.CWD, "f", wire.OpenRead|wire.OpenWrite, 0)
		is(t, "open", err, 0)
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				b := make([]byte, 4<<20)
				n, err := f.ReadAt(ctx, b, 0)
				if err != nil || n != len(b) || !bytes.Equal(b[:16], b[n-16:]) {
					t.Errorf("read: %d, %v", n, err)
				}
				if n, err := f.WriteAt(ctx, b, 0); err != nil || n != len(b) {
					t.Errorf("write: %d, %v", n, err)
				}
			})
		}
		wg.Wait()
	}
}

func TestRefusals(t *testing.T) {
	dir := t.TempDir()
	if os.Geteuid() == 0 {
		if _, err := server.New(server.Config{Exports: server.Only(server.Export{Path: dir})}); !errors.Is(err, server.ErrRoot) {
			t.Errorf("as root: %v", err)
		}
	}
	s, err := server.New(server.Config{AllowRoot: true, Exports: server.Only(server.Export{Path: dir})})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Serve(nil, nil); err == nil || !strings.Contains(err.Error(), "authenticate") {
		t.Errorf("without authentication: %v", err)
	}
	cfg := serve(t, server.Config{}, server.Export{Path: dir + "/none"})
	if _, err := client.Dial(t.Context(), cfg); err == nil || !strings.Contains(err.Error(), "refuses") || !strings.Contains(err.Error(), "none") {
		t.Errorf("export of nothing: %v", err)
	}
	for text, want := range map[string]string{"/x:rw": "", "/x:y:ro": "", "/x": "/x:ro or /x:rw", "/x:wo": "neither", "x:ro": "begin with /"} {
		e, err := server.ParseExport(text)
		if want == "" && (err != nil || e.String() != text) || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, %v", text, e, err)
		}
	}
}

// The shadow does not know the version, or the other end is something else.
func TestStrangers(t *testing.T) {
	dir := t.TempDir()
	cfg := serve(t, server.Config{}, server.Export{Path: dir})
	hello := (&wire.Hello{Oldest: 7, Newest: 9, Slots: 2}).Encode()
	for name, bytes := range map[string][]byte{
		"another version":  append(wire.Header{Kind: wire.KindHello, Head: uint32(len(hello))}.Append(nil), hello...),
		"another protocol": []byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n"),
	} {
		t.Run(name, func(t *testing.T) {
			rw, err := cfg.Dial(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer rw.Close()
			go rw.Write(bytes)
			answer, err := io.ReadAll(rw)
			if err != nil {
				t.Fatal(err)
			}
			if name == "another version" && !strings.Contains(string(answer), "version 1") {
				t.Errorf("answer %q", answer)
			}
		})
	}
}

func TestAudit(t *testing.T) {
	dir, ctx := t.TempDir(), t.Context()
	var mu sync.Mutex
	var log bytes.Buffer
	c := dial(t, serve(t, server.Config{Audit: slog.New(slog.NewTextHandler(writer(func(b []byte) (int, error) {
		mu.Lock()
		defer mu.Unlock()
		return log.Write(b)
	}), nil))}, server.Export{Path: dir}))
	p, err := c.Spawn(ctx, dir, 0)
	is(t, "spawn", err, 0)
	is(t, "mkdir", p.Mkdir(ctx, wire.CWD, "made", 0o700), 0)
	_, err = p.Stat(ctx, wire.CWD, "/etc/passwd", 0)
	is(t, "stat", err, abi.EACCES)
	_, err = p.Stat(ctx, wire.CWD, "made", 0)
	is(t, "stat", err, 0)
	mu.Lock()
	defer mu.Unlock()
	for _, want := range []string{"client=tester", "op=mkdir proc=1 path=made", "op=stat proc=1 path=/etc/passwd errno=EACCES"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("%q is missing in\n%s", want, log.String())
		}
	}
	if strings.Contains(log.String(), "op=stat proc=1 path=made") {
		t.Error("it tells of what changes nothing")
	}
}

type writer func([]byte) (int, error)

func (w writer) Write(b []byte) (int, error) { return w(b) }

func TestMethod(t *testing.T) {
	dir, ctx := t.TempDir(), t.Context()
	put(t, dir+"/d/tool", "#!/bin/sh\n")
	if err := os.Chmod(dir+"/d/tool", 0o755); err != nil {
		t.Fatal(err)
	}
	var asked string
	cfg := server.Config{Policy: func(client, path string, attr wire.Attr) (string, bool) {
		asked = fmt.Sprintf("%s %s %d %#o", client, path, attr.Type, attr.Perm)
		return "fetch:remote:", path == "/proc/version"
	}}
	p, err := dial(t, serve(t, cfg, server.Export{Path: dir})).Spawn(ctx, dir, 0)
	if err != nil {
		t.Fatal(err)
	}
	d, _, err := p.Open(ctx, wire.CWD, "d", wire.OpenRead|wire.OpenDirectory, 0)
	is(t, "open", err, 0)
	tests := []struct {
		fd      int32
		path    string
		want    string
		forever bool
	}{
		{wire.CWD, "d/tool", dir + "/d/tool 1 0755", false},
		{d.FD(), "tool", dir + "/d/tool 1 0755", false},
		{d.FD(), "", dir + "/d 2 0755", false},
		{wire.CWD, dir + "/./d/../new", dir + "/new 0 0", false},
		{wire.CWD, "/proc/version", "/proc/version 0 0", true}, // not exported: nothing is told of it
	}
	for _, tt := range tests {
		chain, forever, err := p.Method(ctx, tt.fd, tt.path)
		if err != nil || chain != "fetch:remote:" || forever != tt.forever || asked != "tester "+tt.want {
			t.Errorf("%q: %q %v %v, asked for %q, want %q", tt.path, chain, forever, err, asked, tt.want)
		}
	}
	_, _, err = p.Method(ctx, 99, "x")
	is(t, "no directory", err, abi.EBADF)
	_, _, err = process(t, dir).Method(ctx, wire.CWD, "x")
	is(t, "no policy", err, abi.EOPNOTSUPP)
}
