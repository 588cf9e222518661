package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"penumbra/abi"
	"penumbra/trace"
	"penumbra/trace/jsonl"
	"penumbra/trace/output"
	"penumbra/trace/tally"
	"penumbra/trace/text"
)

func traceVerb() *verb {
	return &verb{
		name:  "trace",
		args:  "[--] command [argument ...]",
		short: "show the system calls of a program",
		long: `
Run command as penumbra run does, and print each of its system calls, with
arguments and result, in the words of strace(1), whose flags it has. Threads and
child processes are followed. The lines go to standard error, or to a file by
-o.

A SET of calls is a list as "open,read", of names, classes (%file, %desc,
%process, %network, %signal, %ipc, %memory, and more), and regular expressions
("/^get"); "!" before it means all others.

Exit status: as that of penumbra run; 1 if the output could not be written.`,
		examples: []example{
			{"penumbra trace -o calls.txt make", "all calls of make, and of what it starts, into a file"},
			{"penumbra trace -e trace=%file -y cat notes.txt", "those that name a file; descriptors with their paths"},
			{"penumbra trace -c git status", "count calls and errors, and say what they cost"},
		},
		wrapsACommand: true,
		setup: func(fs *flag.FlagSet) func(streams, []string) int {
			opts := newTraceOptions()
			opts.define(fs)
			return func(s streams, argv []string) int { return runTrace(s, opts, argv) }
		},
	}
}

// runTrace runs argv as the options say and returns the exit status.
func runTrace(s streams, o *traceOptions, argv []string) int {
	if len(argv) == 0 {
		return s.usage("trace", "no command given, as in \"penumbra trace ls -l\"")
	}
	out, err := o.openOutput()
	if err != nil {
		return s.fail("trace: "+err.Error(), exitFailure)
	}
	var sinks trace.Sinks
	switch {
	case o.count: // its table alone
	case o.json:
		sinks = append(sinks, jsonl.New(out.Output, o.jsonl()))
	default:
		sinks = append(sinks, text.NewPrinter(out.Output, o.text()))
	}
	var counted *tally.Tally
	if o.count || o.alsoCount {
		counted = tally.New()
		sinks = append(sinks, counted)
	}
	policy := newTraced(sinks, abi.Set{}, o.filter())
	return runGuest(guestRun{
		verb: "trace", policy: policy, heard: "those traced",
		ended: func() int {
			if counted != nil {
				out.finish(func(w io.Writer) error { return counted.Write(w, o.order) })
			}
			return out.end(s)
		},
	}, argv)
}

// traceOutput is where a trace is written.
type traceOutput struct {
	*output.Output
	name  string
	w     io.Writer    // what is behind it, if that is one thing
	close func() error // ends that
	err   error
}

// openOutput opens what -o names.
func (o *traceOptions) openOutput() (*traceOutput, error) {
	switch {
	case o.output == "":
		return &traceOutput{output.New(complaints{}, true), "standard error", complaints{}, nothing, nil}, nil
	case o.separate():
		open := func(tid int) (io.WriteCloser, error) { return o.create(o.output + "." + strconv.Itoa(tid)) }
		if _, err := os.Stat(filepath.Dir(o.output)); err != nil {
			return nil, fmt.Errorf("cannot write to %s.*: %w", o.output, err)
		}
		return &traceOutput{output.PerThread(open), o.output + ".*", complaints{}, nothing, nil}, nil
	case strings.HasPrefix(o.output, "|") || strings.HasPrefix(o.output, "!"):
		return pipeTo(o.output[1:])
	}
	f, err := o.create(o.output)
	if err != nil {
		return nil, fmt.Errorf("cannot write the trace: %w", err)
	}
	return &traceOutput{output.New(f, false), o.output, f, f.Close, nil}, nil
}

func (o *traceOptions) create(name string) (*os.File, error) {
	how := os.O_TRUNC
	if o.append {
		how = os.O_APPEND
	}
	return os.OpenFile(name, os.O_WRONLY|os.O_CREATE|how, 0o666)
}

// pipeTo starts a shell command that gets the trace as its standard input.
func pipeTo(command string) (*traceOutput, error) {
	cmd := exec.Command(shell, "-c", command)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	in, err := cmd.StdinPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		return nil, fmt.Errorf("cannot start %q for the trace: %w", command, err)
	}
	stop := func() error { return errors.Join(in.Close(), cmd.Wait()) }
	return &traceOutput{output.New(in, false), "|" + command, in, stop, nil}, nil
}

func nothing() error { return nil }

// finish writes what comes behind the lines.
func (out *traceOutput) finish(write func(io.Writer) error) {
	out.err = errors.Join(out.err, out.Flush())
	if out.err == nil {
		out.err = write(out.w)
	}
}

// end closes the output and returns an exit status: that of a failure if
// something could not be written.
func (out *traceOutput) end(s streams) int {
	if err := cmp.Or(out.err, out.Close(), out.close()); err != nil {
		return s.fail(fmt.Sprintf("trace: cannot write to %s: %v: the trace is not complete", out.name, err), exitFailure)
	}
	return 0
}

// filter returns which calls are to be shown.
func (o *traceOptions) filter() filter {
	return filter{o.calls, o.unknown, o.pathFilter(), o.statusFilter()}
}

// text returns how the printer is to print.
func (o *traceOptions) text() text.Options {
	var gloss func(*trace.Call) string
	if o.explain {
		gloss = explainCall
	}
	return text.Options{
		Strings: o.strings, Whole: o.whole, Files: o.files > 0, Hex: int(o.hex), Column: o.column,
		Clock: text.Clock(min(o.clock, 3)), Relative: o.relative, Elapsed: o.elapsed, IP: o.ip, Number: o.number,
		Bracketed: o.output == "", Signals: o.signalFilter(), NoExits: o.quiet > 1, AtEnd: o.statuses != nil,
		Gloss: gloss,
	}
}

// explainCall says what a call has done, or why it could not.
func explainCall(c *trace.Call) string {
	switch {
	case c.Syscall == nil:
		return ""
	case c.Restarts():
		return "a signal came; its handler decides whether the call is made again"
	case c.Failed():
		return c.Syscall.Reason(c.Err)
	}
	return c.Syscall.Manual().Sentence
}

func (o *traceOptions) jsonl() jsonl.Options {
	return jsonl.Options{Strings: o.strings, Whole: o.whole, Files: o.files > 0}
}

// signalFilter returns what -e signal= asks for, or nil for all.
func (o *traceOptions) signalFilter() func(abi.Signal) bool {
	if o.signals == nil {
		return nil
	}
	return func(s abi.Signal) bool { return o.signals[s] }
}
