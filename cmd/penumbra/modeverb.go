package main

import (
	"flag"
	"fmt"
	"strconv"
	"strings"

	"penumbra/mode"
)

func modeVerb() *verb {
	return &verb{
		name:  "mode",
		args:  "PID [mode]",
		short: "show or set where a guest's calls are made",
		long: `
Print the syscall mode of process PID, which has to be a guest that was started
with --shadow or --mode, or go into another one and print the former: local or
remote, and mapped or unmapped, as in remote,mapped. PID may also be the id of a
single thread. Where the threads of a process differ, each is printed behind
its id.

A call that has begun ends in the mode in which it began. docs/modes.md says
which calls go where. The guest has to be yours.

Exit status: 0, 1 if it cannot be done, 2 for a mistake on the command line.`,
		examples: []example{
			{"penumbra mode 4711", "where process 4711 makes its calls"},
			{"penumbra mode 4711 local,mapped", "on this machine from now on, by its descriptors as they are"},
		},
		setup: func(*flag.FlagSet) func(streams, []string) int { return runModeVerb },
	}
}

func runModeVerb(s streams, args []string) int {
	if len(args) == 0 || len(args) > 2 {
		return s.usage("mode", "it takes a process and perhaps a mode, as in \"penumbra mode 4711 remote,mapped\"")
	}
	id, err := strconv.Atoi(args[0])
	if err != nil || id <= 0 {
		return s.usage("mode", fmt.Sprintf("%q is no process id", args[0]))
	}
	text := ""
	if len(args) == 2 {
		m, err := mode.Parse(args[1])
		if err != nil {
			return s.usage("mode", err.Error())
		}
		text = m.String()
	}
	was, err := askMode(id, text)
	if err != nil {
		return s.fail("mode: "+err.Error(), exitFailure)
	}
	return s.print(strings.ReplaceAll(was, " ", "\n") + "\n")
}
