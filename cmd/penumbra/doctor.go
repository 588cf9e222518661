package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"runtime"
	"strings"

	"penumbra/internal/kernel"
)

func doctorVerb() *verb {
	return &verb{
		name:  "doctor",
		short: "say what this kernel and this user can do",
		long: `
Try every feature of the kernel that Penumbra uses, and print whether it works,
since which Linux release it exists, what stops working without it and what to
do about it. Nothing is concluded from version numbers, and nothing is changed.

Exit status: 0 if all required features work, 1 otherwise.`,
		examples: []example{
			{"penumbra doctor", "look for what is missing"},
			{"penumbra doctor -v", "say of every feature what it is for"},
			{`penumbra doctor --json | jq '.features[] | select(.status != "ok")'`, "the same for programs"},
		},
		setup: func(fs *flag.FlagSet) func(streams, []string) int {
			asJSON := fs.Bool("json", false, "print JSON")
			verbose := fs.Bool("v", false, "say of every feature what it is for, not only of\nthose that are missing")
			return func(s streams, args []string) int {
				if len(args) > 0 {
					return s.usage("doctor", fmt.Sprintf("unexpected argument %q", args[0]))
				}
				d := diagnose()
				text := d.table(*verbose)
				if *asJSON {
					text = d.json()
				}
				if exit := s.print(text); exit != 0 || d.Ready {
					return exit
				}
				return exitFailure
			}
		},
	}
}

// A diagnosis is all that doctor finds out, in the form of its --json.
type diagnosis struct {
	Kernel   string           `json:"kernel"` // release, as uname -r prints it
	Arch     string           `json:"arch"`
	Ready    bool             `json:"ready"` // all required features work
	Features []kernel.Feature `json:"features"`
}

func diagnose() diagnosis {
	features := kernel.Probe()
	return diagnosis{kernel.Release(), runtime.GOARCH, kernel.Ready(features), features}
}

func (d diagnosis) json() string {
	text, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		panic(err) // strings and bools can be marshalled
	}
	return string(text) + "\n"
}

// table returns d for people: one line a feature, and below what is wrong with
// it; if verbose, also what those are for with which nothing is wrong.
func (d diagnosis) table(verbose bool) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Linux %s, %s\n\n", d.Kernel, d.Arch)
	fmt.Fprintf(&b, "%-8s %-22s %-6s %-9s %s\n", "STATUS", "FEATURE", "SINCE", "NEED", "FOUND")
	for _, f := range d.Features {
		line := fmt.Sprintf("%-8s %-22s %-6s %-9s %s", f.Status, f.Name, f.Since, f.Need, f.Detail)
		b.WriteString(strings.TrimRight(line, " ") + "\n")
		if f.Status != kernel.OK || verbose {
			fmt.Fprintf(&b, "         without it: %s\n", f.What)
		}
		if f.Fix != "" {
			fmt.Fprintf(&b, "         to do: %s\n", f.Fix)
		}
	}
	b.WriteString("\n" + d.verdict() + "\n")
	return b.String()
}

// verdict sums d up in a line.
func (d diagnosis) verdict() string {
	count := map[kernel.Need]int{}
	for _, f := range d.Features {
		if f.Status != kernel.OK {
			count[f.Need]++
		}
	}
	switch {
	case !d.Ready:
		return fmt.Sprintf("Penumbra cannot work here: something required is missing. It needs Linux %s or newer.", kernel.Oldest)
	case count[kernel.Required]+count[kernel.Optional] == 0:
		return "Penumbra can do here all that it can do."
	}
	return "Penumbra works here, within the limits named above."
}
