package main

import (
	"io"
	"path/filepath"
	"testing"
)

func TestParseOptions(t *testing.T) {
	tests := []struct {
		name   string
		args   []string
		ok     bool
		output string
	}{
		{"whole run", nil, true, filepath.Join("bench", "RESULTS.md")},
		{"a few rows leave the results alone", []string{"-rows", "stat"}, true, ""},
		{"a few rows, written", []string{"-rows", "stat", "-o", "x.md"}, true, "x.md"},
		{"a few tools leave the results alone", []string{"-tools", "strace"}, true, ""},
		{"bad expression for tools", []string{"-tools", "("}, false, ""},
		{"bad expression", []string{"-rows", "("}, false, ""},
		{"no rounds", []string{"-rounds", "0"}, false, ""},
		{"no time", []string{"-time", "0s"}, false, ""},
		{"unknown flag", []string{"-fast"}, false, ""},
		{"argument", []string{"stat"}, false, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			opts, err := parseOptions(test.args, io.Discard)
			if (err == nil) != test.ok {
				t.Fatalf("error %v", err)
			}
			if test.ok && opts.output != test.output {
				t.Errorf("output %q, want %q", opts.output, test.output)
			}
			if test.ok && !filepath.IsAbs(opts.penumbra) {
				t.Errorf("penumbra's path %q is relative", opts.penumbra)
			}
		})
	}
}
