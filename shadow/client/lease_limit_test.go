package client_test

import (
	"context"
	"fmt"
	"io"
	"math/rand"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"penumbra/shadow/client"
	"penumbra/shadow/server"
	"penumbra/shadow/wire"
)

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

// A session may end, and a link break, while directories change.
func TestLeaseEndsWithTheSession(t *testing.T) {
	dir := t.TempDir()
	s := shadowOf(t, server.Config{}, dir)
	done := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		r := rand.New(rand.NewSource(1))
		for {
			select {
			case <-done:
				return
			default:
				step(r, dir, dir)
			}
		}
	})
	for i := range 50 {
		var link io.ReadWriteCloser
		c, err := client.Dial(t.Context(), client.Config{Changed: func([]client.Change) {}, Dial: func(ctx context.Context) (io.ReadWriteCloser, error) {
			var err error
			link, err = pipeTo(s)(ctx)
			return link, err
		}})
		if err != nil {
			t.Fatal(err)
		}
		p, err := c.Spawn(t.Context(), dir, 0)
		if err != nil {
			t.Fatal(err)
		}
		for range 5 {
			if l, err := p.List(t.Context(), wire.CWD, ".", func(*client.Listing) {}); err != nil || l.Lease == 0 {
				t.Fatal(l, err)
			}
		}
		if i%2 == 0 {
			link.Close() // the session goes on, and has another soon
		}
		c.Close()
	}
	close(done)
	wg.Wait()
}
