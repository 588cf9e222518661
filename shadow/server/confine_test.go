package server_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/shadow/client"
	"penumbra/shadow/server"
	"penumbra/shadow/wire"
)

// confined lays out a tree: rw and ro are exported, out is not.
func confined(t *testing.T) (p *client.Process, dir string) {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{"rw/f": "mine", "rw/d/f": "below", "ro/f": "fixed", "ro/d/f": "deep", "out/f": "secret", "rwx/f": "secret"} {
		put(t, filepath.Join(dir, name), content)
	}
	for link, to := range map[string]string{
		"rw/abs": dir + "/rw/f", "rw/absdir": dir + "/rw/d", "rw/toro": dir + "/ro/f", "rw/torodir": dir + "/ro/d",
		"rw/relro": "../ro/f", "rw/out": dir + "/out/f", "rw/relout": "../out/f", "rw/outdir": "../out", "rw/root": "/",
		"rw/proc": "/proc/self/root", "rw/chain": "outdir/f", "rw/loop": "loop", "rw/loop2": dir + "/rw/loop2", "rw/new": dir + "/rw/made", "rw/newout": dir + "/out/made",
		"rw/d/up": "..", "rw/roundabout": "../rw/d/../f", "ro/torw": dir + "/rw/f",
	} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	c := dial(t, serve(t, server.Config{}, server.Export{Path: dir + "/rw"}, server.Export{Path: dir + "/ro", ReadOnly: true}))
	p, err = c.Spawn(t.Context(), dir+"/rw", 0o022)
	if err != nil {
		t.Fatal(err)
	}
	return p, dir
}

func TestPaths(t *testing.T) {
	p, dir := confined(t)
	tests := []struct {
		path string
		want string // content
		err  abi.Errno
	}{
		{"f", "mine", 0},
		{"d/../f", "mine", 0},
		{"d/up/f", "mine", 0},
		{"abs", "mine", 0},
		{"absdir/f", "below", 0},
		{"absdir/../f", "mine", 0},
		{"roundabout", "mine", 0},
		{"../rw/f", "mine", 0},
		{dir + "/rw/f", "mine", 0},
		{dir + "/rw//./d/f", "below", 0},
		{dir + "/ro/../rw/f", "mine", 0},
		{dir + "/ro/f", "fixed", 0},
		{dir + "/ro/torw", "mine", 0},
		{"toro", "fixed", 0},
		{"torodir/f", "deep", 0},
		{"relro", "fixed", 0},
		{"../ro/d/f", "deep", 0},
		{"f/", "", abi.ENOTDIR},
		{"none", "", abi.ENOENT},
		{"loop", "", abi.ELOOP},
		{"loop2", "", abi.ELOOP},
		{"out", "", abi.EACCES},
		{"relout", "", abi.EACCES},
		{"outdir/f", "", abi.EACCES},
		{"chain", "", abi.EACCES},
		{"root/etc/passwd", "", abi.EACCES},
		{"proc/etc/passwd", "", abi.EACCES},
		{"../out/f", "", abi.EACCES},
		{"../../../../../../etc/passwd", "", abi.EACCES},
		{"d/../../out/f", "", abi.EACCES},
		{dir + "/out/f", "", abi.EACCES},
		{dir + "/rwx/f", "", abi.EACCES}, // begins like an export
		{dir + "/rw/../out/f", "", abi.EACCES},
		{"/proc/self/fd/0", "", abi.EACCES},
		{"/", "", abi.EACCES},
	}
	for _, tt := range tests {
		t.Run(strings.TrimPrefix(tt.path, dir), func(t *testing.T) {
			buf := make([]byte, 100)
			_, n, err := p.ReadFile(t.Context(), wire.CWD, tt.path, buf)
			is(t, "read", err, tt.err)
			if got := string(buf[:n]); got != tt.want {
				t.Errorf("got %q", got)
			}
			if tt.err == abi.EACCES {
				_, err := p.Stat(t.Context(), wire.CWD, tt.path, 0)
				is(t, "stat", err, tt.err)
				_, err = p.Chdir(t.Context(), wire.CWD, tt.path)
				is(t, "chdir", err, tt.err)
				_, err = p.WriteFile(t.Context(), wire.CWD, tt.path, []byte("x"), 0o600)
				is(t, "write", err, tt.err)
			}
		})
	}
	if attr, err := p.Stat(t.Context(), wire.CWD, dir+"/out/../rw/abs", wire.AtNoFollow); client.Errno(err) != abi.EACCES {
		t.Errorf("through what is not exported: %+v, %v", attr, err)
	}
	if attr, err := p.Stat(t.Context(), wire.CWD, dir+"/ro/../rw/abs", wire.AtNoFollow); err != nil || attr.Type != wire.TypeSymlink {
		t.Errorf("lstat of a link: %+v, %v", attr, err)
	}
	// A link that leads to nothing is created where it leads, or not at all.
	_, err := p.WriteFile(t.Context(), wire.CWD, "new", []byte("x"), 0o600)
	is(t, "create through a link", err, 0)
	_, err = p.WriteFile(t.Context(), wire.CWD, "newout", []byte("x"), 0o600)
	is(t, "create outside", err, abi.EACCES)
	if _, err := os.Lstat(dir + "/rw/made"); err != nil {
		t.Error(err)
	}
	if _, err := os.Lstat(dir + "/out/made"); err == nil {
		t.Error("created outside")
	}
}

