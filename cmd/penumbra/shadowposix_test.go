package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestShadowPOSIX runs the suite of package view/posix on the files of a shadow,
// reached by one access method after the other.
func TestShadowPOSIX(t *testing.T) {
	suite := filepath.Join(t.TempDir(), "posix")
	if out, err := exec.Command("go", "test", "-c", "-o", suite, "../../view/posix").CombinedOutput(); err != nil {
		t.Fatalf("build the suite: %v\n%s", err, out)
	}
	for _, chain := range []string{"", "remote:", "buffer:(64k,4k):remote:", "fetch:remote:", "compress:buffer:remote:"} {
		t.Run(chain, func(t *testing.T) {
			h := newHome(t)
			var flags []string
			if chain != "" {
				policy := filepath.Join(h.dir, "policy")
				if err := os.WriteFile(policy, fmt.Appendf(nil, "%s/** %s\n", h.files, chain), 0o600); err != nil {
					t.Fatal(err)
				}
				flags = []string{"--policy=" + policy}
			}
			t.Setenv("XDG_CACHE_HOME", filepath.Join(h.dir, "cache"))
			where, _ := h.serve(append(flags, "--listen=unix:"+filepath.Join(h.dir, "s"), "--export="+h.files+":rw", "--network=all")...)
			cmd := exec.Command(penumbraAt(t), "run", "--shadow="+where, "--", suite, "-dir", h.files, "-test.parallel", "8")
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
			if left, err := os.ReadDir(h.files); err != nil || len(left) > 0 {
				t.Errorf("the tests left %v, %v", left, err)
			}
		})
	}
}
