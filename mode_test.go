package penumbra_test

import (
	"bufio"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/fstest"

	"penumbra"
	"penumbra/mode"
)

// TestCmdMode has a shell see a mounted file, and then not, as its mode says.
func TestCmdMode(t *testing.T) {
	cmd := penumbra.Command("sh", "-c", `while read word; do cat /no/such/place/file 2>/dev/null || echo none; done`)
	cmd.Mount("/no/such/place", fstest.MapFS{"file": {Data: []byte("mounted\n")}})
	cmd.Mode = "local,mapped"
	in, out := io.Pipe()
	cmd.Stdin = in
	seen, stdout := io.Pipe()
	cmd.Stdout = stdout
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(seen)
	look := func(want string) {
		t.Helper()
		if _, err := io.WriteString(out, "look\n"); err != nil {
			t.Fatal(err)
		}
		if line, err := lines.ReadString('\n'); err != nil || line != want+"\n" {
			t.Errorf("saw %q, %v; want %q", line, err, want)
		}
	}
	pid := cmd.Process.Pid
	look("mounted")
	for _, step := range []struct {
		to, former mode.Mode
		want       string
	}{
		{mode.Mode{}, mode.Mode{Mapped: true}, "none"},
		{mode.Mode{Mapped: true}, mode.Mode{}, "mounted"},
	} {
		if former, err := cmd.SetMode(pid, step.to); former != step.former || err != nil {
			t.Errorf("SetMode(%v) = %v, %v", step.to, former, err)
		}
		look(step.want)
	}
	if _, err := cmd.SetMode(pid, mode.Mode{Remote: true, Mapped: true}); !errors.Is(err, mode.ErrNoShadow) {
		t.Errorf("remote without a shadow: %v", err)
	}
	if _, err := cmd.SetMode(1, mode.Mode{}); err == nil {
		t.Error("process 1 has a mode")
	}
	out.Close()
	go io.Copy(io.Discard, seen)
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}

func TestCmdModeRefused(t *testing.T) {
	tests := []struct{ mode, want string }{
		{"remote,mapped", "no shadow"},
		{"local,maped", "did you mean local,mapped?"},
	}
	for _, test := range tests {
		t.Run(test.mode, func(t *testing.T) {
			cmd := penumbra.Command("true")
			cmd.Mode = test.mode
			if err := cmd.Run(); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v", err)
			}
		})
	}
}
