package client_test

import (
	"fmt"
	"maps"
	"math/rand"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"penumbra/shadow/client"
	"penumbra/shadow/server"
	"penumbra/shadow/shadowtest"
)

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
	proxy := shadowtest.NewCutter(t, filepath.Join(base, "p"), m.job.Socket, 1, 3000, cuts)
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
	for round := 0; proxy.Count() < cuts || kills > 0 || compared < 20; round++ {
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
	t.Logf("%d cuts, everything over %d times, compared %d times", proxy.Count(), c.alls, compared)
	if c.alls < cuts/2 {
		t.Errorf("%d links broke, and the client was told %d times", cuts, c.alls)
	}
}
