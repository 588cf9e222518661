// Conformance runs tests that other people wrote, natively and under Penumbra,
// and compares them test by test: what passes natively has to pass here.
//
//	go run ./conformance [-quick] [-suite LIST] [-mode LIST] [-run REGEX]
//
// The suites are Go's own standard library (built from the sources of the Go on
// PATH), CPython (where a Python with its tests is there) and stress-ng. They
// are built and run below $PENUMBRA_SUITES, or penumbra-suites in the user's
// cache directory. It exits with 1 if any test differs.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := conformance(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// conformance does what the command line args asks for and returns its exit
// status.
func conformance(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	p, err := parsePlan(args, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		fmt.Fprintf(stderr, "conformance: %v\n", err)
		return 2
	}
	total, err := p.execute(ctx, stdout, stderr)
	if err != nil {
		fmt.Fprintf(stderr, "conformance: %v\n", err)
		return 1
	}
	fmt.Fprintf(stdout, "%d passed, %d failed\n", total.here, total.diff)
	if total.diff > 0 {
		return 1
	}
	return 0
}

// A plan is what the command line asks for.
type plan struct {
	suites  []suite
	named   bool // the user named the suites: each must be there
	modes   []mode
	jobs    *regexp.Regexp
	quick   bool
	verbose bool
	limit   time.Duration
}

func parsePlan(args []string, stderr io.Writer) (*plan, error) {
	var p plan
	var suiteList, modeList, prefix, binary, jobs string
	f := flag.NewFlagSet("conformance", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.StringVar(&suiteList, "suite", "", "the suites to run, of gostd,cpython,stressng (default all that are there)")
	f.StringVar(&modeList, "mode", "run,mounts,remote,notify,trace,lines", "the modes to compare with native, of native,run,mounts (tests' directories are mounts),remote (all files are a shadow's),notify,trace,lines (penumbra trace)")
	f.StringVar(&prefix, "prefix", "", "compare with native behind this command instead of the modes")
	f.StringVar(&binary, "penumbra", "bin/penumbra", "the penumbra command")
	f.BoolVar(&p.quick, "quick", false, "run only the part that is worth its time in continuous integration")
	f.StringVar(&jobs, "run", "", "run only programs whose suite/name matches this regular expression")
	f.DurationVar(&p.limit, "timeout", 0, "time limit of each program natively; modes multiply it (default the suite's own)")
	f.BoolVar(&p.verbose, "v", false, "print a line for every program that ran")
	if err := f.Parse(args); err != nil {
		return nil, err
	}
	if f.NArg() > 0 {
		return nil, fmt.Errorf("unexpected argument %q", f.Arg(0))
	}
	var err error
	if p.jobs, err = regexp.Compile(jobs); err != nil {
		return nil, fmt.Errorf("-run: %w", err)
	}
	if p.suites, err = suitesOf(suiteList); err != nil {
		return nil, fmt.Errorf("-suite: %w", err)
	}
	p.named = suiteList != ""
	if words := strings.Fields(prefix); len(words) > 0 {
		p.modes = []mode{{name: filepath.Base(words[0]), prefix: words, slowdown: 6, quick: medium}}
		return &p, nil
	}
	if binary, err = filepath.Abs(binary); err != nil {
		return nil, err
	}
	if p.modes, err = modesOf(strings.Split(modeList, ","), binary); err != nil {
		return nil, fmt.Errorf("-mode: %w", err)
	}
	if _, err := os.Stat(binary); err != nil && len(p.modes) > 0 {
		return nil, fmt.Errorf("-penumbra: %w; make build makes it", err)
	}
	return &p, nil
}

// suitesOf returns the suites that list names, all for an empty list.
func suitesOf(list string) ([]suite, error) {
	if list == "" {
		return suites, nil
	}
	var chosen []suite
	for name := range strings.SplitSeq(list, ",") {
		i := slices.IndexFunc(suites, func(s suite) bool { return s.name == name })
		if i < 0 {
			return nil, fmt.Errorf("unknown suite %q: the suites are gostd, cpython and stressng", name)
		}
		chosen = append(chosen, suites[i])
	}
	return chosen, nil
}

// execute runs the planned suites and returns the sum over all modes.
func (p *plan) execute(ctx context.Context, stdout, stderr io.Writer) (total tally, err error) {
	cache, err := cacheDir()
	if err != nil {
		return total, err
	}
	if err := adoptOrphans(); err != nil {
		return total, err
	}
	inheritNothingUnusual()
	h := &harness{cache: cache, quick: p.quick, limit: p.limit, out: stdout, progress: io.Discard}
	if p.verbose {
		h.progress = stderr
	}
	for _, s := range p.suites {
		tallies, err := p.runSuite(ctx, h, s)
		var gone *missingError
		if errors.As(err, &gone) && !p.named {
			fmt.Fprintf(stdout, "%s: not run: %v\n", s.name, gone)
			continue
		}
		if err != nil {
			return total, fmt.Errorf("%s: %w", s.name, err)
		}
		modes := p.modes
		if len(modes) == 0 {
			modes = []mode{native}
		}
		for _, m := range modes {
			t := tallies[m.name]
			total.here += t.here
			total.diff += t.diff
			fmt.Fprintln(stdout, t.line(s.name, m.name))
		}
	}
	if total.here == 0 && total.diff == 0 {
		return total, errors.New("no test passes natively: nothing was compared")
	}
	return total, nil
}

// runSuite runs the planned jobs of s and returns a tally for each mode and
// for native.
func (p *plan) runSuite(ctx context.Context, h *harness, s suite) (map[string]*tally, error) {
	jobs, err := s.jobs(ctx, h.cache)
	if err != nil {
		return nil, err
	}
	tallies := map[string]*tally{native.name: {}}
	for _, m := range p.modes {
		tallies[m.name] = &tally{}
	}
	for _, j := range jobs {
		if !p.jobs.MatchString(j.String()) || p.quick && j.effort > native.quick {
			continue
		}
		modes := slices.DeleteFunc(slices.Clone(p.modes), func(m mode) bool { return p.quick && j.effort > m.quick })
		if len(modes) == 0 && len(p.modes) > 0 {
			continue
		}
		if err := h.compare(ctx, j, modes, tallies); err != nil {
			return nil, err
		}
	}
	return tallies, nil
}

// cacheDir makes and returns the directory that suites are built and run in.
func cacheDir() (string, error) {
	dir := os.Getenv("PENUMBRA_SUITES")
	if dir == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return "", fmt.Errorf("find a directory for the suites: %w; set PENUMBRA_SUITES", err)
		}
		dir = filepath.Join(cache, "penumbra-suites")
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	return dir, os.MkdirAll(dir, 0o755)
}
