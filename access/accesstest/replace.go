package accesstest

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"penumbra/abi"
	"penumbra/access"
)

// Replace checks an Opener that is an access.Replacer on files in dir.
func Replace(t *testing.T, o access.Opener, dir string) {
	t.Helper()
	replace := func(name string, write func(access.File) error) error {
		return o.(access.Replacer).Replace(t.Context(), name, 0o604, write)
	}
	put := func(text string) func(access.File) error {
		return func(to access.File) error {
			_, err := to.WriteAt([]byte(text), 0)
			return err
		}
	}
	name, link := filepath.Join(dir, "f"), filepath.Join(dir, "link")
	is(t, "a new file", replace(name, put("new")), 0)
	holds(t, name, "new", 0o604)
	if err := errors.Join(os.Chmod(name, 0o640), os.Symlink("f", link)); err != nil {
		t.Fatal(err)
	}
	is(t, "by a link", replace(link, put("by a link")), 0)
	holds(t, name, "by a link", 0o640)
	err := replace(name, func(to access.File) error {
		return errors.Join(put("half")(to), abi.EDQUOT)
	})
	is(t, "a write that fails", err, abi.EDQUOT)
	holds(t, name, "by a link", 0o640)
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 2 {
		t.Errorf("something is left: %v, %v", entries, err)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link was replaced: %v", err)
	}
}

func holds(t *testing.T, name, want string, perm os.FileMode) {
	t.Helper()
	got, err := os.ReadFile(name)
	info, e := os.Stat(name)
	if err = errors.Join(err, e); err != nil || string(got) != want || info.Mode() != perm {
		t.Errorf("%q %v, %v; want %q %v", got, info.Mode(), err, want, perm)
	}
}
