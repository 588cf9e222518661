package main

import (
	"errors"
	"flag"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"penumbra/mode"
)

// parseFlags sets the flags at the head of args and returns the rest. The
// flags end at the first word that does not begin with a dash, at "-" and
// after "--", as for env(1): what follows belongs to the guest. The flag
// package's own Parse ends them likewise but cannot suggest the flag that was
// meant. Flags of one letter may be written together, the last with its value,
// as getopt(3) has them: -fo FILE, -s64. The error is flag.ErrHelp for -h and
// --help.
func parseFlags(fs *flag.FlagSet, args []string) (rest []string, err error) {
	for len(args) > 0 {
		args = apart(fs, args)
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
			return nil, invalid(f, value, err)
		}
	}
	return nil, nil
}

// apart splits a first word that is several flags of one letter, or one with
// its value, into its first and the rest.
func apart(fs *flag.FlagSet, args []string) []string {
	word := args[0]
	name, _, _ := strings.Cut(word, "=")
	if len(word) < 3 || word[0] != '-' || word[1] == '-' || word[2] == '=' || fs.Lookup(name[1:]) != nil {
		return args
	}
	f := fs.Lookup(word[1:2])
	switch {
	case f == nil:
		return args
	case isBool(f):
		return append([]string{word[:2], "-" + word[2:]}, args[1:]...)
	}
	return append([]string{word[:2], word[2:]}, args[1:]...)
}

// invalid complains about a value that f does not take.
func invalid(f *flag.Flag, value string, err error) error {
	if why, ok := errors.AsType[valueError](err); ok {
		return fmt.Errorf("invalid value %q for %s: %w", value, dashes(f.Name), why)
	}
	return fmt.Errorf("invalid value %q for %s%s", value, dashes(f.Name), hint(f))
}

// A valueError says what is wrong with a flag's value.
type valueError string

func (e valueError) Error() string { return string(e) }

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
	switch v := f.Value.(type) {
	case *choice:
		return v.words
	case modeFlag:
		return mode.Names()
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

// A count is a flag that means more the more often it is given.
type count int

func (c *count) String() string { return "" }

func (c *count) IsBoolFlag() bool { return true }

func (c *count) Set(string) error {
	*c++
	return nil
}

// A stringList is a flag that may be given several times.
type stringList []string

func (l *stringList) String() string { return "" }

func (l *stringList) Set(s string) error {
	if s == "" {
		return errEmpty
	}
	*l = append(*l, s)
	return nil
}

// A fileName is a flag that names a file.
type fileName struct{ name *string }

func (f fileName) String() string { return "" }

func (f fileName) Set(s string) error {
	if s == "" {
		return errEmpty
	}
	*f.name = s
	return nil
}

const errEmpty = valueError("no file has an empty name")

// A natural is a flag that is a number from 0 to most.
type natural struct {
	n    *int
	most int
}

func (n natural) String() string { return "" }

func (n natural) Set(s string) error {
	v, err := strconv.Atoi(s)
	if err != nil || v < 0 || v > n.most {
		return valueError(fmt.Sprintf("it is a number from 0 to %d", n.most))
	}
	*n.n = v
	return nil
}
