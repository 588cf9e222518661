package client_test

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"penumbra/abi"
	"penumbra/shadow/client"
	"penumbra/shadow/server"
	"penumbra/shadow/wire"
)

// A succession are shadows of the same exports and journal, one after the other.
type succession struct {
	t   *testing.T
	job shadowJob
	wg  sync.WaitGroup

	mu  sync.Mutex
	now *server.Server
}

func newSuccession(t *testing.T, dir string) *succession {
	s := &succession{t: t, job: shadowJob{Journal: t.TempDir(), Exports: []server.Export{{Path: dir}}}}
	s.begin()
	t.Cleanup(func() {
		s.end()
		s.wg.Wait()
	})
	return s
}

func (s *succession) begin() {
	s.t.Helper()
	next, err := newShadow(s.job, false, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = next
}

// end ends the shadow; until begin there is none.
func (s *succession) end() {
	s.mu.Lock()
	old := s.now
	s.now = nil
	s.mu.Unlock()
	if old != nil {
		old.Close()
	}
}

func (s *succession) dial(context.Context) (io.ReadWriteCloser, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.now == nil {
		return nil, errors.New("there is no shadow")
	}
	now := s.now
	a, b := net.Pipe()
	s.wg.Go(func() { _ = now.ServeLink(b, "tester") })
	return a, nil
}

// What a client holds it has again when the shadow is another: files wherever
// they are now, its directory, masks, what forks share, and locks.
func TestRecovery(t *testing.T) {
	dir, ctx := t.TempDir(), t.Context()
	for _, d := range []string{"d", "e"} {
		if err := os.Mkdir(filepath.Join(dir, d), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	s := newSuccession(t, dir)
	p := begin(t, s.dial, dir, false)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	open := func(p *client.Process, name string) *client.File {
		t.Helper()
		f, _, err := p.Open(ctx, wire.CWD, name, wire.OpenRead|wire.OpenWrite|wire.OpenCreate, 0o666)
		must(err)
		return f
	}
	_, err := p.Chdir(ctx, wire.CWD, "d")
	must(err)
	_, err = p.Umask(ctx, 0o077)
	must(err)
	kept, moved, replaced, removed := open(p, "kept"), open(p, "moved"), open(p, "replaced"), open(p, "removed")
	must(p.Rename(ctx, wire.CWD, "moved", wire.CWD, "../e/moved", 0))
	must(p.Rename(ctx, wire.CWD, "../d", wire.CWD, "../d2", 0)) // the working directory, and the files in it
	q, err := p.Fork(ctx)
	must(err)
	shared, err := q.Adopt(ctx, kept)
	must(err)
	locked, stolen := open(q, "locked"), open(q, "stolen")
	for _, f := range []*client.File{locked, stolen} {
		_, err = f.Lock(ctx, wire.LockExclusive|wire.LockProcess, 0, 0)
		must(err)
		_, err = f.Lock(ctx, wire.LockRelease|wire.LockProcess, 10, 5)
		must(err)
	}
	_, err = kept.WriteAt(ctx, []byte("before"), 0)
	must(err)

	s.end()
	must(os.WriteFile(filepath.Join(dir, "d2/new"), nil, 0o600))
	must(os.Rename(filepath.Join(dir, "d2/new"), filepath.Join(dir, "d2/replaced")))
	must(os.Remove(filepath.Join(dir, "d2/removed")))
	thief, err := server.New(server.Config{AllowRoot: true, Exports: server.Only(server.Export{Path: dir})})
	must(err)
	defer thief.Close()
	other := begin(t, func(context.Context) (io.ReadWriteCloser, error) {
		a, b := net.Pipe()
		go thief.ServeLink(b, "thief")
		return a, nil
	}, dir, false)
	theirs := open(other, "d2/stolen")
	_, err = theirs.Lock(ctx, wire.LockShared|wire.LockFile, 3, 1)
	must(err)
	s.begin()

	for _, tt := range []struct {
		name string
		f    *client.File
		want abi.Errno
	}{
		{"kept", kept, 0}, {"moved", moved, 0}, {"shared", shared, 0}, {"locked", locked, 0},
		{"replaced", replaced, abi.ESTALE}, {"removed", removed, abi.ESTALE}, {"stolen", stolen, abi.ESTALE},
	} {
		_, err := tt.f.WriteAt(ctx, []byte("after"), 6)
		if got := client.Errno(err); got != tt.want {
			t.Errorf("%s: %v instead of %v", tt.name, got.Name(), tt.want.Name())
		}
		if err := tt.f.Close(ctx); err != nil && tt.f != kept && tt.f != locked {
			t.Errorf("close %s: %v", tt.name, err)
		}
	}
	if b, err := os.ReadFile(filepath.Join(dir, "d2/kept")); err != nil || string(b) != "beforeafter" {
		t.Errorf("kept has %q, %v", b, err)
	}
	if _, err := p.Stat(ctx, wire.CWD, "kept", 0); err != nil {
		t.Errorf("the working directory: %v", err)
	}
	f, attr, err := p.Open(ctx, wire.CWD, "masked", wire.OpenWrite|wire.OpenCreate, 0o666)
	if err != nil || attr.Perm != 0o600 {
		t.Errorf("the mask: %+v, %v", attr, err)
	}
	must(f.Close(ctx))
}

// Locks are there again, in the ranges that were left.
func TestLocksAreTakenAgain(t *testing.T) {
	dir, ctx := t.TempDir(), t.Context()
	s := newSuccession(t, dir)
	p := begin(t, s.dial, dir, false)
	for _, kind := range []uint32{wire.LockProcess, wire.LockFile} {
		f, _, err := p.Open(ctx, wire.CWD, "f", wire.OpenRead|wire.OpenWrite|wire.OpenCreate, 0o666)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range []struct {
			flags          uint32
			offset, length int64
		}{{wire.LockExclusive, 0, 0}, {wire.LockShared, 10, 10}, {wire.LockRelease, 15, 10}} {
			if _, err := f.Lock(ctx, l.flags|kind, l.offset, l.length); err != nil {
				t.Fatal(err)
			}
		}
		s.end()
		s.begin()
		q, err := p.Fork(ctx)
		if err != nil {
			t.Fatal(err)
		}
		g, _, err := q.Open(ctx, wire.CWD, "f", wire.OpenRead|wire.OpenWrite, 0)
		if err != nil {
			t.Fatal(err)
		}
		for at, want := range map[int64]uint32{0: wire.LockExclusive, 9: wire.LockExclusive, 10: wire.LockShared, 14: wire.LockShared,
			15: wire.LockRelease, 24: wire.LockRelease, 25: wire.LockExclusive, 1 << 40: wire.LockExclusive} {
			r, err := g.Lock(ctx, wire.LockExclusive|wire.LockQuery|kind, at, 1)
			if err != nil || r.Flags != want {
				t.Errorf("kind %d at %d: %d instead of %d, %v", kind, at, r.Flags, want, err)
			}
		}
		if err := errors.Join(q.Exit(ctx), f.Close(ctx)); err != nil {
			t.Error(err)
		}
	}
}

// The shadow's machine goes down: who wrote, and did not sync, is told so.
func TestReboot(t *testing.T) {
	dir, ctx := t.TempDir(), t.Context()
	s := newSuccession(t, dir)
	var boots atomic.Int32
	dial := func(ctx context.Context) (io.ReadWriteCloser, error) {
		rw, err := s.dial(ctx)
		return &rebooted{ReadWriteCloser: rw, boot: byte(boots.Load())}, err
	}
	p := begin(t, dial, dir, false)
	var files []*client.File
	for _, name := range []string{"read", "synced", "written", "closed"} {
		f, _, err := p.Open(ctx, wire.CWD, name, wire.OpenWrite|wire.OpenCreate, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
		if name == "read" {
			continue
		}
		if _, err := f.WriteAt(ctx, []byte("x"), 0); err != nil {
			t.Fatal(err)
		}
		if name == "synced" {
			if err := f.Sync(ctx, true); err != nil {
				t.Fatal(err)
			}
		}
	}
	s.end()
	boots.Add(1)
	s.begin()
	if _, err := p.Stat(ctx, wire.CWD, ".", 0); err != nil {
		t.Fatal(err)
	}
	for i, want := range []abi.Errno{0, 0, abi.EIO} {
		if err := files[i].Sync(ctx, false); client.Errno(err) != want {
			t.Errorf("sync file %d: %v instead of %v", i, err, want)
		}
		if err := files[i].Sync(ctx, false); err != nil {
			t.Errorf("sync file %d again: %v", i, err)
		}
	}
	if err := files[3].Close(ctx); client.Errno(err) != abi.EIO {
		t.Errorf("close: %v", err)
	}
	if err := files[3].Close(ctx); client.Errno(err) != abi.EBADF {
		t.Errorf("close again: %v", err)
	}
}

// A rebooted link changes the boot in the welcome, the first frame.
type rebooted struct {
	io.ReadWriteCloser
	boot byte
	at   int
}

func (r *rebooted) Read(b []byte) (int, error) {
	const bootAt = wire.HeaderSize + 2 + 16
	n, err := r.ReadWriteCloser.Read(b)
	if r.at <= bootAt && bootAt < r.at+n {
		b[bootAt-r.at] += r.boot
	}
	r.at += n
	return n, err
}

// The working directory is gone, and nothing takes its place.
func TestLostDirectory(t *testing.T) {
	dir, ctx := t.TempDir(), t.Context()
	s := newSuccession(t, dir)
	p := begin(t, s.dial, dir, false)
	if err := p.Mkdir(ctx, wire.CWD, "d", 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Chdir(ctx, wire.CWD, "d"); err != nil {
		t.Fatal(err)
	}
	s.end()
	if err := errors.Join(os.Rename(dir+"/d", dir+"/old"), os.Mkdir(dir+"/d", 0o700)); err != nil {
		t.Fatal(err)
	}
	s.begin()
	if err := p.Mkdir(ctx, wire.CWD, "x", 0o700); client.Errno(err) != abi.ESTALE {
		t.Errorf("a relative path: %v", err)
	}
	if _, err := p.Stat(ctx, wire.CWD, dir, 0); err != nil {
		t.Errorf("an absolute path: %v", err)
	}
	if _, err := p.Chdir(ctx, wire.CWD, dir); err != nil {
		t.Errorf("another directory: %v", err)
	}
	if err := p.Mkdir(ctx, wire.CWD, "x", 0o700); err != nil {
		t.Errorf("there: %v", err)
	}
}

// A server that says nonsense cannot make a client read beyond its buffers.
func TestLyingShadow(t *testing.T) {
	lie := func(reply wire.Reply, extra int) error {
		a, b := net.Pipe()
		go func() {
			defer b.Close()
			h, err := wire.ReadHeader(b)
			if err != nil {
				return
			}
			io.CopyN(io.Discard, b, int64(h.Head))
			w, _ := (&wire.Welcome{Version: 1, Slots: 4, Lease: 60}).Encode()
			b.Write(append(wire.Header{Kind: wire.KindWelcome, Head: uint32(len(w))}.Append(nil), w...))
			if h, err = wire.ReadHeader(b); err != nil {
				return
			}
			io.CopyN(io.Discard, b, int64(h.Head))
			head, _, _ := reply.Encode(nil)
			b.Write(append(wire.Header{Kind: wire.KindReply, Slot: h.Slot, Seq: h.Seq, Head: uint32(len(head)), Payload: uint32(extra)}.Append(nil), head...))
			b.Write(make([]byte, extra))
		}()
		c, err := client.Dial(t.Context(), client.Config{Lease: time.Minute, Dial: func(context.Context) (io.ReadWriteCloser, error) { return a, nil }})
		if err != nil {
			return err
		}
		defer c.Close()
		_, err = c.Spawn(t.Context(), "/", 0)
		return err
	}
	for name, tt := range map[string]struct {
		reply wire.Reply
		extra int
	}{
		"another operation": {wire.Reply{Results: []wire.Result{{Code: wire.Null}}}, 0},
		"too many results":  {wire.Reply{Results: []wire.Result{{Code: wire.Spawn}, {Code: wire.Spawn}}}, 0},
		"too much data":     {wire.Reply{Results: []wire.Result{{Code: wire.Spawn}}}, 9},
		"data unasked":      {wire.Reply{Results: []wire.Result{{Code: wire.Read, Data: [][]byte{make([]byte, 9)}}}}, 9},
	} {
		if err := lie(tt.reply, tt.extra); !errors.Is(err, wire.ErrMalformed) || client.Errno(err) != abi.EIO {
			t.Errorf("%s: %v", name, err)
		}
	}
}
