package moduletest

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Disturb changes something below the directory home.
func Disturb(r *rand.Rand, home string) {
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
	fresh := filepath.Join(pick(dirs), fmt.Sprintf("n%d%s", r.IntN(6), []string{"", "", "", "\xff \n"}[r.IntN(4)]))
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

// Describe describes the file at a path, which is called name: its type, and of
// regular ones permissions, time and content.
func Describe(name, at string) string {
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

// DescribeAll describes all that is below dir, sorted.
func DescribeAll(dir string) (lines []string) {
	_ = filepath.WalkDir(dir, func(at string, _ fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(dir, at)
		lines = append(lines, Describe(strings.TrimPrefix(rel, "."), at))
		return nil
	})
	slices.Sort(lines)
	return lines
}
