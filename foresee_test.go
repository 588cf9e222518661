package penumbra_test

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"penumbra"
)

// A foreseeingFS notes what it is told that it will be asked for, and what it is
// asked for.
type foreseeingFS struct {
	fstest.MapFS
	mu    sync.Mutex
	heard []string
}

func (f *foreseeingFS) note(format string, args ...any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.heard = append(f.heard, fmt.Sprintf(format, args...))
}

func (f *foreseeingFS) List(name string) (fs.FileInfo, []fs.DirEntry, error) {
	f.note("list %s", name)
	info, err := fs.Stat(f.MapFS, name)
	if err != nil {
		return nil, nil, err
	}
	entries, err := fs.ReadDir(f.MapFS, name)
	return info, entries, err
}

func (f *foreseeingFS) Foresee(dirs []string, file string) {
	f.note("foresee %s: %s", strings.Join(dirs, " "), file)
}

// A file system is told where a path may lead before it is asked for what lies on the
// way.
func TestForesee(t *testing.T) {
	fsys := func() *foreseeingFS {
		return &foreseeingFS{MapFS: fstest.MapFS{"a/b/file": {Data: []byte("x"), Mode: 0o644}, "a/c/d/file": {Data: []byte("x"), Mode: 0o644},
			"link": {Data: []byte("a/b"), Mode: fs.ModeSymlink | 0o777}}}
	}
	for _, tt := range []struct {
		line string
		want []string // the first that is heard, and others
	}{
		{"cat /penumbra-test/a/b/file", []string{"foresee . a a/b: a/b/file"}},
		{"cd /penumbra-test; read x <a/b/file", []string{"foresee . a a/b: a/b/file"}},
		{"test -e /penumbra-test/a/c/d/file", []string{"foresee . a a/c a/c/d: "}},
		{"ls /penumbra-test/a/c", []string{"foresee . a: "}},
		{"test -e /penumbra-test/link && cat /penumbra-test/link/file", []string{"list .", "foresee a/b: a/b/file"}},
	} {
		t.Run(tt.line, func(t *testing.T) {
			f := fsys()
			cmd := penumbra.Command("sh", "-c", tt.line)
			cmd.Mount("/penumbra-test", f)
			if out, err := cmd.CombinedOutput(); err != nil && !strings.Contains(tt.line, "read") {
				t.Fatalf("%v\n%s", err, out)
			}
			f.mu.Lock()
			defer f.mu.Unlock()
			if len(f.heard) == 0 || f.heard[0] != tt.want[0] {
				t.Errorf("not first: %q", tt.want[0])
			}
			for _, want := range tt.want {
				if !slices.Contains(f.heard, want) {
					t.Errorf("not heard: %q", want)
				}
			}
			if t.Failed() {
				t.Logf("heard:\n%s", strings.Join(f.heard, "\n"))
			}
		})
	}
}
