package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"penumbra/internal/testguest"
)

// elsewhere is a shadow whose machine differs from this one: other files are at the
// place of h.files, and it has another name.
func (h *home) elsewhere(files, node string) string {
	h.t.Helper()
	ns := []string{"unshare", "--mount", "--uts", "--propagation=private"}
	if os.Geteuid() != 0 {
		ns = append(ns, "--user", "--map-root-user")
	}
	if out, err := exec.Command(ns[0], append(ns[1:], "true")...).CombinedOutput(); err != nil {
		h.t.Skipf("needs unshare(1), and namespaces that may be made: %v: %s", err, out)
	}
	script := "hostname " + node + " && mount --bind " + shellQuote(files) + " " + shellQuote(h.files) +
		" && exec " + quoted(append(h.shadow, "--single", "--allow-root", "--export="+h.files+":rw")...)
	return "exec:exec " + quoted(append(ns, "sh", "-c", script)...)
}

// TestModes runs a guest that makes calls of every class in all four modes.
func TestModes(t *testing.T) {
	for _, kind := range []testguest.Kind{testguest.Dynamic, testguest.Static, testguest.Musl, testguest.I386, testguest.I386Static} {
		t.Run(string(kind), func(t *testing.T) {
			guest := testguest.Path(t, "modes", kind)
			h := newHome(t)
			files := filepath.Join(h.dir, "theirs")
			write(t, h.files, "name", "here\n", 0o644)
			write(t, files, "name", "at the shadow\n", 0o644)
			write(t, files, "sub/name", "at the shadow\n", 0o644)
			if err := os.Symlink("name", filepath.Join(files, "link")); err != nil {
				t.Fatal(err)
			}
			const node = "elsewhere"
			cmd := exec.Command(penumbraAt(t), "run", "--shadow="+h.elsewhere(files, node), guest, h.files, node, strconv.Itoa(os.Getpid()))
			var out, complaints bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &complaints
			if err := cmd.Run(); err != nil || out.String() != "ok\n" {
				t.Errorf("%v\n%s%s", err, out.String(), complaints.String())
			}
		})
	}
}
