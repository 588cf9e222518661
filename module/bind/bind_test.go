package bind

import (
	"path/filepath"
	"strings"
	"testing"

	"penumbra/module/moduletest"
)

func TestBind(t *testing.T) {
	dir := t.TempDir()
	moduletest.Write(t, dir)
	tree, err := New(filepath.Join(dir, "dir", ".."))
	if err != nil {
		t.Fatal(err)
	}
	moduletest.Test(t, tree)
	if tree, err = New(filepath.Join(dir, "link")); err != nil || tree.Root() != filepath.Join(dir, "dir/sub/deep") {
		t.Errorf("by a link: %v %v", tree, err)
	}
	if _, err := New(filepath.Join(dir, "nothing")); err == nil || !strings.Contains(err.Error(), "nothing") {
		t.Errorf("of nothing: %v", err)
	}
}
