package penumbra_test

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"

	"penumbra"
	modules "penumbra/module"
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

// TestMountPOSIX runs the suite of package view/posix in a bind mount and in
// memory; here the race detector sees the supervisor at work.
func TestMountPOSIX(t *testing.T) {
	suite := filepath.Join(t.TempDir(), "posix")
	if out, err := exec.Command("go", "test", "-c", "-o", suite, "penumbra/view/posix").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for name, open := range map[string]func() (modules.Tree, error){
		"bind": func() (modules.Tree, error) { return bind.New(t.TempDir()) },
		"mem":  func() (modules.Tree, error) { return mem.New(0o777) },
	} {
		t.Run(name, func(t *testing.T) {
			tree, err := open()
			if err != nil {
				t.Fatal(err)
			}
			cmd := penumbra.Command(suite, "-dir", "/penumbra-test", "-test.parallel", "8")
			cmd.MountTree("/penumbra-test", tree, false)
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

// A hook sees a call before the mounts do.
func TestMountHooks(t *testing.T) {
	var asked atomic.Int32
	cmd := penumbra.Command("/bin/cat", "/data/greeting")
	cmd.Mount("/data", fstest.MapFS{"greeting": {Data: []byte("hello\n"), Mode: 0o444}})
	cmd.Hooks = []penumbra.Hook{{Calls: "openat", Answer: func(*penumbra.Call) penumbra.Verdict {
		asked.Add(1)
		return penumbra.Run
	}}}
	if out, err := cmd.Output(); err != nil || string(out) != "hello\n" || asked.Load() == 0 {
		t.Errorf("%q %v, asked %d times", out, err, asked.Load())
	}
	for _, call := range []string{"openat", "sendto"} {
		cmd = penumbra.Command("/bin/true")
		cmd.Mount("/data", fstest.MapFS{})
		cmd.Hooks = []penumbra.Hook{{Calls: call, Exit: func(*penumbra.Call) {}}}
		if err := cmd.Run(); err == nil || !strings.Contains(err.Error(), call) {
			t.Errorf("a hook and mounts that do not go together: %v", err)
		}
	}
}

func TestMountErrors(t *testing.T) {
	for target, fsys := range map[string]fs.FS{
		"relative": fstest.MapFS{}, "/etc/passwd/x": fstest.MapFS{}, "/data": os.DirFS("/nothing/at/all"),
	} {
		cmd := penumbra.Command("/bin/true")
		cmd.Mount(target, fsys)
		if err := cmd.Run(); err == nil || !strings.Contains(err.Error(), target) {
			t.Errorf("%s: %v", target, err)
		}
	}
}
