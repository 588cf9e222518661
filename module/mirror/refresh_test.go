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

// What others change is seen once the tree is told, and what it is told though it
// knows it costs nothing.
func TestRefresh(t *testing.T) {
	for seed := range uint64(30) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 1))
			c := openToChange(t, map[string]string{"a": "one", "b": "two"})
			for range 40 {
				for range r.IntN(4) {
					moduletest.Disturb(r, c.home)
				}
				c.AllStale()
				got := c.look()
				want := moduletest.DescribeAll(c.home)
				slices.Sort(got)
				if !slices.Equal(got, want) {
					t.Fatalf("the tree shows\n%s\nand there is\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
				}
				era := c.era
				for _, l := range want {
					name, _, _ := strings.Cut(l, ": ")
					if info, err := os.Lstat(filepath.Join(c.home, name)); err == nil && name != "" {
						c.Changed(name, info)
					}
				}
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
