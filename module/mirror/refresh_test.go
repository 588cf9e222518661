package mirror

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/module"
	"penumbra/module/moduletest"
)

// look returns all that the tree shows, as a guest would see it that looks at
// everything.
func (c *change) look() []string {
	c.Helper()
	var lines []string
	var walk func(name string)
	walk = func(name string) {
		if err := c.Fill(name, true); err != nil {
			c.Fatal(err)
		}
		host := c.host(name)
		info, err := os.Lstat(host)
		if err != nil {
			c.Fatal(err)
		}
		if info.Mode().IsRegular() {
			if err := c.fileOf(name).Pin(0, info.Size()); err != nil {
				c.Fatal(err)
			}
		}
		lines = append(lines, moduletest.Describe(name, host))
		if info.IsDir() {
			entries, _ := os.ReadDir(host)
			for _, e := range entries {
				walk(path.Join(name, e.Name()))
			}
		}
	}
	walk("")
	return lines
}

// tell tells the tree of each name that there was, or is.
func (c *change) tell(lists ...[]string) {
	for _, l := range slices.Concat(lists...) {
		name, _, _ := strings.Cut(l, ": ")
		info, err := os.Lstat(filepath.Join(c.home, name))
		switch {
		case name == "":
		case err != nil:
			c.Changed(name, nil)
		default:
			c.Changed(name, info)
		}
	}
}

// What others change is seen once the tree is told, and what it is told though it
// knows it costs nothing.
func TestRefresh(t *testing.T) {
	for seed := range uint64(30) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 1))
			c := openToChange(t, map[string]string{"a": "one", "b": "two"})
			for range 40 {
				before := moduletest.DescribeAll(c.home)
				for range r.IntN(4) {
					moduletest.Disturb(r, c.home)
				}
				want := moduletest.DescribeAll(c.home)
				if r.IntN(2) == 0 {
					c.AllStale()
				} else {
					c.tell(before, want)
				}
				got := c.look()
				slices.Sort(got)
				if !slices.Equal(got, want) {
					t.Fatalf("the tree shows\n%s\nand there is\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
				}
				era := c.era
				c.tell(want)
				if c.era != era {
					t.Fatal("it was told nothing new, and is to be read again")
				}
			}
		})
	}
}

// What our side has changed and not written back yet is not taken for old.
func TestRefreshOwn(t *testing.T) {
	c := openToChange(t, map[string]string{"a": "old text"})
	if err := os.Chtimes(filepath.Join(c.home, "a"), time.Unix(1, 0), time.Unix(1, 0)); err != nil {
		t.Fatal(err)
	}
	c.write("a", "new")
	c.AllStale()
	if got := c.look(); !slices.ContainsFunc(got, func(l string) bool { return strings.HasSuffix(l, " new text") }) {
		t.Errorf("%q", got)
	}
	c.make(module.Change{Op: module.Mkdir, Name: "d", Mode: 0o755}, func() error { return os.Mkdir(c.host("d"), 0o755) })
	c.make(module.Change{Op: module.Rename, Name: "a", To: "d/a"}, func() error { return os.Rename(c.host("a"), c.host("d/a")) })
	c.AllStale()
	c.WriteBack()
	c.AllStale()
	if got := c.look(); !slices.ContainsFunc(got, func(l string) bool { return strings.HasPrefix(l, "d/a: ") && strings.HasSuffix(l, " new text") }) {
		t.Errorf("%q", got)
	}
	if text, err := os.ReadFile(filepath.Join(c.home, "d/a")); err != nil || string(text) != "new text" {
		t.Errorf("%q, %v", text, err)
	}
}

// What is told late, and was so before our own changes, changes nothing that is shown;
// only the names are looked at, and not all of their directory.
func TestToldLate(t *testing.T) {
	c := openToChange(t, map[string]string{"a": "text"})
	c.look()
	old, err := os.Lstat(filepath.Join(c.home, "a"))
	if err != nil {
		t.Fatal(err)
	}
	c.make(module.Change{Op: module.Rename, Name: "a", To: "b"}, func() error { return os.Rename(c.host("a"), c.host("b")) })
	c.Changed("a", old)
	c.Changed("b", nil)
	if !c.listed["."] || len(c.doubts["."]) != 2 {
		t.Errorf("in doubt are %v", c.doubts)
	}
	if got := c.look(); len(got) != 2 || !strings.HasPrefix(got[1], "b: ") {
		t.Errorf("the tree shows %q", got)
	}
	if len(c.doubts) > 0 {
		t.Errorf("in doubt are %v", c.doubts)
	}
	if err := os.WriteFile(filepath.Join(c.home, "a"), []byte("another"), 0o600); err != nil {
		t.Fatal(err)
	}
	c.tell([]string{"a"})
	if got := c.look(); len(got) != 3 || !strings.HasSuffix(got[1], " another") {
		t.Errorf("the tree shows %q", got)
	}
}

// What the guest has mounted in the tree is its own.
func TestCovered(t *testing.T) {
	c := openToChange(t, map[string]string{"a": "text"})
	c.make(module.Change{Op: module.Mkdir, Name: "d", Mode: 0o755}, func() error { return os.Mkdir(c.host("d"), 0o755) })
	if err := unix.Mount("none", c.host("d"), "tmpfs", 0, ""); err != nil {
		t.Skipf("needs to mount a file system: %v", err)
	}
	mounted := true
	defer func() {
		if mounted {
			_ = unix.Unmount(c.host("d"), 0)
		}
	}()
	c.make(module.Change{Op: module.Create, Name: "d/own", Mode: 0o600}, func() error { return os.WriteFile(c.host("d/own"), nil, 0o600) })
	c.make(module.Change{Op: module.Chmod, Name: "d", Mode: 0o700}, func() error { return os.Chmod(c.host("d"), 0o700) })
	if err := c.Fill("d/own", true); err != nil {
		t.Error(err)
	}
	if err := c.Writable("d/own"); err != nil {
		t.Error(err)
	}
	if info, err := os.Stat(filepath.Join(c.home, "d")); err != nil || info.Mode().Perm() != 0o755 {
		t.Errorf("the directory is %v, %v", info, err)
	}
	if entries, err := os.ReadDir(filepath.Join(c.home, "d")); err != nil || len(entries) > 0 {
		t.Errorf("elsewhere there are %v, %v", entries, err)
	}
	if err := os.Remove(filepath.Join(c.home, "d")); err != nil {
		t.Fatal(err)
	}
	c.AllStale()
	if err := c.Fill("a", false); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(c.host("d/own")); err != nil {
		t.Errorf("what the guest has mounted was touched: %v", err)
	}
	if err := unix.Unmount(c.host("d"), 0); err != nil {
		t.Fatal(err)
	}
	mounted = false
}
