package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
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
	if err := boundCores(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	restoreSignals()
	status := m.Run()
	os.RemoveAll(dir)
	os.Exit(status)
}

// restoreSignals has the commands that tests run start with the actions of
// signals as they are by default, also where nohup(1), or a shell without job
// control in the background, has this process ignore some.
func restoreSignals() {
	for _, s := range []os.Signal{syscall.SIGHUP, syscall.SIGINT} { // others the runtime handles
		if signal.Ignored(s) {
			// What has a handler here has the default action after exec.
			signal.Notify(make(chan os.Signal, 1), s)
		}
	}
}

// boundCores sees to it that guests which crash leave no core file unless they
// ask for one, and then none that fills a disk.
func boundCores() error {
	const most = 64 << 20
	var core unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_CORE, &core); err != nil {
		return fmt.Errorf("getrlimit(RLIMIT_CORE): %w", err)
	}
	if err := unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{Max: min(core.Max, most)}); err != nil {
		return fmt.Errorf("setrlimit(RLIMIT_CORE): %w", err)
	}
	return nil
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
	verb  string   // of penumbra, run if empty
	flags []string // of the verb; nil also for native
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
		{name: "observed view", flags: []string{"--mount=type=tmpfs,target=/penumbra-test", "--intercept=trace"}},
	}
	// whole are those, and one that looks at all that calls point to.
	whole = append(slices.Clone(supervised), runMode{
		name: "lines", verb: "trace", flags: []string{"-y", "-v", "-o", os.DevNull},
	})
	// mounted is one more for what works on files.
	mounted = runMode{name: "mounted", mounted: true}
)

// command returns the words that run argv in mode m.
func (m runMode) command(t testing.TB, argv ...string) []string {
	t.Helper()
	if m.name == native.name {
		return argv
	}
	return append(append([]string{penumbraAt(t)}, m.words()...), argv...)
}

// words returns what stands between the name of the command and a guest's own.
func (m runMode) words() []string {
	return append(append([]string{cmp.Or(m.verb, "run")}, m.flags...), "--")
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
	got, err := runToEnd(argv, change)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// runToEnd does as run. It is an error if argv cannot be started or does not
// end.
func runToEnd(argv []string, change func(*exec.Cmd)) (result, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
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
		return result{}, fmt.Errorf("%q: no end after %v\nstdout:\n%s\nstderr:\n%s", argv, patience, &stdout, &stderr)
	}
	if cmd.ProcessState == nil {
		return result{}, fmt.Errorf("%q: %w", argv, err)
	}
	return result{stdout.String(), stderr.String(), cmd.ProcessState.String()}, nil
}
