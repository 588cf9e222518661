package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/internal/testguest"
)

// Extended attributes are the shadow's, as are pipes.
func TestShadowXattrs(t *testing.T) {
	guest := testguest.Path(t, "xattrs", testguest.Static)
	h := newHome(t)
	where, _ := h.serve("--listen=unix:"+filepath.Join(h.dir, "s"), "--export="+h.files+":rw")
	file := filepath.Join(h.files, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := unix.Setxattr(file, "user.home", []byte("home"), 0); err != nil {
		t.Skipf("the file system of %s has no extended attributes: %v", file, err)
	}
	out, err := exec.Command(penumbraAt(t), "run", "--shadow="+where, "--mount=type=bind,source="+filepath.Dir(guest)+",target="+filepath.Dir(guest), "--", guest, file).CombinedOutput()
	if err != nil || string(out) != "ok\n" {
		t.Errorf("%v\n%s", err, out)
	}
	value := make([]byte, 100)
	if n, err := unix.Getxattr(file, "user.guest", value); err != nil || string(value[:n]) != "guest" {
		t.Errorf("user.guest is %q, %v", value[:max(n, 0)], err)
	}
	if n, err := unix.Getxattr(file, "user.home", value); err != unix.ENODATA {
		t.Errorf("user.home is %q, %v", value[:max(n, 0)], err)
	}
	if info, err := os.Lstat(file + ".pipe"); err != nil || info.Mode() != os.ModeNamedPipe|0o640 {
		t.Errorf("the pipe: %v, %v", info, err)
	}
}

// A guest whose user has another number here than the shadow's sees owners as they
// are there, and its own files as its own.
func TestShadowOwners(t *testing.T) {
	const theirs, ours, other = "1001", "65534", 1234
	setpriv, err := exec.LookPath("setpriv")
	if err != nil || os.Geteuid() != 0 {
		t.Skip("root and setpriv are needed to be two users")
	}
	h := newHome(t)
	for _, dir := range []string{h.dir, h.files, filepath.Dir(penumbraAt(t))} {
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, user := range []string{theirs, ours} {
		dir := filepath.Join(h.dir, user)
		if err := os.Mkdir(dir, 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(dir, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	as := func(user string, args ...string) *exec.Cmd {
		c := exec.Command(setpriv, append([]string{"--reuid=" + user, "--regid=" + user, "--clear-groups"}, args...)...)
		c.Env = append(os.Environ(), "HOME="+filepath.Join(h.dir, user), "XDG_STATE_HOME="+filepath.Join(h.dir, user), "XDG_CONFIG_HOME="+filepath.Join(h.dir, user), "XDG_CACHE_HOME="+filepath.Join(h.dir, user))
		return c
	}
	authority := filepath.Join(h.dir, "config", "penumbra", "authority")
	if out, err := exec.Command(penumbraAt(t), "shadow", "init", "--host=localhost", "--client=me").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	certificates := map[string]string{filepath.Join(authority, "server"): theirs, filepath.Join(authority, "clients", "me"): ours}
	for dir, user := range certificates {
		if out, err := exec.Command("chown", "-R", user, dir).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		for up := filepath.Dir(dir); up != h.dir; up = filepath.Dir(up) {
			if err := os.Chmod(up, 0o711); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := os.Chmod(h.files, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(h.files, "other"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(filepath.Join(h.files, "other"), other, other); err != nil {
		t.Fatal(err)
	}
	shadow := as(theirs, penumbraAt(t), "shadow", "--listen=tls:localhost:0", "--cert="+filepath.Join(authority, "server"), "--export="+h.files+":rw")
	stderr, err := shadow.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := shadow.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = shadow.Process.Kill(); _ = shadow.Wait() }()
	line := make([]byte, 200)
	n, _ := stderr.Read(line)
	_, where, _ := strings.Cut(strings.TrimSpace(string(line[:n])), "served at tls:")
	_, port, _ := strings.Cut(where, ":")
	script := "cd " + h.files + "; id -u; echo > mine; stat -c '%u %g' other " + h.files + "/other mine; test -O mine && echo own"
	cmd := as(ours, penumbraAt(t), "run", "--shadow=tls:localhost:"+port, "--shadow-cert="+filepath.Join(authority, "clients", "me"), "--", "sh", "-c", script)
	cmd.WaitDelay = time.Minute
	out, err := cmd.CombinedOutput()
	if want := "1001\n1234 1234\n1234 1234\n1001 1001\nown\n"; err != nil || string(out) != want {
		t.Errorf("%v\n%s\nwant\n%s(the shadow said %s)", err, out, want, line[:n])
	}
}
