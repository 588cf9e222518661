// Command penumbra runs unmodified Linux programs and decides, for each of
// their system calls, who answers it. See "penumbra help".
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
)

// Exit statuses of penumbra itself; a guest's own status passes through
// unchanged. 126 and 127 are those of env(1).
const (
	exitFailure  = 1
	exitUsage    = 2
	exitShadow   = 3 // the shadow was out of reach until the lease ended
	exitNotRun   = 126
	exitNotFound = 127
)

// verbs lists every verb, in the order in which help shows them. It is a
// function because help and completion, themselves verbs, read it.
func verbs() []*verb {
	return []*verb{
		runVerb(),
		traceVerb(),
		shadowVerb(),
		modeVerb(),
		doctorVerb(),
		explainVerb(),
		methodsVerb(),
		completionVerb(),
		versionVerb(),
		helpVerb(),
	}
}

func main() {
	os.Exit(dispatch(streams{out: os.Stdout, err: os.Stderr}, os.Args[1:]))
}

// dispatch finds the verb that args begin with, parses its flags, runs it and
// returns the exit status.
func dispatch(s streams, args []string) int {
	if len(args) == 0 {
		fmt.Fprint(s.err, shortUsage())
		return exitUsage
	}
	name := args[0]
	switch name {
	case "-h", "-help", "--help":
		return s.print(overview())
	case "-version", "--version":
		name = "version"
	}
	v := findVerb(name)
	if v == nil {
		return s.usage("", unknownVerb(name))
	}
	fs := flag.NewFlagSet(v.name, flag.ContinueOnError)
	run := v.setup(fs)
	rest, err := parseFlags(fs, args[1:])
	if errors.Is(err, flag.ErrHelp) {
		return s.print(v.help())
	}
	if err != nil {
		return s.usage(v.name, err.Error())
	}
	return run(s, rest)
}

// unknownVerb words the complaint about a first argument that is no verb.
func unknownVerb(name string) string {
	if strings.HasPrefix(name, "-") {
		return fmt.Sprintf("unknown flag %s; flags follow the verb, as in \"penumbra run %s\"", name, name)
	}
	if near := nearest(name, verbNames()); near != "" {
		return fmt.Sprintf("unknown verb %q (did you mean %q?)", name, near)
	}
	return fmt.Sprintf("unknown verb %q; to run a program: penumbra run %s", name, name)
}
