package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// A fact is one line of the machine's description.
type fact struct {
	name, value string
}

// describeMachine says what the figures depend on. What cannot be found out is
// left away.
func describeMachine(ctx context.Context, tools []tool) []fact {
	cpuinfo, _ := os.ReadFile("/proc/cpuinfo")
	meminfo, _ := os.ReadFile("/proc/meminfo")
	release, _ := os.ReadFile("/etc/os-release")
	kernel, _ := os.ReadFile("/proc/sys/kernel/osrelease")
	load, _ := os.ReadFile("/proc/loadavg")
	facts := []fact{
		{"date", time.Now().UTC().Format("2006-01-02")},
		{"processor", field(cpuinfo, "model name", ":")},
		{"cores", fmt.Sprint(runtime.NumCPU())},
		{"memory", field(meminfo, "MemTotal", ":")},
		{"kernel", strings.TrimSpace(string(kernel)) + " " + runtime.GOARCH},
		{"system", strings.Trim(field(release, "PRETTY_NAME", "="), `"`)},
		{"load before the run", describeLoad(string(load), runtime.NumCPU())},
		{"Go", strings.TrimPrefix(runtime.Version(), "go")},
	}
	for _, t := range tools {
		if t.missing == "" && t.version != nil {
			facts = append(facts, fact{t.name, versionOf(ctx, t.version)})
		}
	}
	for _, program := range [][]string{{"gcc", "--version"}, {"git", "--version"}, {"tar", "--version"}, {"redis-server", "--version"}} {
		if _, err := exec.LookPath(program[0]); err == nil {
			facts = append(facts, fact{program[0], versionOf(ctx, program)})
		}
	}
	known := facts[:0]
	for _, f := range facts {
		if f.value != "" {
			known = append(known, f)
		}
	}
	return known
}

// describeLoad gives the load of the last minute, the first word of
// /proc/loadavg, and says so when others had the machine's time: no figure is
// worth much then.
func describeLoad(loadavg string, cores int) string {
	minute, _, _ := strings.Cut(loadavg, " ")
	load, err := strconv.ParseFloat(minute, 64)
	if err == nil && load > float64(cores)/2 {
		return minute + ", a busy machine: do not trust these figures"
	}
	return minute
}

// field finds the value of a "name<separator>value" line.
func field(text []byte, name, separator string) string {
	for line := range bytes.Lines(text) {
		before, after, found := strings.Cut(string(line), separator)
		if found && strings.TrimSpace(before) == name {
			return strings.TrimSpace(after)
		}
	}
	return ""
}

func versionOf(ctx context.Context, args []string) string {
	out, err := command{args: args}.run(ctx)
	if err != nil {
		return ""
	}
	return parseVersion(string(out))
}

var (
	versionNumber = regexp.MustCompile(`\d+(\.\d+)+[-+.\w]*`)
	accelerators  = regexp.MustCompile(`seccomp_filter = \w+`)
)

// parseVersion finds the first version number in what a program says about
// itself. A proot built without its seccomp filter stops at every call: that is
// part of its version.
func parseVersion(text string) string {
	version := versionNumber.FindString(text)
	if found := accelerators.FindString(text); found != "" {
		version += " (" + found + ")"
	}
	return version
}
