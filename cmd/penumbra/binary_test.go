package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// buildDir holds the command that the end-to-end tests run. Any user may enter
// it: some tests run the command without privileges.
var buildDir string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "penumbra-test")
	if err == nil {
		err = os.Chmod(dir, 0o755)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	buildDir = dir
	status := m.Run()
	os.RemoveAll(dir)
	os.Exit(status)
}

// buildOnce makes the command as it is shipped: one static binary, with the
// entry point of package origin. The test's
// own binary will not do, for a supervisor is a program of its own.
var buildOnce = sync.OnceValues(func() (string, error) {
	path := filepath.Join(buildDir, "penumbra")
	cmd := exec.Command("go", "build", "-ldflags", "-E _penumbra_start", "-o", path, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%s: %w\n%s", cmd, err, out)
	}
	return path, os.Chmod(path, 0o755)
})

// penumbraAt returns the path of the built command.
func penumbraAt(t testing.TB) string {
	t.Helper()
	path, err := buildOnce()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// A runMode is a way to run a guest.
type runMode struct {
	name  string
	flags []string // of penumbra run; nil also for native
	// mounted: the guest's working directory is a mount of another one.
	mounted bool
}

var (
	native = runMode{name: "native"}
	// supervised are the ways to run a guest under penumbra, each of which has
	// to do as native does.
	supervised = []runMode{
		{name: "run"},
		{name: "notify", flags: []string{"--intercept=notify"}},
		{name: "trace", flags: []string{"--intercept=trace"}},
		// A mount that is out of the way must not be noticed.
		{name: "view", flags: []string{"--mount=type=tmpfs,target=/penumbra-test"}},
	}
	// mounted is one more for what works on files.
	mounted = runMode{name: "mounted", mounted: true}
)

// command returns the words that run argv in mode m.
func (m runMode) command(t testing.TB, argv ...string) []string {
	t.Helper()
	if m.name == native.name {
		return argv
	}
	words := append([]string{penumbraAt(t), "run"}, m.flags...)
	return append(append(words, "--"), argv...)
}

// A result is all that a run shows to whoever started it.
type result struct {
	stdout, stderr, status string
}

func (r result) String() string {
	return fmt.Sprintf("%s\nstdout:\n%s\nstderr:\n%s", r.status, r.stdout, r.stderr)
}

// patience is how long a guest may take before the test calls it hung. It is
// far more than any needs: no test depends on speed.
const patience = 4 * time.Minute

// run runs argv with an empty standard input and returns how it went. change,
// if not nil, may prepare the command further.
func run(t testing.TB, argv []string, change func(*exec.Cmd)) result {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	cmd.WaitDelay = 10 * time.Second
	if change != nil {
		change(cmd)
	}
	err := cmd.Run()
	if ctx.Err() != nil {
		t.Fatalf("%q: no end after %v\nstdout:\n%s\nstderr:\n%s", argv, patience, &stdout, &stderr)
	}
	if cmd.ProcessState == nil {
		t.Fatalf("%q: %v", argv, err)
	}
	return result{stdout.String(), stderr.String(), cmd.ProcessState.String()}
}
