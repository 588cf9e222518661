package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"penumbra/trace"
	"penumbra/trace/iostat"
	"penumbra/vft/descriptors"
	"penumbra/view"
)

// ioReport is run's --report: what was done to each file.
type ioReport struct {
	streams
	asked bool
	name  string // of the file that it goes to, or "" for standard error

	file      io.WriteCloser // that, while the guest runs
	failed    error          // the first in writing it
	collector *iostat.Collector
	files     map[reported]descriptors.Summary
}

// reported is a file as the guest knows it, and the target of its mount.
type reported struct{ name, mount string }

// mostReported bounds the files that are told apart; what is beyond is summed up.
const mostReported = 1 << 16

var otherFiles = reported{name: "(other files)"}

// reportFlag is --report, which may stand alone.
type reportFlag struct{ r *ioReport }

func (reportFlag) String() string { return "" }

func (reportFlag) IsBoolFlag() bool { return true }

func (f reportFlag) Set(value string) error {
	f.r.asked = true
	if value == "true" { // what parseFlags makes of a flag without a value
		return nil
	}
	return fileName{&f.r.name}.Set(value)
}

// policy opens what the report goes to and returns the policy under which it
// comes about.
func (r *ioReport) policy(command []string, v *view.View) (*traced, error) {
	r.files = map[reported]descriptors.Summary{}
	if r.name != "" {
		f, err := os.Create(r.name)
		if err != nil {
			return nil, fmt.Errorf("cannot write the report: %w", err)
		}
		r.file = f
	}
	r.collector = iostat.New(command)
	r.collector.Closed = r.closed
	if v != nil {
		r.collector.Mount = v.TargetOf
	}
	return newTraced(trace.Sinks{r.collector}, iostat.Transfers(), filter{}, nil), nil
}

// closed notes that a file was closed for the last time.
func (r *ioReport) closed(f *descriptors.File) {
	sum, which := f.Summary(), reported{f.Name, f.ID.View}
	if sum == (descriptors.Summary{}) {
		return // it was only inherited
	}
	if !strings.HasPrefix(f.Name, "/") {
		which.mount = ""
	}
	if r.file != nil {
		r.write("closed %s: %s\n", which, inWords(sum))
	}
	if _, ok := r.files[which]; !ok && len(r.files) >= mostReported {
		which = otherFiles
	}
	sum.Add(r.files[which])
	r.files[which] = sum
}

func (w reported) String() string {
	if w.mount == "" {
		return printable(w.name)
	}
	return fmt.Sprintf("%s (mount %s)", printable(w.name), printable(w.mount))
}

func inWords(s descriptors.Summary) string {
	return fmt.Sprintf("opens %d, reads %d, writes %d, seeks %d, bytes read %d, written %d",
		s.Opens, s.Reads, s.Writes, s.Seeks, s.Read, s.Written)
}

// write writes to the report's file.
func (r *ioReport) write(format string, args ...any) {
	if r.failed == nil {
		_, r.failed = fmt.Fprintf(r.file, format, args...)
	}
}

// end writes the table and returns an exit status other than 0 if that failed.
func (r *ioReport) end() (exit int) {
	r.collector.End()
	for _, line := range r.table() {
		if r.file == nil {
			r.say(line)
		} else {
			r.write("%s\n", line)
		}
	}
	if r.file == nil {
		return 0 // standard error: there is nowhere to complain
	}
	if err := cmp.Or(r.failed, r.file.Close()); err != nil {
		return r.fail("run: cannot write the report: "+err.Error(), exitFailure)
	}
	return 0
}

// table returns the lines of the report: a head, the files, those of which most
// was moved first, and their sum.
func (r *ioReport) table() []string {
	order := slices.SortedFunc(maps.Keys(r.files), func(a, b reported) int {
		x, y := r.files[a], r.files[b]
		return cmp.Or(cmp.Compare(y.Read+y.Written, x.Read+x.Written), cmp.Compare(a.name, b.name), cmp.Compare(a.mount, b.mount))
	})
	const head, row = "%8s %8s %8s %8s %14s %14s  %s", "%8d %8d %8d %8d %14d %14d  %s"
	line := func(s descriptors.Summary, name string) string {
		return fmt.Sprintf(row, s.Opens, s.Reads, s.Writes, s.Seeks, s.Read, s.Written, name)
	}
	lines := []string{fmt.Sprintf(head, "opens", "reads", "writes", "seeks", "bytes read", "written", "file")}
	var sum descriptors.Summary
	for _, which := range order {
		sum.Add(r.files[which])
		lines = append(lines, line(r.files[which], which.String()))
	}
	return append(lines, line(sum, "in all"))
}
