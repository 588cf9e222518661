package main

import (
	"flag"
	"fmt"
	"runtime"
	"runtime/debug"
)

// version is the release that CHANGELOG.md describes at its top.
const version = "0.1.0"

func versionVerb() *verb {
	return &verb{
		name:  "version",
		short: "print the version",
		long: `
Print Penumbra's version, the commit it was built from if that is known, and
the Go release and the machine it was built for.`,
		examples: []example{{"penumbra version", "also: penumbra --version"}},
		setup: func(*flag.FlagSet) func(streams, []string) int {
			return func(s streams, args []string) int {
				if len(args) > 0 {
					return s.usage("version", fmt.Sprintf("unexpected argument %q", args[0]))
				}
				return s.print(fmt.Sprintf("penumbra %s%s (%s, %s/%s)\n",
					version, revision(), runtime.Version(), runtime.GOOS, runtime.GOARCH))
			}
		},
	}
}

// revision returns the commit that the go command recorded, ready to follow
// the version, or "" for a build outside a repository.
func revision() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return "-" + s.Value[:12]
		}
	}
	return ""
}
