package main

import (
	"context"
	"maps"
	"strings"
	"testing"
)

func TestStressorParse(t *testing.T) {
	tests := []struct {
		name string
		out  outcome
		want status
	}{
		{"success", outcome{}, pass},
		{"failed verification", outcome{exit: 2}, fail},
		{"no resources", outcome{exit: 3}, skip},
		{"not implemented", outcome{exit: 4}, skip},
		{"killed", outcome{exit: 137}, crash},
		{"out of time", outcome{exit: 137, timedOut: true}, timeout},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := (stressor{}).parse("", test.out); !maps.Equal(got, results{"": test.want}) {
				t.Errorf("parse: got %v, want %v", got, test.want)
			}
		})
	}
}

// A stressor named twice would be compared twice, and one by the name of an
// option that is none would silently test nothing.
func TestStressorsAreNamedOnce(t *testing.T) {
	seen := map[string]bool{}
	for _, group := range stressors {
		for _, name := range group.names {
			if seen[name] || name != strings.TrimSpace(strings.ToLower(name)) || name == "" {
				t.Errorf("stressor %q: named twice, or not as an option is written", name)
			}
			seen[name] = true
		}
	}
}

func TestStressNGMissing(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, err := stressJobs(context.Background(), "")
	if _, ok := err.(*missingError); !ok {
		t.Errorf("without stress-ng: got error %v, want a missing suite", err)
	}
}
