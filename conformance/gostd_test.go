package main

import (
	"maps"
	"slices"
	"testing"
	"time"
)

func TestGoTestsParse(t *testing.T) {
	tests := []struct {
		name string
		out  outcome
		want results
	}{
		{
			name: "every way to end",
			out: outcome{text: "\x16=== RUN   TestA\n\x16--- PASS: TestA (0.00s)\n" +
				"\x16=== RUN   TestB\n    b_test.go:1: no\n\x16--- SKIP: TestB (0.00s)\n" +
				"\x16=== RUN   TestC\n\x16--- FAIL: TestC (1.25s)\n\x16FAIL\n", exit: 1},
			want: results{"TestA": pass, "TestB": skip, "TestC": fail, exitTest: pass},
		},
		{
			name: "subtests",
			out: outcome{text: "\x16=== RUN   TestA\n\x16=== RUN   TestA/x=1\n\x16=== PAUSE TestA/x=1\n\x16=== CONT  TestA/x=1\n" +
				"\x16--- PASS: TestA (0.00s)\n\x16    --- PASS: TestA/x=1 (0.00s)\n\x16PASS\n"},
			want: results{"TestA": pass, "TestA/x=1": pass, exitTest: pass},
		},
		{
			name: "output without a newline before the event",
			out:  outcome{text: "\x16=== RUN   TestA\nhello\x16--- PASS: TestA (0.00s)\n"},
			want: results{"TestA": pass, exitTest: pass},
		},
		{
			name: "another test's report inside a test's output",
			out:  outcome{text: "\x16=== RUN   TestA\n--- FAIL: TestHelper (0.00s)\n\x16--- PASS: TestA (0.00s)\n"},
			want: results{"TestA": pass, exitTest: pass},
		},
		{
			name: "death by a signal",
			out:  outcome{text: "\x16=== RUN   TestA\n\x16--- PASS: TestA (0.00s)\n\x16=== RUN   TestB\n", exit: 139},
			want: results{"TestA": pass, "TestB": crash, exitTest: pass},
		},
		{
			name: "killed at the limit",
			out:  outcome{text: "\x16=== RUN   TestA\n", timedOut: true, exit: 137},
			want: results{"TestA": timeout, exitTest: pass},
		},
		{
			name: "Go's own limit",
			out:  outcome{text: "\x16=== RUN   TestA\npanic: test timed out after 1m0s\n", exit: 2},
			want: results{"TestA": timeout, exitTest: pass},
		},
		{
			name: "failure that no test explains",
			out:  outcome{text: "\x16=== RUN   TestA\n\x16--- PASS: TestA (0.00s)\n", exit: 2},
			want: results{"TestA": pass, exitTest: fail},
		},
		{
			name: "a prefix that cannot run it",
			out:  outcome{text: "sh: 1: no: not found\n", exit: 127},
			want: results{exitTest: fail},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := (goTests{}).parse("", test.out); !maps.Equal(got, test.want) {
				t.Errorf("parse: got %v, want %v", got, test.want)
			}
		})
	}
}

func TestGoTestsCommand(t *testing.T) {
	c := goTests{binary: "/b/os.test", dir: "/src/os", env: []string{"A=b"}}.command("/w", 10*time.Second, selection{only: "TestA", skip: []string{"TestB", "TestC.*"}})
	want := []string{"/b/os.test", "-test.short", "-test.v=test2json", "-test.timeout=9s", "-test.run=^TestA$", "-test.skip=^(TestB|TestC.*)$"}
	if !slices.Equal(c.argv, want) {
		t.Errorf("arguments %q, want %q", c.argv, want)
	}
	if want := []string{"TMPDIR=/w", "A=b"}; c.dir != "/src/os" || !slices.Equal(c.env, want) {
		t.Errorf("directory %q, environment %q, want /src/os and %q", c.dir, c.env, want)
	}
}

func TestGoTestsAlone(t *testing.T) {
	for test, want := range map[string]string{"TestA": "TestA", "TestA/b/c": "TestA"} {
		if got := (goTests{}).alone(test); got != want {
			t.Errorf("alone(%q) = %q, want %q", test, got, want)
		}
	}
}
