package main

import (
	"flag"
	"fmt"
	"strings"

	"penumbra/access"
)

func methodsVerb() *verb {
	return &verb{
		name:  "methods",
		args:  "[chain ...]",
		short: "list the access methods, or check how a file is to be reached",
		long: `
List the methods by which a file can be reached, with a line about each: those
that end a chain of methods, and those that decorate another. With chains, print
each as Penumbra understands it, with the method that it has without saying so.

Exit status: 0, or 2 if a chain is malformed; a message says where and why.`,
		examples: []example{
			{"penumbra methods", "all methods"},
			{"penumbra methods 'buffer:(1m,64k):compress:/home/x/y'", "is that a chain, and which method ends it?"},
		},
		setup: func(*flag.FlagSet) func(streams, []string) int {
			return func(s streams, args []string) int {
				if len(args) == 0 {
					return s.print(methodList())
				}
				var chains strings.Builder
				for _, text := range args {
					c, err := access.ParseChain(text)
					if err != nil {
						return s.usage("methods", err.Error())
					}
					fmt.Fprintln(&chains, c)
				}
				return s.print(chains.String())
			}
		},
	}
}

// methodList returns a table of all methods.
func methodList() string {
	var b strings.Builder
	for _, ends := range []bool{true, false} {
		if ends {
			b.WriteString("Methods that end a chain, before a path or URL:\n")
		} else {
			b.WriteString("\nMethods that decorate the one behind them, remote: if there is none:\n")
		}
		for _, m := range access.Methods() {
			if m.Ends == ends {
				fmt.Fprintf(&b, "  %-22s %s\n", m.Name+":"+m.Args, m.Short)
			}
		}
	}
	return b.String()
}