func TestReadOnlyExports(t *testing.T) {
	p, dir := confined(t)
	ctx, cwd := t.Context(), wire.CWD
	ro := dir + "/ro"
	before := treeState(t, ro)
	f, _, err := p.Open(ctx, cwd, ro+"/f", wire.OpenRead|wire.OpenCreate, 0o600)
	is(t, "open that would create", err, 0)
	open := func(name string, flags uint32) error {
		_, _, err := p.Open(ctx, cwd, name, flags, 0o600)
		return err
	}
	tests := []struct {
		name string
		err  error
		want abi.Errno
	}{
		{"write", open(ro+"/f", wire.OpenWrite), abi.EROFS},
		{"write nothing", open(ro+"/none", wire.OpenWrite), abi.ENOENT},
		{"truncate", open(ro+"/f", wire.OpenRead|wire.OpenTruncate), abi.EROFS},
		{"create", open(ro+"/new", wire.OpenRead|wire.OpenCreate), abi.EROFS},
		{"create excl", open(ro+"/new", wire.OpenWrite|wire.OpenCreate|wire.OpenExclusive), abi.EROFS},
		{"write by a link", open("toro", wire.OpenWrite), abi.EROFS},
		{"write by ..", open("../ro/f", wire.OpenWrite), abi.EROFS},
		{"create by a link", open("torodir/new", wire.OpenWrite|wire.OpenCreate), abi.EROFS},
		{"truncate by path", p.Truncate(ctx, cwd, "toro", 0), abi.EROFS},
		{"truncate by fd", f.Truncate(ctx, 0), abi.EBADF},
		{"chmod by fd", p.Chmod(ctx, f.FD(), "", 0, 0), abi.EROFS},
		{"chmod", p.Chmod(ctx, cwd, "toro", 0, 0), abi.EROFS},
		{"chown", p.Chown(ctx, cwd, ro+"/f", 1, 1, 0), abi.EROFS},
		{"utimens", p.Utimens(ctx, cwd, ro+"/f", wire.Time{}, wire.Time{}, 0), abi.EROFS},
		{"setxattr", p.Setxattr(ctx, cwd, ro+"/f", "user.x", []byte("x"), 0), abi.EROFS},
		{"removexattr", p.Removexattr(ctx, cwd, ro+"/f", "user.x"), abi.EROFS},
		{"mkdir", p.Mkdir(ctx, cwd, ro+"/new", 0o700), abi.EROFS},
		{"mknod", p.Mknod(ctx, cwd, ro+"/new", wire.TypeFIFO, 0o700), abi.EROFS},
		{"a device", p.Mknod(ctx, cwd, dir+"/rw/new", wire.TypeBlockDevice, 0o700), abi.EPERM},
		{"rmdir", p.Rmdir(ctx, cwd, ro+"/d"), abi.EROFS},
		{"unlink", p.Unlink(ctx, cwd, ro+"/f"), abi.EROFS},
		{"symlink", p.Symlink(ctx, "x", cwd, ro+"/new"), abi.EROFS},
		{"link into", p.Link(ctx, cwd, "f", cwd, ro+"/new", 0), abi.EROFS},
		{"link out of", p.Link(ctx, cwd, ro+"/f", cwd, "new", 0), abi.EXDEV},
		{"rename out of", p.Rename(ctx, cwd, ro+"/f", cwd, "new", 0), abi.EROFS},
		{"rename into", p.Rename(ctx, cwd, "f", cwd, ro+"/f", 0), abi.EROFS},
		{"access", p.Access(ctx, cwd, ro+"/f", 2, 0), abi.EROFS},
	}
	for _, tt := range tests {
		is(t, tt.name, tt.err, tt.want)
	}
	_, err = f.WriteAt(ctx, []byte("x"), 0)
	is(t, "write by fd", err, abi.EBADF)
	if after := treeState(t, ro); after != before {
		t.Errorf("before\n%s\nafter\n%s", before, after)
	}
}

