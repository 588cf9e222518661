package main

import (
	"flag"
	"fmt"
	"strings"
)

// A verb is one thing that the command does. Help, completion and the checks
// on the man pages all derive from it.
type verb struct {
	name     string
	args     string // what follows the flags, for the synopsis
	short    string // one line for the list of verbs
	long     string
	examples []example

	words         func() []string // what the first argument may be, if that is a closed list
	wrapsACommand bool            // the arguments are a command with arguments of its own

	// setup defines the verb's flags on fs and returns what runs once they
	// are parsed: it gets the arguments after the flags and returns the exit
	// status.
	setup func(fs *flag.FlagSet) func(s streams, args []string) int
}

// An example is a command line and what it is good for.
type example struct {
	line, what string
}

// findVerb returns the verb called name, or nil.
func findVerb(name string) *verb {
	for _, v := range verbs() {
		if v.name == name {
			return v
		}
	}
	return nil
}

// verbNames returns the names of all verbs.
func verbNames() []string {
	var names []string
	for _, v := range verbs() {
		names = append(names, v.name)
	}
	return names
}

// flags returns v's flags in alphabetical order.
func (v *verb) flags() []*flag.Flag {
	fs := flag.NewFlagSet(v.name, flag.ContinueOnError)
	v.setup(fs)
	var all []*flag.Flag
	fs.VisitAll(func(f *flag.Flag) { all = append(all, f) })
	return all
}

// synopsis returns v's usage line without the word usage.
func (v *verb) synopsis() string {
	parts := []string{"penumbra", v.name}
	if len(v.flags()) > 0 {
		parts = append(parts, "[flags]")
	}
	if v.args != "" {
		parts = append(parts, v.args)
	}
	return strings.Join(parts, " ")
}

// help returns all there is to say about v.
func (v *verb) help() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Usage: %s\n\n%s\n", v.synopsis(), strings.TrimSpace(v.long))
	if flags := v.flags(); len(flags) > 0 {
		b.WriteString("\nFlags:\n")
		for _, f := range flags {
			value, text := flag.UnquoteUsage(f)
			label := dashes(f.Name)
			switch {
			case isBool(f) && value == "":
			case isBool(f):
				label += "[=" + value + "]"
			case len(f.Name) == 1:
				label += " " + value
			default:
				label += "=" + value
			}
			text = strings.ReplaceAll(text, "\n", "\n"+strings.Repeat(" ", 21))
			fmt.Fprintf(&b, "  %-18s %s\n", label, text)
		}
	}
	b.WriteString("\nExamples:\n")
	for _, e := range v.examples {
		fmt.Fprintf(&b, "  %s\n      %s\n", e.line, e.what)
	}
	return b.String()
}
