package scratch

import (
	"os"
	"path/filepath"
	"sync"
	"testing"
)

func TestSweep(t *testing.T) {
	base := t.TempDir()
	lost := filepath.Join(base, prefix+"lost")
	if err := os.MkdirAll(filepath.Join(lost, treeName, "locked"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(lost, treeName, "locked", "file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(lost, treeName, "locked"), 0); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(lost, lockName), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	held := &Dir{path: filepath.Join(base, prefix+"held")}
	if err := os.Mkdir(held.path, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := held.fill(); err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(base, "penumbra-of-another-kind")
	if err := os.Mkdir(other, 0o700); err != nil {
		t.Fatal(err)
	}
	sweep(base)
	if _, err := os.Stat(lost); !os.IsNotExist(err) {
		t.Errorf("what a dead process left is still there: %v", err)
	}
	for _, path := range []string{held.Path(), other} {
		if _, err := os.Stat(path); err != nil {
			t.Error(err)
		}
	}
	if err := held.Close(); err != nil {
		t.Error(err)
	}
}

// Who makes a directory is not taken for one that has gone by who sweeps.
func TestNewAtOnce(t *testing.T) {
	base := t.TempDir()
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			for range 40 {
				d, err := newIn(base)
				if err != nil {
					t.Error(err)
					return
				}
				if err := os.WriteFile(filepath.Join(d.Path(), "file"), nil, 0o600); err != nil {
					t.Error(err)
				}
				if err := d.Close(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
}
