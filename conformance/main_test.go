package main

import (
	"context"
	"strings"
	"testing"
)

func TestUsage(t *testing.T) {
	tests := []struct {
		name string
		args []string
		code int
		says string
	}{
		{"help", []string{"-h"}, 0, "-suite"},
		{"unknown flag", []string{"-nope"}, 2, "not defined"},
		{"argument", []string{"gostd"}, 2, `unexpected argument "gostd"`},
		{"unknown suite", []string{"-suite", "gostd,ltp"}, 2, `unknown suite "ltp"`},
		{"unknown mode", []string{"-mode", "fast"}, 2, `unknown mode "fast"`},
		{"bad expression", []string{"-run", "("}, 2, "missing closing )"},
		{"no penumbra", []string{"-penumbra", "/nowhere/penumbra"}, 2, "make build"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv("PENUMBRA_SUITES", t.TempDir())
			var stdout, stderr strings.Builder
			code := conformance(context.Background(), test.args, &stdout, &stderr)
			if code != test.code || !strings.Contains(stderr.String(), test.says) {
				t.Errorf("exit %d, stderr %q, want exit %d and %q", code, stderr.String(), test.code, test.says)
			}
		})
	}
}

// A run that compares nothing must not look like success.
func TestNothingToCompare(t *testing.T) {
	t.Setenv("PENUMBRA_SUITES", t.TempDir())
	t.Setenv("PATH", t.TempDir())
	for _, args := range [][]string{
		{"-mode", "native", "-suite", "stressng"},
		{"-mode", "native", "-suite", "gostd", "-run", "^$"},
	} {
		var stdout, stderr strings.Builder
		if code := conformance(context.Background(), args, &stdout, &stderr); code != 1 || stderr.Len() == 0 {
			t.Errorf("%q: exit %d, stderr %q, want exit 1 and a reason", args, code, stderr.String())
		}
	}
}
