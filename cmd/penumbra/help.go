package main

import (
	"flag"
	"fmt"
	"strings"
)

func helpVerb() *verb {
	return &verb{
		name:  "help",
		args:  "[verb]",
		short: "explain a verb",
		long:  "Explain verb, with its flags and examples; without one, give an overview.",
		examples: []example{
			{"penumbra help run", "also: penumbra run --help"},
		},
		words: verbNames,
		setup: func(*flag.FlagSet) func(streams, []string) int {
			return func(s streams, args []string) int {
				if len(args) == 0 {
					return s.print(overview())
				}
				v := findVerb(args[0])
				if v == nil {
					return s.usage("help", unknownVerb(args[0]))
				}
				return s.print(v.help())
			}
		},
	}
}

// shortUsage is what one sees who types penumbra alone.
func shortUsage() string {
	var b strings.Builder
	b.WriteString("Usage: penumbra verb [flags] [arguments]\n\n")
	for _, v := range verbs() {
		fmt.Fprintf(&b, "  %-12s %s\n", v.name, v.short)
	}
	b.WriteString("\nTry \"penumbra run echo hello\" or \"penumbra help\".\n")
	return b.String()
}

// overview is the whole command on one page.
func overview() string {
	var b strings.Builder
	b.WriteString(`Penumbra is a partial virtual machine for Linux programs: it runs an unmodified
program and decides, for each of its system calls, who answers it.

Usage: penumbra verb [flags] [arguments]

Verbs:
`)
	for _, v := range verbs() {
		fmt.Fprintf(&b, "  %-12s %s\n", v.name, v.short)
	}
	b.WriteString("\nExamples:\n")
	for _, v := range verbs() {
		fmt.Fprintf(&b, "  %s\n      %s\n", v.examples[0].line, v.examples[0].what)
	}
	b.WriteString("\n\"penumbra help VERB\" explains a verb. Penumbra's own messages begin with\n\"penumbra: \" and go to standard error.\n")
	return b.String()
}
