package penumbra_test

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"penumbra"
	"penumbra/internal/testguest"
	"penumbra/module/bind"
	"penumbra/module/mem"
)

// pathTree makes what the path guests look at, below a new directory: host,
// with links of all sorts, and mnt, on which something else is to be mounted.
// Sizes and modes tell one from another.
func pathTree(t *testing.T) string {
	t.Helper()
	base := filepath.Join(t.TempDir(), "tree")
	if err := os.Mkdir(base, 0o755); err != nil {
		t.Fatal(err)
	}
	plant(t, base, map[string]string{"host/": "0711", "host/dir/": "0755", "host/dir/sub/": "0750", "mnt/": "0700",
		"host/file": "host", "host/dir/f": "f", "host/dir/sub/g": "gg", "mnt/covered": "",
		"host/lfile": "-> file", "host/ldir": "-> dir", "host/lmnt": "-> ../mnt", "host/lin": "-> ../mnt/in",
		"host/labs": "-> " + base + "/mnt/in", "host/dangling": "-> nowhere", "host/loop": "-> loop", "host/mnt": "-> ../mnt",
	})
	return base
}

// plant makes directories (names with a slash, of a mode), links and files.
func plant(t *testing.T, base string, tree map[string]string) {
	t.Helper()
	for _, name := range slices.Sorted(maps.Keys(tree)) {
		at, text := filepath.Join(base, name), tree[name]
		target, isLink := strings.CutPrefix(text, "-> ")
		var err error
		switch {
		case strings.HasSuffix(name, "/"):
			mode, _ := strconv.ParseUint(text, 8, 32)
			if err = os.Mkdir(at, 0o700); err == nil {
				err = os.Chmod(at, fs.FileMode(mode))
			}
		case isLink:
			err = os.Symlink(target, at)
		default:
			err = os.WriteFile(at, []byte(text), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// mountPathTree mounts at mnt, in a way that which names, and at host/new,
// which does not exist.
func mountPathTree(t *testing.T, cmd *penumbra.Cmd, base, which string) {
	t.Helper()
	there, err := mem.New(0o705)
	if which != "private" {
		root := t.TempDir()
		if err := os.Chmod(root, 0o705); err != nil {
			t.Fatal(err)
		}
		there, err = bind.New(root)
	}
	if err != nil {
		t.Fatal(err)
	}
	plant(t, there.Root(), map[string]string{"in": "inside", "d/": "0710", "d/x": "xxx",
		"back": "-> ../host/file", "out": "-> " + base + "/host/file", "up": "-> ../host"})
	cmd.MountTree(filepath.Join(base, "mnt"), there, which == "read-only")
	fresh, err := mem.New(0o751)
	if err != nil {
		t.Fatal(err)
	}
	plant(t, fresh.Root(), map[string]string{"y": "yyyyy"})
	cmd.MountTree(filepath.Join(base, "host/new"), fresh, false)
}

// A path leads to the same, whether the guest passes calls by itself or each of
// them is looked at: hooks want to see all.
func TestInnerDoorPaths(t *testing.T) {
	for _, which := range []string{"private", "bind", "read-only"} {
		for _, kind := range []testguest.Kind{testguest.Dynamic, testguest.Static, testguest.StaticPIE, testguest.Musl, testguest.I386} {
			t.Run(which+" "+string(kind), func(t *testing.T) {
				t.Parallel()
				base := pathTree(t)
				guest := testguest.Path(t, "path_walks", kind)
				run := func(hooks ...penumbra.Hook) []string {
					cmd := penumbra.Command(guest, base)
					mountPathTree(t, cmd, base, which)
					cmd.Hooks = hooks
					out, err := cmd.Output()
					if err != nil {
						t.Fatal(err)
					}
					return strings.Split(string(out), "\n")
				}
				inner := run()
				outer := run(penumbra.Hook{Calls: "getppid", Answer: func(*penumbra.Call) penumbra.Verdict { return penumbra.Run }})
				if len(inner) != len(outer) {
					t.Errorf("%d lines, and %d with every call looked at", len(inner), len(outer))
				}
				differ := 0
				for i := range min(len(inner), len(outer)) {
					if inner[i] != outer[i] && differ < 20 {
						t.Errorf("line %d: %q, want %q", i+1, inner[i], outer[i])
						differ++
					}
				}
			})
		}
	}
}

// Whatever happens to a program in the middle of a call that it passes by
// itself, it sees what it would have seen.
func TestInnerDoorTrouble(t *testing.T) {
	for _, which := range []string{"private", "bind"} {
		for _, kind := range []testguest.Kind{testguest.Dynamic, testguest.Static, testguest.Musl, testguest.I386} {
			t.Run(which+" "+string(kind), func(t *testing.T) {
				t.Parallel()
				base := pathTree(t)
				cmd := penumbra.Command(testguest.Path(t, "path_trouble", kind), base)
				mountPathTree(t, cmd, base, which)
				if out, err := cmd.CombinedOutput(); err != nil || string(out) != "ok\nok\n" {
					t.Errorf("%v\n%s", err, out)
				}
			})
		}
	}
}