// treeState describes all below dir.
func treeState(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.Walk(dir, func(name string, info os.FileInfo, err error) error {
		if err == nil {
			b.WriteString(name + " " + info.Mode().String() + " " + info.ModTime().String() + "\n")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Somebody exchanges a directory for a link to the outside, over and over, while
// a client walks through it.
func TestRacesDoNotLeadOut(t *testing.T) {
	p, dir := confined(t)
	swap := dir + "/rw/swap"
	put(t, swap+"/f", "mine")
	for i, to := range []string{"../out", dir + "/out"} {
		if err := os.Symlink(to, dir+"/rw/link"+strconv.Itoa(i)); err != nil {
			t.Fatal(err)
		}
	}
	stop := make(chan struct{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			link := dir + "/rw/link" + strconv.Itoa(i/2%2)
			if err := unix.Renameat2(unix.AT_FDCWD, swap, unix.AT_FDCWD, link, unix.RENAME_EXCHANGE); err != nil {
				t.Error(err)
				return
			}
		}
	}()
	buf := make([]byte, 100)
	read := 0
	for until := time.Now().Add(500 * time.Millisecond); time.Now().Before(until); {
		for _, path := range []string{"swap/f", dir + "/rw/swap/f", "d/../swap/f", "absdir/../swap/f"} {
			_, n, err := p.ReadFile(t.Context(), wire.CWD, path, buf)
			if err == nil {
				read++
				if got := string(buf[:n]); got == "secret" {
					t.Fatalf("%s led out", path)
				}
			}
			if _, err := p.WriteFile(t.Context(), wire.CWD, path+"2", []byte("x"), 0o600); err == nil {
				read++
			}
		}
	}
	close(stop)
	<-done
	if _, err := os.Lstat(dir + "/out/f2"); err == nil {
		t.Error("written outside")
	}
	if read == 0 {
		t.Error("it never was the directory")
	}
}

// A directory that a client holds is moved out of its export.
func TestMovedOut(t *testing.T) {
	p, dir := confined(t)
	ctx := t.Context()
	d, _, err := p.Open(ctx, wire.CWD, "d", wire.OpenRead|wire.OpenDirectory, 0)
	is(t, "open", err, 0)
	if err := os.Rename(dir+"/rw/d", dir+"/out/d"); err != nil {
		t.Fatal(err)
	}
	_, err = p.Stat(ctx, d.FD(), "../f", 0)
	is(t, "stat by ..", err, abi.EACCES)
}

// Between exports that may be written a file can be moved, as on the home machine.
func TestRenameBetweenExports(t *testing.T) {
	a, b, ctx := t.TempDir(), t.TempDir(), t.Context()
	put(t, a+"/f", "x")
	p := process(t, a, server.Export{Path: b})
	is(t, "link", p.Link(ctx, wire.CWD, "f", wire.CWD, b+"/l", 0), 0)
	is(t, "rename", p.Rename(ctx, wire.CWD, "f", wire.CWD, b+"/f", 0), 0)
	if _, err := os.Stat(b + "/f"); err != nil {
		t.Error(err)
	}
}

func TestExportsMustNotOverlap(t *testing.T) {
	dir := t.TempDir()
	put(t, dir+"/a/b/f", "")
	put(t, dir+"/ab/f", "")
	if err := os.Symlink("a", dir+"/link"); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		paths []string
		ok    bool
	}{
		{[]string{"/a", "/ab"}, true},
		{[]string{"/a", "/a/b"}, false},
		{[]string{"/a/b", "/a"}, false},
		{[]string{"/link", "/a"}, false},
		{[]string{"/a/b/f"}, false},
		{[]string{"/none"}, false},
	}
	for _, tt := range tests {
		var exports []server.Export
		for _, p := range tt.paths {
			exports = append(exports, server.Export{Path: dir + p})
		}
		if err := server.CheckExports(exports); (err == nil) != tt.ok {
			t.Errorf("%v: %v", tt.paths, err)
		}
	}
}

// The whole tree can be exported, too.
func TestExportOfAll(t *testing.T) {
	dir := t.TempDir()
	put(t, dir+"/d/f", "mine")
	for link, to := range map[string]string{"abs": dir + "/d", "up": "../../../../../../../../.." + dir} {
		if err := os.Symlink(to, dir+"/"+link); err != nil {
			t.Fatal(err)
		}
	}
	p := process(t, "/")
	for _, path := range []string{dir + "/d/f", dir + "/abs/f", "/.." + dir + "/d/f", dir + "/up/d/f", strings.TrimPrefix(dir, "/") + "/d/f"} {
		buf := make([]byte, 10)
		_, n, err := p.ReadFile(t.Context(), wire.CWD, path, buf)
		is(t, path, err, 0)
		if string(buf[:n]) != "mine" {
			t.Errorf("%s: %q", path, buf[:n])
		}
	}
	_, _, err := p.Open(t.Context(), wire.CWD, "/dev/null", wire.OpenRead, 0)
	is(t, "a device", err, abi.EOPNOTSUPP)
	f, attr, err := p.Open(t.Context(), wire.CWD, "/dev/null", wire.OpenPath, 0)
	is(t, "a device, for its attributes", err, 0)
	if attr.Type != wire.TypeCharDevice || attr.RdevMajor != 1 || attr.RdevMinor != 3 {
		t.Errorf("%+v", attr)
	}
	is(t, "close", f.Close(t.Context()), 0)
}
