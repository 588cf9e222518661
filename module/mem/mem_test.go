package mem

import (
	"os"
	"testing"

	"penumbra/module/moduletest"
)

func TestMem(t *testing.T) {
	tree, err := New(0o1777)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(tree.Root())
	if err != nil || info.Mode() != os.ModeDir|os.ModeSticky|0o777 {
		t.Errorf("root: %v %v", info.Mode(), err)
	}
	if entries, err := os.ReadDir(tree.Root()); len(entries) != 0 || err != nil {
		t.Errorf("it begins with %v, %v", entries, err)
	}
	moduletest.Write(t, tree.Root())
	moduletest.Test(t, tree)
}
