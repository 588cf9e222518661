package main

import (
	"errors"
	"flag"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestParseRunFlags(t *testing.T) {
	plain := runOptions{intercept: interceptNone}
	tests := []struct {
		line string
		want runOptions
		rest []string
	}{
		{"ls -l", plain, []string{"ls", "-l"}},
		{"-- ls -- -l", plain, []string{"ls", "--", "-l"}},
		{"-- --intercept=trace", plain, []string{"--intercept=trace"}},
		{"- x", plain, []string{"-", "x"}},
		{"ls --kill-orphans", plain, []string{"ls", "--kill-orphans"}},
		{"--intercept=trace ls", runOptions{intercept: interceptTrace}, []string{"ls"}},
		{"-intercept=notify ls", runOptions{intercept: interceptNotify}, []string{"ls"}},
		{"--intercept notify ls", runOptions{intercept: interceptNotify}, []string{"ls"}},
		{"--intercept=trace --intercept=none ls", plain, []string{"ls"}},
		{"--verbose --kill-orphans ls", runOptions{intercept: interceptNone, killOrphans: true, verbose: true}, []string{"ls"}},
		{"--verbose=true -kill-orphans=false ls", runOptions{intercept: interceptNone, verbose: true}, []string{"ls"}},
		{"--verbose", runOptions{intercept: interceptNone, verbose: true}, nil},
		{"", plain, nil},
	}
	for _, tt := range tests {
		t.Run(tt.line, func(t *testing.T) {
			got := runOptions{intercept: interceptNone}
			fs := flag.NewFlagSet("run", flag.ContinueOnError)
			got.define(fs)
			rest, err := parseFlags(fs, strings.Fields(tt.line))
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, tt.want) || !slices.Equal(rest, tt.rest) {
				t.Errorf("got %+v and %q, want %+v and %q", got, rest, tt.want, tt.rest)
			}
		})
	}
}

func TestParseFlagsRefuses(t *testing.T) {
	tests := []struct {
		line, want string
	}{
		{"--foo", "unknown flag --foo"},
		{"--intercpt=trace", "unknown flag --intercpt (did you mean --intercept?)"},
		{"--kill-orphan ls", "unknown flag --kill-orphan (did you mean --kill-orphans?)"},
		{"--hlep", "unknown flag --hlep (did you mean --help?)"},
		{"---verbose", "unknown flag ---verbose (did you mean --verbose?)"},
		{"--=x", "unknown flag --"},
		{"--intercept", "--intercept needs a value: it is none, notify or trace"},
		{"--intercept=all", `invalid value "all" for --intercept: it is none, notify or trace`},
		{"--intercept=", `invalid value "" for --intercept: it is none, notify or trace`},
		{"--kill-orphans=maybe", `invalid value "maybe" for --kill-orphans: it is true or false`},
	}
	for _, tt := range tests {
		t.Run(tt.line, func(t *testing.T) {
			var o runOptions
			fs := flag.NewFlagSet("run", flag.ContinueOnError)
			o.define(fs)
			_, err := parseFlags(fs, strings.Fields(tt.line))
			if err == nil || err.Error() != tt.want {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}

func TestParseFlagsHelp(t *testing.T) {
	for _, line := range []string{"--help", "-h", "-help", "--verbose --help ls"} {
		t.Run(line, func(t *testing.T) {
			var o runOptions
			fs := flag.NewFlagSet("run", flag.ContinueOnError)
			o.define(fs)
			if _, err := parseFlags(fs, strings.Fields(line)); !errors.Is(err, flag.ErrHelp) {
				t.Errorf("got %v, want flag.ErrHelp", err)
			}
		})
	}
}
