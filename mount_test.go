package penumbra_test

import (
	"testing"
	"testing/fstest"

	"penumbra"
	"penumbra/module/bind"
	"penumbra/module/mem"
)

func TestMount(t *testing.T) {
	memory, err := mem.New(0o1777)
	if err != nil {
		t.Fatal(err)
	}
	source := t.TempDir()
	bound, err := bind.New(source)
	if err != nil {
		t.Fatal(err)
	}
	cmd := penumbra.Command("/bin/sh", "-ec", `
cat /data/greeting
echo more 2>/dev/null >/data/new || echo read-only
cd /scratch; mkdir a; echo text >a/file; cat a/file /scratch/a/file; pwd; ls -l /proc/self/cwd | sed 's/.*-> //'
cd /deep/er/tree; echo kept >file; pwd; cat file ../tree/file; ls /deep/er; ls / | grep -c '^deep$'
`)
	cmd.Mount("/data", fstest.MapFS{"greeting": {Data: []byte("hello\n"), Mode: 0o444}})
	cmd.MountTree("/scratch", memory, false)
	cmd.MountTree("/deep/er/tree", bound, false)
	out, err := cmd.CombinedOutput()
	if want := "hello\nread-only\ntext\ntext\n/scratch\n/scratch\n/deep/er/tree\nkept\nkept\ntree\n1\n"; err != nil || string(out) != want {
		t.Errorf("%v: %s", err, out)
	}
}
