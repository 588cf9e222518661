package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"time"
)

const (
	maxResumes = 5  // how often a job starts again without the tests that ended it
	maxAlone   = 20 // how many parts of one job run again alone
	tries      = 2  // how often each of them does
)

// A tally counts the tests of a suite under one mode.
type tally struct {
	native int // passed natively
	here   int // and here as well
	diff   int // and not here
	flaky  int // passed natively or here only at times
}

// A harness runs jobs natively and under modes, and compares test by test.
type harness struct {
	cache    string        // holds the tests' directories and logs
	quick    bool          // leave out what is long
	limit    time.Duration // for every program, instead of its own, if not 0
	out      io.Writer     // differences
	progress io.Writer     // one line a run
}

// compare runs j natively and under every mode, and adds to the modes' tallies.
func (h *harness) compare(ctx context.Context, j job, modes []mode, tallies map[string]*tally) error {
	base, err := h.whole(ctx, j, native)
	if err != nil {
		return err
	}
	tallies[native.name].native += base.count(pass)
	tallies[native.name].here += base.count(pass)
	for _, m := range modes {
		here, err := h.whole(ctx, j, m)
		if err != nil {
			return err
		}
		t := tallies[m.name]
		diffs := differences(base, here)
		t.native += base.count(pass)
		t.here += base.count(pass) - len(diffs)
		if err := h.judge(ctx, j, m, here, diffs, t); err != nil {
			return err
		}
	}
	return nil
}

// differences returns the tests that passed natively and did not here, sorted.
// The exit status is one only where no test explains it.
func differences(base, here results) []string {
	var names []string
	for name, s := range base {
		if s == pass && here[name] != pass {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	if len(names) > 1 {
		names = slices.DeleteFunc(names, func(name string) bool { return name == exitTest })
	}
	return names
}

// judge runs the tests that differ again, alone, and says which of them fail
// every time and which are flaky.
func (h *harness) judge(ctx context.Context, j job, m mode, here results, diffs []string, t *tally) error {
	verdicts := map[string]verdict{} // by part
	for _, test := range diffs {
		part := j.part(test)
		if _, judged := verdicts[part]; !judged && len(verdicts) < maxAlone {
			v, err := h.again(ctx, j, m, part)
			if err != nil {
				return err
			}
			verdicts[part] = v
		}
		got := here[test]
		if got == "" {
			got = missing
		}
		what := t.settle(j, m, test, verdicts)
		fmt.Fprintf(h.out, what+"\n", strings.TrimSuffix(j.String()+"/"+test, "/"), m.name, got)
	}
	if len(diffs) > 0 {
		fmt.Fprintf(h.out, "     logs, each with the command to repeat it: %s\n", h.logFile(j, m, "*"))
	}
	return nil
}

// settle counts a test of j that differs and returns what to print of it: a
// format for the test, the mode and its status there.
func (t *tally) settle(j job, m mode, test string, verdicts map[string]verdict) string {
	v, judged := verdicts[j.part(test)]
	switch {
	case v.failsNatively(test):
		t.flaky++
		t.native--
		return "FLAKY %s %s: PASS -> %s, but alone it fails natively as well"
	case v.passesHere(test):
		t.flaky++
		t.here++
		return "FLAKY %s %s: PASS -> %s, but alone it passes"
	case isExpected(expected, j, m, test):
		return "EXPECTED %s %s: PASS -> %s"
	}
	t.diff++
	if !judged {
		return "DIFF %s %s: PASS -> %s (not run again alone: too many differ)"
	}
	return "DIFF %s %s: PASS -> %s"
}

// A verdict holds what the tests of one part of a job said when they ran alone.
type verdict struct {
	native, here []results
}

func (v verdict) failsNatively(test string) bool {
	return slices.ContainsFunc(v.native, func(r results) bool { return r[test] != pass })
}

func (v verdict) passesHere(test string) bool {
	return slices.ContainsFunc(v.here, func(r results) bool { return r[test] == pass })
}

// again runs one part of j alone, natively and under m in turn, until there is
// no difference or it has tried often enough.
func (h *harness) again(ctx context.Context, j job, m mode, part string) (verdict, error) {
	var v verdict
	for range tries {
		base, err := h.once(ctx, j, native, selection{only: part, skip: skipped(j, h.quick)})
		if err != nil {
			return v, err
		}
		here, err := h.once(ctx, j, m, selection{only: part, skip: skipped(j, h.quick)})
		if err != nil {
			return v, err
		}
		v.native, v.here = append(v.native, base), append(v.here, here)
		if len(differences(base, here)) == 0 {
			break
		}
	}
	return v, nil
}

// whole runs all tests of j under m. Where a test takes the program down with
// it, the others still get their turn: the job starts again without that test.
func (h *harness) whole(ctx context.Context, j job, m mode) (results, error) {
	all := results{}
	sel := selection{skip: skipped(j, h.quick)}
	for range maxResumes {
		r, err := h.once(ctx, j, m, sel)
		if err != nil {
			return nil, err
		}
		maps.Copy(all, r)
		ended := r.unfinished()
		if len(ended) == 0 {
			break
		}
		for _, test := range ended {
			if part := j.part(test); !slices.Contains(sel.skip, part) {
				sel.skip = append(sel.skip, part)
			}
		}
	}
	return all, nil
}

// once runs the selected tests of j under m in a fresh directory.
func (h *harness) once(ctx context.Context, j job, m mode, sel selection) (r results, err error) {
	work, err := freshDir(filepath.Join(h.cache, "work"))
	if err != nil {
		return nil, err
	}
	defer func() {
		if gone := removeWork(work); err == nil {
			err = gone
		}
	}()
	log := h.logFile(j, m, sel.only)
	if err := os.MkdirAll(filepath.Dir(log), 0o755); err != nil {
		return nil, err
	}
	limit := j.limit
	if h.limit > 0 {
		limit = h.limit
	}
	limit *= m.slowdown
	prefix, c := m.around(j.command(work, limit, sel), h.cache)
	out, err := run(ctx, prefix, c, limit, log)
	if err != nil {
		return nil, fmt.Errorf("%s under %s: %w", j, m.name, err)
	}
	r = j.parse(work, out)
	fmt.Fprintf(h.progress, "conformance: %s %s %s: %d of %d passed, %.1f s\n",
		j, m.name, sel.only, r.count(pass), len(r), out.elapsed.Seconds())
	return r, nil
}

// freshDir makes an empty directory below parent that any user may write to:
// tests take on other identities.
func freshDir(parent string) (string, error) {
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp(parent, "t")
	if err != nil {
		return "", err
	}
	return dir, os.Chmod(dir, 0o777)
}

// logFile names the file for the output of j, or of one part of it, under m.
func (h *harness) logFile(j job, m mode, part string) string {
	name := m.name
	if part != "" {
		name += "-" + strings.ReplaceAll(part, "/", "_")
	}
	return filepath.Join(h.cache, "logs", j.suite, strings.ReplaceAll(j.name, "/", "_"), name+".log")
}

// line says in words what t counted for a suite under a mode.
func (t tally) line(suite, mode string) string {
	if mode == native.name {
		return fmt.Sprintf("%-8s native  %5d passed", suite, t.native)
	}
	return fmt.Sprintf("%-8s %-7s %5d passed natively, %5d passed here, %d DIFF, %d flaky", suite, mode, t.native, t.here, t.diff, t.flaky)
}
