package main

import (
	"os"
	"path/filepath"
	"strings"
)

// conflict says which of the flags contradict each other, or do nothing without
// another, so that the user would wait in vain for what they promise. It
// returns "" if none do.
func (o *traceOptions) conflict() string {
	switch {
	case o.count && o.alsoCount:
		return "-c prints counts instead of lines, -C both: give one of them"
	case o.count && o.json:
		return "-c prints a table instead of lines, so that there is nothing for --json; -C prints both"
	case o.count && o.explain:
		return "-c prints a table instead of lines, so that there is nothing for --explain; -C prints both"
	case o.order != "" && !o.count && !o.alsoCount:
		return "-S sorts what -c or -C counts: add one of them"
	case o.json && o.explain:
		return "--explain comments on lines for people, which --json does not write"
	case len(o.mounts) > 0 && len(o.pids) > 0:
		return "a process that runs already cannot be given mounts: they go with a command, not with -p"
	case o.json && o.alsoCount && o.output == "":
		return "lines by --json and the table by -C would go to the same place: give the lines a file by -o"
	}
	return o.outputConflict()
}

// outputConflict does so for the flags that say what goes where.
func (o *traceOptions) outputConflict() string {
	switch {
	case o.append && o.output == "":
		return "-A appends to the file of -o: add one"
	case o.io && o.json && o.output == "":
		return "--io prints a report instead of lines, so that there is nothing for --json: give the lines a file by -o"
	case o.io && o.explain && o.output == "":
		return "--io prints a report instead of lines, so that there is nothing for --explain: give the lines a file by -o"
	case o.separate() && o.piped():
		return "-ff writes a file for each thread, which cannot be piped to one command"
	case o.separate() && o.count:
		return "-ff writes a file for each thread, -c one table: leave one of them out"
	case o.ioFile != "" && o.output != "" && sameFile(o.ioFile, o.output):
		return "-o and --io would write over each other: give them different files"
	}
	return ""
}

// meantMount returns what to add to the complaint about a command of that name,
// if -v was thought to be that of penumbra run.
func (o *traceOptions) meantMount(name string) string {
	if o.whole && strings.Contains(name, ":") {
		return "; -v shows structures whole, as strace's: for a mount write --volume=" + name
	}
	return ""
}

// piped reports whether -o names a command.
func (o *traceOptions) piped() bool {
	return strings.HasPrefix(o.output, "|") || strings.HasPrefix(o.output, "!")
}

// sameFile reports whether two names are one file that keeps what is written.
func sameFile(a, b string) bool {
	one, err := os.Stat(a)
	if err != nil {
		return filepath.Clean(a) == filepath.Clean(b)
	}
	other, err := os.Stat(b)
	return err == nil && os.SameFile(one, other) && one.Mode().IsRegular()
}
