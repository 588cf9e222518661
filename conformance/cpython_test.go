package main

import (
	"maps"
	"os"
	"slices"
	"testing"
)

func TestPythonTestsParse(t *testing.T) {
	report := func(cases string) string {
		return `<testsuites tests="1" errors="0" failures="0"><testsuite start="2026-01-02 03:04:05" tests="1">` + cases + `</testsuite></testsuites>`
	}
	tests := []struct {
		name  string
		junit string // no report at all when empty
		out   outcome
		want  results
	}{
		{
			name: "every way to end",
			junit: report(`<testcase name="a" status="run" result="completed" time="0.1" />` +
				`<testcase name="b" status="run"><skipped>no vsock</skipped></testcase>` +
				`<testcase name="c" status="run"><failure type="AssertionError" message="1 != 2">…</failure></testcase>` +
				`<testcase name="d" status="run"><error type="OSError">…</error></testcase>` +
				`<testcase name="e" status="notrun" result="suppressed" />`),
			out:  outcome{exit: 2},
			want: results{"a": pass, "b": skip, "c": fail, "d": fail, exitTest: pass},
		},
		{
			name: "a failed subtest outweighs what follows",
			junit: report(`<testcase name="a" status="run"><failure>…</failure></testcase>` +
				`<testcase name="a" status="run" />`),
			out:  outcome{exit: 2},
			want: results{"a": fail, exitTest: pass},
		},
		{
			name:  "failure that no test explains",
			junit: report(`<testcase name="a" status="run" />`),
			out:   outcome{exit: 2},
			want:  results{"a": pass, exitTest: fail},
		},
		{
			name: "no report after a crash",
			out: outcome{text: "test_a (test.test_os.T.test_a) ... ok\ntest_b (test.test_os.T.test_b)\nA docstring. ... " +
				"Fatal Python error: Segmentation fault\n", exit: 139},
			want: results{"test.test_os.T.test_b": crash, exitTest: pass},
		},
		{
			name: "no report after the limit, before Python 3.11",
			out:  outcome{text: "test_a (test.test_os.T) ... ok\ntest_b (test.test_os.T) ... ", timedOut: true, exit: 137},
			want: results{"test.test_os.T.test_b": timeout, exitTest: pass},
		},
		{
			name:  "report cut short",
			junit: `<testsuites><testsuite><testcase name="a" `,
			out:   outcome{exit: 137, timedOut: true},
			want:  results{exitTest: timeout},
		},
		{
			name:  "report of nothing",
			junit: report(""),
			out:   outcome{exit: 4},
			want:  results{exitTest: fail},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			work := t.TempDir()
			if test.junit != "" {
				if err := os.WriteFile(junitFile(work), []byte(test.junit), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if got := (pythonTests{}).parse(work, test.out); !maps.Equal(got, test.want) {
				t.Errorf("parse: got %v, want %v", got, test.want)
			}
		})
	}
}

func TestPythonTestsCommand(t *testing.T) {
	c := pythonTests{"/bin/python3", "test_os"}.command("/w", 0, selection{only: "test.test_os.T.test_a", skip: []string{"*VSOCK*"}})
	want := []string{"/bin/python3", "-m", "test", "--junit-xml", "/w/junit.xml", "--tempdir", "/w", "-v",
		"-i", "*VSOCK*", "-m", "test.test_os.T.test_a", "test_os"}
	if !slices.Equal(c.argv, want) {
		t.Errorf("arguments %q, want %q", c.argv, want)
	}
}
