package main

import (
	"flag"
	"fmt"
	"slices"
	"strings"

	"penumbra/explain"
)

func explainVerb() *verb {
	return &verb{
		name:  "explain",
		args:  "name ...",
		short: "say what a call, an error, a signal or a flag means",
		long: `
Print a page about each name: for a system call what it does, its arguments and
their flags, what it returns, what signals do to it and why it fails; for a
class of calls (%network) a list of them; for an error which calls fail with it;
for a signal when it is sent; for a flag its value and who takes it.

Exit status: 0 if all names are known; otherwise 2, and no page is printed.`,
		examples: []example{
			{"penumbra explain openat", "what it does, its flags, why it fails"},
			{"penumbra explain ENOENT SIGPIPE O_CLOEXEC", "an error, a signal and a flag"},
			{"penumbra explain %network | less", "all calls of a class"},
		},
		words: explain.Names,
		setup: func(*flag.FlagSet) func(streams, []string) int {
			return func(s streams, args []string) int {
				if len(args) == 0 {
					return s.usage("explain", "name a call, or a class of calls, an error, a signal or a flag")
				}
				var pages []string
				for _, name := range args {
					page, ok := explain.Lookup(name)
					if !ok {
						return s.usage("explain", unknownName(name))
					}
					pages = append(pages, page)
				}
				return s.print(strings.Join(pages, "\n"))
			}
		},
	}
}

// unknownName words the complaint about a name that nothing has.
func unknownName(name string) string {
	message := fmt.Sprintf("%q is no call, class, error, signal or flag", name)
	if near := nearest(name, slices.Concat(explain.Names(), explain.Flags())); near != "" {
		message += fmt.Sprintf(" (did you mean %s?)", near)
	}
	return message
}
