package client_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/shadow/client"
	"penumbra/shadow/server"
	"penumbra/shadow/sockets"
	"penumbra/shadow/wire"
)

// untilReady repeats an attempt that says EAGAIN when f is ready.
func untilReady(ctx context.Context, c *client.Client, f *client.File, events uint16, attempt func() error) error {
	for {
		err := attempt()
		if !errors.Is(err, abi.EAGAIN) {
			return err
		}
		if err := c.Await(ctx, []wire.PollEntry{f.PollEntry(events)}); err != nil {
			return err
		}
	}
}

// A pipe's content arrives once and in order, however often the link is cut.
func TestStreamOverBadLinks(t *testing.T) {
	c, cut := networked(t, sockets.None, 7, 9000, 150)
	ctx := t.Context()
	p, err := c.Spawn(ctx, "", 0)
	if err != nil {
		t.Fatal(err)
	}
	const r, w = 3, 4
	if err := p.Pipe(ctx, r, w); err != nil {
		t.Fatal(err)
	}
	want := numbered(200000)
	var wg sync.WaitGroup
	wg.Go(func() {
		in := p.File(w, 0)
		for b, size := want, 1; len(b) > 0; size = size*3%20000 + 1 {
			n := 0
			err := untilReady(ctx, c, in, unix.POLLOUT, func() (err error) {
				n, err = in.Put(ctx, b[:min(size, len(b))])
				return err
			})
			if err != nil {
				t.Error(err)
				return
			}
			b = b[n:]
		}
		if err := in.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	out := p.File(r, 0)
	var got []byte
	buf := make([]byte, 7000)
	for {
		n := 0
		err := untilReady(ctx, c, out, unix.POLLIN, func() (err error) {
			n, err = out.Take(ctx, buf)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			break
		}
		got = append(got, buf[:n]...)
	}
	wg.Wait()
	if !bytes.Equal(got, want) {
		t.Errorf("%d bytes instead of %d, or others", len(got), len(want))
	}
	if cut.Count() < 20 {
		t.Errorf("%d cuts", cut.Count())
	}
}

// However many wait, others find a slot.
func TestManyWaiters(t *testing.T) {
	c, _ := networked(t, sockets.None, 1, 1000, 0)
	ctx, cancel := context.WithCancel(t.Context())
	p, err := c.Spawn(ctx, "", 0)
	if err != nil {
		t.Fatal(err)
	}
	const n = 200
	var wg sync.WaitGroup
	for i := range int32(n) {
		if err := p.Pipe(ctx, 2*i, 2*i+1); err != nil {
			t.Fatal(err)
		}
		wg.Go(func() {
			err := c.Await(ctx, []wire.PollEntry{p.File(2*i, 0).PollEntry(unix.POLLIN)})
			if want := i%2 == 0; (err == nil) != want {
				t.Errorf("%d: %v", i, err)
			}
		})
	}
	for i := int32(0); i < n; i += 2 {
		if _, err := p.File(2*i+1, 0).Put(ctx, []byte("x")); err != nil {
			t.Fatal(err)
		}
	}
	for i := int32(0); i < n; i += 2 {
		events, err := c.Poll(ctx, []wire.PollEntry{p.File(2*i, 0).PollEntry(unix.POLLIN), p.File(2*i+2, 0).PollEntry(unix.POLLIN)})
		if err != nil || events[0] != unix.POLLIN || events[1] != 0 {
			t.Fatalf("%d: %v, %v", i, events, err)
		}
	}
	time.AfterFunc(50*time.Millisecond, cancel)
	wg.Wait()
}

// What has no positions is no way out of what is exported, nor around quotas.
func TestStreamsAreConfined(t *testing.T) {
	dir := t.TempDir()
	if err := unix.Mkfifo(filepath.Join(dir, "fifo"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, p := confined(t, dir)
	ctx := t.Context()
	is := func(what string, err error, want abi.Errno) {
		t.Helper()
		if got := client.Errno(err); got != want {
			t.Errorf("%s: %v instead of %v", what, got.Name(), want.Name())
		}
	}
	is("pipe", p.Pipe(ctx, 3, 4), 0)
	r, w := p.File(3, 0), p.File(4, 0)
	_, err := r.Take(ctx, make([]byte, 1))
	is("take nothing", err, abi.EAGAIN)
	_, err = r.Put(ctx, []byte("x"))
	is("write to the end that reads", err, abi.EBADF)
	_, err = w.WriteAt(ctx, []byte("x"), 0)
	is("write at an offset", err, abi.ESPIPE)
	_, _, err = w.Append(ctx, []byte("x"))
	is("append", err, abi.ESPIPE)
	_, err = r.ReadAt(ctx, make([]byte, 1), 0)
	is("read at an offset", err, abi.ESPIPE)
	_, err = p.Chdir(ctx, 3, "")
	is("chdir", err, abi.ENOTDIR)
	_, err = p.Stat(ctx, 3, "x", 0)
	is("a path from a pipe", err, abi.ENOTDIR)
	is("lock", func() error { _, err := r.Lock(ctx, wire.LockShared|wire.LockProcess, 0, 0); return err }(), abi.EINVAL)
	is("the same number twice", p.Pipe(ctx, 5, 5), abi.EINVAL)
	is("a negative number", p.Pipe(ctx, -1, 5), abi.EBADF)
	is("a socket", p.Endpoint(ctx, 5, wire.FamilyInet, wire.SocketStream, 0), abi.EACCES)
	is("bind a pipe", r.Bind(ctx, wire.Address{Family: wire.FamilyInet}), abi.ENOTSOCK)
	is("a watch elsewhere", func() error {
		if err := p.Watcher(ctx, 6); err != nil {
			return err
		}
		_, err := p.File(6, 0).Watch(ctx, "/etc", unix.IN_CREATE)
		return err
	}(), abi.EACCES)
	_, _, err = p.OpenAs(ctx, 7, wire.CWD, "fifo", wire.OpenRead, 0)
	is("a named pipe, not asked for", err, abi.EOPNOTSUPP)
	_, _, err = p.OpenAs(ctx, 7, wire.CWD, "fifo", wire.OpenWrite|wire.OpenStream, 0)
	is("a named pipe that nobody reads", err, abi.ENXIO)
	short, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
	defer cancel()
	_, _, err = p.OpenAs(short, 7, wire.CWD, "fifo", wire.OpenRead|wire.OpenStream|wire.OpenWait, 0)
	is("a named pipe that nobody writes", err, abi.EINTR)
	is("more than there may be", func() error {
		for fd := int32(10); ; fd++ {
			if err := p.Counter(ctx, fd, 0, false); err != nil {
				return err
			}
		}
	}(), abi.EMFILE)
	events, err := c.Poll(ctx, []wire.PollEntry{{Proc: 77, FD: 3, Events: unix.POLLIN}, r.PollEntry(unix.POLLIN), w.PollEntry(unix.POLLOUT)})
	if err != nil || events[0] != unix.POLLNVAL || events[1] != 0 || events[2] != unix.POLLOUT {
		t.Errorf("poll: %v, %v", events, err)
	}
	before := openFiles(t)
	is("exit", p.Exit(ctx), 0)
	if after := openFiles(t); after > before-30 {
		t.Errorf("%d files are open, before exit %d", after, before)
	}
}

// confined returns a client with a representative in a directory, which has few
// descriptors.
func confined(t *testing.T, dir string) (*client.Client, *client.Process) {
	t.Helper()
	s, err := server.New(server.Config{Exports: server.Only(server.Export{Path: dir}), AllowRoot: true, Files: 50})
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	t.Cleanup(func() {
		s.Close()
		wg.Wait()
	})
	c, err := client.Dial(t.Context(), client.Config{Lease: time.Minute, Dial: func(context.Context) (io.ReadWriteCloser, error) {
		a, b := net.Pipe()
		wg.Go(func() { _ = s.ServeLink(b, "tester") })
		return a, nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	p, err := c.Spawn(t.Context(), dir, 0)
	if err != nil {
		t.Fatal(err)
	}
	return c, p
}

// openFiles returns how many descriptors this process has, and so the shadow in it.
func openFiles(t *testing.T) int {
	t.Helper()
	all, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(all)
}
