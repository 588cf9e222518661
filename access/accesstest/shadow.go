package accesstest

import (
	"context"
	"io"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"penumbra/shadow/client"
	"penumbra/shadow/server"
)

// Shadow serves dir from this process, and returns a representative there. cfg
// may say more about the shadow.
func Shadow(t testing.TB, dir string, cfg server.Config) *client.Process {
	t.Helper()
	cfg.Exports, cfg.AllowRoot = server.Only(server.Export{Path: dir}), true
	s, err := server.New(cfg)
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
	p, err := c.Spawn(t.Context(), dir, 0o022)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// InDir returns a Subject, but for its Opener, whose file is in dir.
func InDir(t testing.TB, dir, name string) Subject {
	name = filepath.Join(dir, name)
	return Subject{
		Name: name,
		Put: func(content []byte) {
			t.Helper()
			if err := os.WriteFile(name, content, 0o644); err != nil {
				t.Fatal(err)
			}
		},
		Content: func() []byte {
			t.Helper()
			b, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			return b
		},
	}
}
