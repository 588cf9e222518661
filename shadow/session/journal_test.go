package session

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"penumbra/shadow/wire"
)

// Shadows that keep their journals in one directory leave each other's alone.
func TestSweepJournals(t *testing.T) {
	dir := t.TempDir()
	const age = time.Hour
	make := func(id byte) *journal {
		j, err := openJournal(dir, wire.ID{id}, false)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { j.close(false) })
		return j
	}
	inUse, left, young := make(1), make(2), make(3)
	left.close(false)
	young.close(false)
	old := time.Now().Add(-2 * age)
	other := filepath.Join(dir, "other")
	if err := os.WriteFile(other, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{inUse.file.Name(), left.file.Name(), other} {
		if err := os.Chtimes(name, old, old); err != nil {
			t.Fatal(err)
		}
	}
	if err := sweepJournals(dir, age); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		what, name string
		stays      bool
	}{
		{"one in use", inUse.file.Name(), true},
		{"one left behind", left.file.Name(), false},
		{"one left behind of late", young.file.Name(), true},
		{"another file", other, true},
	} {
		if _, err := os.Stat(tt.name); (err == nil) != tt.stays {
			t.Errorf("%s: stays: %t, %v", tt.what, tt.stays, err)
		}
	}
}
