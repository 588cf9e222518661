package main

import (
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"
)

// parseFlags sets the flags at the head of args and returns the rest. The
// flags end at the first word that does not begin with a dash, at "-" and
// after "--", as for env(1): what follows belongs to the guest. The flag
// package's own Parse ends them likewise but cannot suggest the flag that was
// meant. The error is flag.ErrHelp for -h and --help.
func parseFlags(fs *flag.FlagSet, args []string) (rest []string, err error) {
	for len(args) > 0 {
		word := args[0]
		if word == "--" {
			return args[1:], nil
		}
		if len(word) < 2 || word[0] != '-' {
			return args, nil
		}
		args = args[1:]
		name, value, hasValue := strings.Cut(strings.TrimPrefix(word[1:], "-"), "=")
		if name == "h" || name == "help" {
			return nil, flag.ErrHelp
		}
		f := fs.Lookup(name)
		if f == nil {
			return nil, unknownFlag(fs, word)
		}
		switch {
		case hasValue:
		case isBool(f):
			value = "true"
		case len(args) == 0:
			return nil, fmt.Errorf("%s needs a value%s", dashes(name), hint(f))
		default:
			value, args = args[0], args[1:]
		}
		if err := f.Value.Set(value); err != nil {
			if reason, ok := errors.AsType[*mountError](err); ok {
				return nil, fmt.Errorf("invalid value %q for %s: %w", value, dashes(name), reason)
			}
			return nil, fmt.Errorf("invalid value %q for %s%s", value, dashes(name), hint(f))
		}
	}
	return nil, nil
}

// unknownFlag complains about word and names the flag it resembles most.
func unknownFlag(fs *flag.FlagSet, word string) error {
	word, _, _ = strings.Cut(word, "=")
	names := []string{"help"}
	fs.VisitAll(func(f *flag.Flag) { names = append(names, f.Name) })
	if near := nearest(strings.TrimLeft(word, "-"), names); near != "" {
		return fmt.Errorf("unknown flag %s (did you mean %s?)", word, dashes(near))
	}
	return fmt.Errorf("unknown flag %s", word)
}

// dashes returns a flag as one types it: -v, --intercept.
func dashes(name string) string {
	if len(name) == 1 {
		return "-" + name
	}
	return "--" + name
}

// isBool reports whether f stands alone, without a value.
func isBool(f *flag.Flag) bool {
	b, ok := f.Value.(interface{ IsBoolFlag() bool })
	return ok && b.IsBoolFlag()
}

// hint says which values f takes, where that is known.
func hint(f *flag.Flag) string {
	words := choicesOf(f)
	if isBool(f) {
		words = []string{"true", "false"}
	}
	if len(words) == 0 {
		return ""
	}
	last := len(words) - 1
	return ": it is " + strings.Join(words[:last], ", ") + " or " + words[last]
}

// choicesOf returns the values that f can take if that is a closed list.
func choicesOf(f *flag.Flag) []string {
	if c, ok := f.Value.(*choice); ok {
		return c.words
	}
	return nil
}

// A choice is a flag's value that is one of a few words.
type choice struct {
	chosen *string
	words  []string
}

func (c *choice) String() string {
	if c.chosen == nil {
		return ""
	}
	return *c.chosen
}

var errNoChoice = errors.New("not one of the words")

func (c *choice) Set(word string) error {
	if !slices.Contains(c.words, word) {
		return errNoChoice
	}
	*c.chosen = word
	return nil
}
