package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// goPackages are the packages of Go's standard library whose tests ask most of
// the system.
var goPackages = []struct {
	path   string
	effort effort
	limit  time.Duration
}{
	{"os", fast, 3 * time.Minute},
	{"os/exec", brief, 3 * time.Minute},
	{"os/signal", brief, 3 * time.Minute},
	{"os/user", brief, 3 * time.Minute},
	{"io/fs", brief, 3 * time.Minute},
	{"path/filepath", brief, 3 * time.Minute},
	{"internal/poll", brief, 3 * time.Minute},
	{"syscall", brief, 3 * time.Minute},
	{"time", medium, 3 * time.Minute},
	{"net", medium, 3 * time.Minute},
	{"runtime", slow, 15 * time.Minute},
}

// goJobs builds the packages' test binaries below cache, from the sources of
// the Go that is on PATH.
func goJobs(ctx context.Context, cache string) ([]job, error) {
	env, err := goEnv(ctx, "GOROOT", "GOCACHE")
	if err != nil {
		return nil, err
	}
	root, gocache := env[0], env[1]
	bin := filepath.Join(cache, "gostd")
	if err := os.MkdirAll(bin, 0o755); err != nil {
		return nil, err
	}
	build := []string{"test", "-c", "-o", bin + "/"}
	var jobs []job
	for _, p := range goPackages {
		build = append(build, p.path)
		jobs = append(jobs, job{"gostd", p.path, p.effort, p.limit, goTests{
			binary: filepath.Join(bin, path.Base(p.path)+".test"),
			dir:    filepath.Join(root, "src", p.path),
			env: []string{
				"GOROOT=" + root, "GOCACHE=" + gocache, "GOFLAGS=-mod=mod", "CGO_ENABLED=",
				"GOTRACEBACK=single", "PATH=" + filepath.Join(root, "bin") + ":/usr/bin:/bin:/usr/sbin:/sbin",
			},
		}})
	}
	cmd := exec.CommandContext(ctx, "go", build...)
	cmd.Dir = filepath.Join(root, "src")
	cmd.Env = append(os.Environ(), "GOFLAGS=", "CGO_ENABLED=")
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("build the tests of Go's standard library in %s: %w\n%s", cmd.Dir, err, out)
	}
	return jobs, nil
}

// goEnv returns the values of Go's settings with the given names.
func goEnv(ctx context.Context, names ...string) ([]string, error) {
	out, err := exec.CommandContext(ctx, "go", append([]string{"env"}, names...)...).Output()
	if err != nil {
		return nil, fmt.Errorf("ask go for its settings: %w", err)
	}
	values := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	if len(values) != len(names) {
		return nil, fmt.Errorf("ask go for its settings %v: got %q", names, out)
	}
	return values, nil
}

// goTests runs the test binary of one Go package.
type goTests struct {
	binary, dir string
	env         []string
}

func (g goTests) command(work string, limit time.Duration, sel selection) command {
	// Go's own limit comes first: it prints what every goroutine waits for.
	argv := []string{g.binary, "-test.short", "-test.v=test2json", "-test.timeout=" + (limit * 9 / 10).String()}
	if sel.only != "" {
		argv = append(argv, "-test.run=^"+regexp.QuoteMeta(sel.only)+"$")
	}
	if len(sel.skip) > 0 {
		argv = append(argv, "-test.skip=^("+strings.Join(sel.skip, "|")+")$")
	}
	return command{argv: argv, dir: g.dir, env: append([]string{"TMPDIR=" + work}, g.env...)}
}

// goEvent matches the lines in which a Go test says that it began or ended.
// The marker byte that -test.v=test2json puts in front tells them from output
// of the tests, which need not end in a newline.
var goEvent = regexp.MustCompile(`\x16 *(?:=== (RUN) +|--- (PASS|FAIL|SKIP): )(\S+)`)

func (g goTests) parse(_ string, out outcome) results {
	if strings.Contains(out.text, "panic: test timed out after ") {
		out.timedOut = true
	}
	r := results{}
	for _, m := range goEvent.FindAllStringSubmatch(out.text, -1) {
		began, ended, name := m[1], m[2], m[3]
		if began != "" {
			r[name] = out.interrupted()
		} else {
			r[name] = status(ended)
		}
	}
	r.addExit(out)
	return r
}

// alone returns a test's first element: a subtest cannot be skipped or run
// without what its parent sets up.
func (g goTests) alone(test string) string {
	top, _, _ := strings.Cut(test, "/")
	return top
}
