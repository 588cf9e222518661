package penumbra_test

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"

	"penumbra"
	"penumbra/abi"
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

// posixSuite builds the suite of package view/posix.
func posixSuite(t *testing.T) string {
	t.Helper()
	suite := filepath.Join(t.TempDir(), "posix")
	if out, err := exec.Command("go", "test", "-c", "-o", suite, "penumbra/view/posix").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return suite
}

// TestMountPOSIX runs the suite of package view/posix in a bind mount and in
// memory, and with each call observed; here the race detector sees the supervisor
// at work.
func TestMountPOSIX(t *testing.T) {
	suite := posixSuite(t)
	for name, open := range map[string]func() (modules.Tree, error){
		"bind": func() (modules.Tree, error) { return bind.New(t.TempDir()) },
		"mem":  func() (modules.Tree, error) { return mem.New(0o777) },
	} {
		t.Run(name, func(t *testing.T) {
			for _, hooks := range [][]penumbra.Hook{nil, {{Calls: "all", Exit: func(*penumbra.Call) {}}}} {
				tree, err := open()
				if err != nil {
					t.Fatal(err)
				}
				cmd := penumbra.Command(suite, "-dir", "/penumbra-test", "-test.parallel", "8")
				cmd.MountTree("/penumbra-test", tree, false)
				cmd.Hooks = hooks
				if out, err := cmd.CombinedOutput(); err != nil {
					t.Errorf("with %d hooks: %v\n%s", len(hooks), err, out)
				}
			}
		})
	}
}

// TestMountHooks has hooks of each kind see a call before the mounts do.
func TestMountHooks(t *testing.T) {
	var asked atomic.Int32
	count := func(*penumbra.Call) penumbra.Verdict {
		asked.Add(1)
		return penumbra.Run
	}
	var results []int64
	keep := func(c *penumbra.Call) {
		if path, err := c.Memory().String(c.Args.Addr(1), 100); err == nil && strings.HasPrefix(path, "/data/") {
			value, e := c.Result()
			results = append(results, value, int64(e))
		}
	}
	elsewhere := func(c *penumbra.Call) penumbra.Verdict {
		if path, err := c.Memory().String(c.Args.Addr(1), 100); err == nil && path == "/nowhere" {
			c.SetArgString(1, "/data/greeting")
		}
		return penumbra.Run
	}
	tests := []struct {
		name, script, prints string
		hook                 penumbra.Hook
	}{
		{"answer", "cat /data/greeting", "hello\n", penumbra.Hook{Calls: "openat", Answer: count}},
		{"answer to what the program does itself", "cd /data; pwd; ./run", "/data\nran\n", penumbra.Hook{Calls: "chdir,execve", Answer: count}},
		{"exit", "cat /data/greeting; cat </data/greeting; cat /data/none 2>/dev/null || true", "hello\nhello\n", penumbra.Hook{Calls: "openat", Exit: keep}},
		{"enter", "cat /nowhere", "hello\n", penumbra.Hook{Calls: "openat", Enter: elsewhere}},
		{"refusal", "cat /data/greeting 2>&1 || true", "cat: /data/greeting: Input/output error\n", penumbra.Hook{Calls: "openat", Enter: func(c *penumbra.Call) penumbra.Verdict {
			if path, err := c.Memory().String(c.Args.Addr(1), 100); err == nil && path == "/data/greeting" {
				return penumbra.Fail(abi.EIO)
			}
			return penumbra.Run
		}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cmd := penumbra.Command("/bin/sh", "-ec", tt.script)
			cmd.Env = []string{"LC_ALL=C", "PATH=/bin:/usr/bin"}
			cmd.Mount("/data", fstest.MapFS{"greeting": {Data: []byte("hello\n"), Mode: 0o444},
				"run": {Data: []byte("#!/bin/sh\necho ran\n"), Mode: 0o555}})
			cmd.Hooks = []penumbra.Hook{tt.hook}
			asked.Store(0)
			if out, err := cmd.Output(); err != nil || string(out) != tt.prints {
				t.Errorf("%q %v, want %q", out, err, tt.prints)
			}
			if tt.hook.Answer != nil && asked.Load() == 0 {
				t.Error("the hook was not asked")
			}
		})
	}
	if want := []int64{3, 0, 3, 0, -1, int64(abi.ENOENT)}; !slices.Equal(results, want) {
		t.Errorf("results %v, want %v", results, want)
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
