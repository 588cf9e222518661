package main

import (
	"context"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestDifferences(t *testing.T) {
	tests := []struct {
		name       string
		base, here results
		want       []string
	}{
		{"none", results{"a": pass, "b": fail, "c": skip}, results{"a": pass}, nil},
		{"one of each", results{"a": pass, "b": pass, "c": pass, "d": pass}, results{"a": fail, "b": skip, "c": crash}, []string{"a", "b", "c", "d"}},
		{"passes only here", results{"a": fail}, results{"a": pass}, nil},
		{"exit status alone", results{"a": pass, exitTest: pass}, results{"a": pass, exitTest: fail}, []string{exitTest}},
		{"exit status explained", results{"a": pass, exitTest: pass}, results{exitTest: timeout}, []string{"a"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := differences(test.base, test.here); !slices.Equal(got, test.want) {
				t.Errorf("differences: got %q, want %q", got, test.want)
			}
		})
	}
}

// shellTests is a job in the form of a shell function: run says PASS or FAIL
// for test $1, with $count the number of the run of that test under the mode.
type shellTests struct {
	state string // a directory that outlives the runs
	tests []string
	run   string
}

func (s shellTests) command(work string, _ time.Duration, sel selection) command {
	script := `echo x >>"$STATE/$MODE-$1"; count=$(wc -l <"$STATE/$MODE-$1"); echo BEGIN $1; ` + s.run + `; echo END $1 $result`
	chosen := s.tests
	if sel.only != "" {
		chosen = []string{sel.only}
	}
	loop := "for test in"
	for _, test := range chosen {
		if !slices.Contains(sel.skip, test) {
			loop += " " + test
		}
	}
	return command{
		argv: []string{"sh", "-c", "one() { " + script + "; }; MODE=${MODE-native}; " + loop + "; do one $test; done"},
		dir:  work,
		env:  []string{"STATE=" + s.state},
	}
}

func (s shellTests) parse(_ string, out outcome) results {
	r := results{}
	for line := range strings.Lines(out.text) {
		switch f := strings.Fields(line); {
		case len(f) == 2 && f[0] == "BEGIN":
			r[f[1]] = out.interrupted()
		case len(f) == 3 && f[0] == "END":
			r[f[1]] = status(f[2])
		}
	}
	r.addExit(out)
	return r
}

func (s shellTests) alone(test string) string { return test }

func TestCompare(t *testing.T) {
	here := mode{name: "here", prefix: []string{"env", "MODE=here"}, slowdown: 1}
	tests := []struct {
		name  string
		tests []string
		run   string
		want  tally
		lines []string
	}{
		{"all pass", []string{"a", "b"}, "result=PASS", tally{native: 2, here: 2}, nil},
		{"one fails here every time", []string{"a", "b"}, "[ $MODE$1 = hereb ] && result=FAIL || result=PASS",
			tally{native: 2, here: 1, diff: 1}, []string{"DIFF shell/job/b here: PASS -> FAIL"}},
		{"one fails natively", []string{"a", "b"}, "[ $1 = b ] && result=FAIL || result=PASS", tally{native: 1, here: 1}, nil},
		{"one fails here at first", []string{"a"}, "[ $MODE$count = here1 ] && result=FAIL || result=PASS",
			tally{native: 1, here: 1, flaky: 1}, []string{"FLAKY shell/job/a here: PASS -> FAIL, but alone it passes"}},
		{"one passes natively only at first", []string{"a"}, "[ $MODE$count = native1 ] && result=PASS || result=FAIL",
			tally{flaky: 1}, []string{"FLAKY shell/job/a here: PASS -> FAIL, but alone it fails natively as well"}},
		{"one takes the others down", []string{"a", "b", "c"}, "[ $MODE$1 = hereb ] && kill $$; result=PASS",
			tally{native: 3, here: 2, diff: 1}, []string{"DIFF shell/job/b here: PASS -> CRASH"}},
		{"one is not there", []string{"a", "b"}, "[ $MODE$1 = hereb ] && { echo; exit; }; result=PASS",
			tally{native: 2, here: 1, diff: 1}, []string{"DIFF shell/job/b here: PASS -> CRASH"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var out strings.Builder
			h := &harness{cache: t.TempDir(), out: &out, progress: io.Discard}
			// A native run counts its test as one more than the shell sees
			// only after the "exit status": leave that out of the sums.
			j := job{"shell", "job", fast, time.Minute, shellTests{t.TempDir(), test.tests, test.run}}
			tallies := map[string]*tally{native.name: {}, here.name: {}}
			if err := h.compare(context.Background(), j, []mode{here}, tallies); err != nil {
				t.Fatal(err)
			}
			got := *tallies[here.name]
			got.native--
			got.here--
			if got != test.want {
				t.Errorf("tally: got %+v, want %+v", got, test.want)
			}
			var lines []string
			for line := range strings.Lines(out.String()) {
				if !strings.HasPrefix(line, " ") {
					lines = append(lines, strings.TrimSpace(line))
				}
			}
			if !slices.Equal(lines, test.lines) {
				t.Errorf("output: got %q, want %q", lines, test.lines)
			}
			if left, err := os.ReadDir(filepath.Join(h.cache, "work")); err != nil || len(left) > 0 {
				t.Errorf("directories left behind: %v, %v", left, err)
			}
		})
	}
}

func TestExceptions(t *testing.T) {
	known := map[string]bool{}
	for _, s := range suites {
		known[s.name] = true
	}
	for _, e := range slices.Concat(excluded, long, expected) {
		isOne := e.suite == "stressng" // whose jobs are one test each, without a name
		if !known[e.suite] || e.job == "" || (e.test == "") != isOne || e.why == "" {
			t.Errorf("exception %+v: needs a known suite, a job, a test and a reason", e)
		}
	}
	j := job{suite: "s", name: "j"}
	table := []exception{{suite: "s", job: "j", test: "a", why: "why"}, {mode: "m", suite: "s", job: "j", test: "c", why: "why"}}
	for test, want := range map[string]string{"a": "m n", "b": "", "c": "m"} {
		for _, name := range []string{"m", "n"} {
			if got := isExpected(table, j, mode{name: name}, test); got != strings.Contains(want, name) {
				t.Errorf("isExpected(%q) under %s = %v", test, name, got)
			}
		}
	}
}

func TestModeAround(t *testing.T) {
	c := command{argv: []string{"a"}, dir: "/src", env: []string{"TMPDIR=/w"}}
	plain := mode{prefix: []string{"p", "--"}}
	if prefix, same := plain.around(c, "/cache"); !slices.Equal(prefix, plain.prefix) || !slices.Equal(same.env, c.env) {
		t.Errorf("around: %q %q", prefix, same.env)
	}
	prefix, changed := mode{prefix: []string{"p"}, mounts: true}.around(c, "/cache")
	want := []string{"p", "--mount", "type=tmpfs,target=/tmp", "-v", "/cache:/cache", "-v", "/src:/src", "--"}
	if !slices.Equal(prefix, want) || !slices.Equal(changed.env, []string{"TMPDIR=/w", "TMPDIR=/tmp"}) {
		t.Errorf("around with mounts: %q %q", prefix, changed.env)
	}
}

func TestAddExit(t *testing.T) {
	r := results{"a": pass, "b": skip}
	r.addExit(outcome{exit: 1})
	if want := (results{"a": pass, "b": skip, exitTest: fail}); !maps.Equal(r, want) {
		t.Errorf("got %v, want %v", r, want)
	}
}
