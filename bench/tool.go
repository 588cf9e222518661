package main

import (
	"context"
	"os/exec"
	"regexp"
	"slices"
)

// A tool is a way to run a program: a column of the table.
type tool struct {
	name    string
	prefix  []string // what stands before the program's own command
	version []string // the command that prints the tool's version
	variant bool     // a form of another tool, for rows of single calls only
	missing string   // why it cannot be used here; "" if it can
	// reach, if not nil, is how files of another machine are reached (remote.go);
	// whole: programs are there, too.
	reach func(ctx context.Context, h *harness, whole bool) (reached, error)
}

const (
	native = "native"
	ours   = "penumbra" // the name of the column that the targets are for
	strace = "strace"
)

// allTools lists the columns in their order, native first. Tools that are not
// installed are listed as missing.
func allTools(penumbraPath string) []tool {
	tools := []tool{
		{name: native},
		{
			name:    ours,
			prefix:  []string{penumbraPath, "run", "--"},
			version: []string{penumbraPath, "version"},
		},
		{
			name:    "=notify",
			prefix:  []string{penumbraPath, "run", "--intercept=notify", "--"},
			variant: true,
		},
		{
			name:    "=trace",
			prefix:  []string{penumbraPath, "run", "--intercept=trace", "--"},
			variant: true,
		},
		{
			name:    strace,
			prefix:  []string{"strace", "-f", "-o", "/dev/null"},
			version: []string{"strace", "-V"},
		},
		{
			name:    "proot",
			prefix:  []string{"proot"},
			version: []string{"proot", "--version"},
		},
	}
	for i := range tools {
		if len(tools[i].prefix) == 0 {
			continue
		}
		if _, err := exec.LookPath(tools[i].prefix[0]); err != nil {
			tools[i].missing = "not installed"
		}
	}
	return tools
}

// selectTools keeps native, which everything is compared with, and the tools
// whose names match.
func selectTools(tools []tool, names *regexp.Regexp) []tool {
	var chosen []tool
	for _, t := range tools {
		if t.name == native || names.MatchString(t.name) {
			chosen = append(chosen, t)
		}
	}
	return chosen
}

// command gives the words that run argv under the tool.
func (t tool) command(argv ...string) []string {
	return append(append([]string{}, t.prefix...), argv...)
}

// Choices of the tools that a row is measured with.

func everyTool(tool) bool { return true }

// wholeTool leaves the variants out: they are made for tests, not for work.
func wholeTool(t tool) bool { return !t.variant }

// supervising leaves out native, which has no supervisor.
func supervising(t tool) bool { return !t.variant && t.name != native }

func only(names ...string) func(tool) bool {
	return func(t tool) bool {
		for _, name := range names {
			if t.name == name {
				return true
			}
		}
		return false
	}
}

// viewing keeps the tools that can show something at another place.
func viewing(t tool) bool { return only(native, ours, "proot")(t) }

// mountTarget is where something is mounted.
const mountTarget = "/penumbra-mount"

// withMount is t with something mounted, where nothing else looks.
func (t tool) withMount() tool {
	switch t.name {
	case ours:
		return t.with("--mount=type=tmpfs,target=" + mountTarget)
	case "proot":
		t.prefix = append(slices.Clone(t.prefix), "-b", "/dev/shm:"+mountTarget)
	}
	return t
}

// with is t with one more flag before the --, if it is ours.
func (t tool) with(flag string) tool {
	if t.name == ours {
		last := len(t.prefix) - 1
		t.prefix = append(slices.Clone(t.prefix[:last]), flag, "--")
	}
	return t
}

// inView makes of a measure one with a mount.
func inView(m measure) measure {
	return func(ctx context.Context, h *harness, t tool) (float64, error) { return m(ctx, h, t.withMount()) }
}
