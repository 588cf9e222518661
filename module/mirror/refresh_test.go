package mirror

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"penumbra/module"
)

// disturb has somebody else change something below home.
func disturb(r *rand.Rand, home string) {
	dirs := []string{"."}
	var all []string
	_ = filepath.WalkDir(home, func(at string, d fs.DirEntry, err error) error {
		if rel, _ := filepath.Rel(home, at); rel != "." {
			all = append(all, rel)
			if d.IsDir() {
				dirs = append(dirs, rel)
			}
		}
		return nil
	})
	pick := func(list []string) string { return filepath.Join(home, list[r.IntN(len(list))]) }
	fresh := filepath.Join(pick(dirs), fmt.Sprintf("n%d", r.IntN(6)))
	text := strings.Repeat(fmt.Sprint(r.Int()), r.IntN(5000))
	switch r.IntN(8) {
	case 0, 1:
		_ = os.WriteFile(fresh, []byte(text), 0o644)
	case 2:
		_ = os.Mkdir(fresh, 0o755)
	case 3:
		_ = os.Symlink(text[:min(len(text), 10)]+"x", fresh)
	}
	if len(all) == 0 {
		return
	}
	switch some := pick(all); r.IntN(8) {
	case 0:
		_ = os.RemoveAll(some)
	case 1:
		_ = os.Rename(some, fresh)
	case 2:
		if info, err := os.Lstat(some); err == nil && info.Mode().IsRegular() {
			_ = os.WriteFile(some, []byte(text), 0o644)
		}
	case 3:
		if info, err := os.Lstat(some); err == nil && info.Mode()&fs.ModeSymlink == 0 {
			_ = os.Chmod(some, []fs.FileMode{0o700, 0o755, 0o750}[r.IntN(3)])
		}
	case 4:
		if info, err := os.Lstat(some); err == nil && info.Mode().IsRegular() {
			_ = os.Link(some, fresh)
		}
	}
}

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
		lines = append(lines, line(name, host))
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

// line describes a file.
func line(name, at string) string {
	info, err := os.Lstat(at)
	if err != nil {
		return err.Error()
	}
	text := ""
	switch {
	case info.Mode().IsRegular():
		content, _ := os.ReadFile(at)
		if len(content) > 20 {
			content = fmt.Appendf(nil, "%d bytes, %x", len(content), sha256.Sum224(content))
		}
		text = fmt.Sprintf("%v %v %s", info.Mode(), info.ModTime().UnixNano(), content)
	case info.Mode()&fs.ModeSymlink != 0:
		text, _ = os.Readlink(at)
	case info.IsDir() && name != "":
		text = info.Mode().String()
	}
	return name + ": " + text
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
					disturb(r, c.home)
				}
				c.AllStale()
				got := c.look()
				var want []string
				_ = filepath.WalkDir(c.home, func(at string, d fs.DirEntry, err error) error {
					rel, _ := filepath.Rel(c.home, at)
					want = append(want, line(strings.TrimPrefix(rel, "."), at))
					return nil
				})
				slices.Sort(got)
				slices.Sort(want)
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
