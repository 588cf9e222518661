package main

import (
	"cmp"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"penumbra/abi"
	"penumbra/trace"
	"penumbra/trace/fault"
	"penumbra/trace/iostat"
	"penumbra/trace/jsonl"
	"penumbra/trace/tally"
	"penumbra/trace/text"
	"penumbra/view"
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
	switch {
	case len(argv) == 0 && len(o.pids) == 0:
		return s.usage("trace", "no command given, as in \"penumbra trace ls -l\", and no process by -p")
	case len(argv) > 0 && len(o.pids) > 0:
		return s.usage("trace", "-p PID attaches to a process that runs already: no command goes with it")
	}
	if message := o.conflict(); message != "" {
		return s.usage("trace", message)
	}
	s.err = complaints{}
	view, err := openView(nil, o.mounts, s.say)
	if err != nil {
		return s.fail("trace: "+err.Error(), exitUsage)
	}
	if view != nil {
		defer view.Close()
	}
	if len(argv) > 0 {
		// A trace of another run must not be emptied for the sake of a misspelled name.
		if _, err := finderIn(view).lookCommand(argv[0]); err != nil {
			return s.fail("trace: "+err.Error()+o.meantMount(argv[0]), exitOf(err))
		}
	}
	out, err := o.openOutput()
	if err != nil {
		return s.fail("trace: "+err.Error(), exitFailure)
	}
	job := &traceJob{streams: s, options: o, view: view, out: out}
	if err := job.setUp(argv); err != nil {
		job.abandon()
		return s.fail("trace: "+err.Error(), exitFailure)
	}
	return job.run(argv)
}

// A traceJob is what is made of a trace.
type traceJob struct {
	streams
	options *traceOptions
	view    *view.View // or nil
	out     *traceOutput
	plan    *fault.Plan // what is to be done to calls, or nil
	sinks   trace.Sinks
	needed  abi.Set // the calls that sinks need, whatever the user asked for
	reports []func() error
	ended   bool
}

// run traces a command, or the processes of -p if there is none.
func (j *traceJob) run(command []string) (exit int) {
	policy := newTraced(j.sinks, j.needed, j.options.filter(), j.plan)
	if len(command) == 0 {
		exit = j.attach(policy)
	} else {
		exit = runGuest(guestRun{
			verb: "trace", policy: policy, view: j.view, heard: "those traced", limits: growFiles(), ended: j.end,
		}, command)
	}
	if !j.ended {
		j.abandon()
	}
	return exit
}

// abandon ends the output of a trace that has not begun.
func (j *traceJob) abandon() { _ = j.out.end() }

// setUp makes the sinks that the options ask for.
func (j *traceJob) setUp(command []string) error {
	o := j.options
	j.plan = o.plan()
	switch {
	case o.count, o.io && o.output == "": // a summary stands in for lines
	case o.json:
		j.sinks = append(j.sinks, jsonl.New(j.out.Output, o.jsonl()))
	default:
		j.sinks = append(j.sinks, text.NewPrinter(j.out.Output, o.text()))
	}
	if o.count || o.alsoCount {
		counted := tally.New()
		j.sinks = append(j.sinks, counted)
		j.reports = append(j.reports, func() error { return j.writeCounts(counted) })
	}
	if o.io {
		return j.reportIO(command)
	}
	return nil
}

// writeCounts writes the table of -c behind the lines, or where it does not get
// among the objects of --json.
func (j *traceJob) writeCounts(t *tally.Tally) error {
	if j.options.json {
		return t.Write(j.err, j.options.order)
	}
	return j.out.append(func(w io.Writer) error { return t.Write(w, j.options.order) })
}

// reportIO makes the sink of --io.
func (j *traceJob) reportIO(command []string) error {
	name, w := j.options.ioFile, io.WriteCloser(nopCloser{j.err})
	if name != "" {
		f, err := os.Create(name)
		if err != nil {
			return fmt.Errorf("cannot write the report on I/O: %w", err)
		}
		w = f
	}
	collector := iostat.New(command)
	j.sinks = append(j.sinks, collector)
	j.needed = j.needed.Union(iostat.Calls())
	write := collector.Text
	if ext := filepath.Ext(name); ext == ".html" || ext == ".htm" {
		write = collector.HTML
	}
	j.reports = append(j.reports, func() error {
		if err := cmp.Or(write(w), w.Close()); err != nil {
			return fmt.Errorf("cannot write the report on I/O: %w", err)
		}
		return nil
	})
	return nil
}

type nopCloser struct{ io.Writer }

func (nopCloser) Close() error { return nil }

// end writes what comes at the end and returns an exit status: that of a
// failure if something could not be written.
func (j *traceJob) end() (exit int) {
	j.ended = true
	for _, report := range j.reports {
		if err := report(); err != nil {
			exit = j.fail("trace: "+err.Error(), exitFailure)
		}
	}
	if err := j.out.end(); err != nil {
		exit = j.fail("trace: "+err.Error()+": the trace is not complete", exitFailure)
	}
	if j.options.chaos != nil {
		_ = j.plan.Report(j.err) // standard error: there is nowhere to complain
	}
	return exit
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
		Strings: o.strings, Whole: o.whole, Files: int(o.files), Hex: int(o.hex), Column: o.column,
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
	return jsonl.Options{Strings: o.strings, Whole: o.whole, Files: int(o.files)}
}

// signalFilter returns what -e signal= asks for, or nil for all.
func (o *traceOptions) signalFilter() func(abi.Signal) bool {
	if o.signals == nil {
		return nil
	}
	return func(s abi.Signal) bool { return o.signals[s] }
}
