package main

import (
	"flag"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"penumbra/abi"
	"penumbra/trace"
	"penumbra/trace/fault"
	"penumbra/trace/tally"
)

// traceOptions are trace's flags.
type traceOptions struct {
	output   string
	append   bool
	follow   count
	calls    abi.Set
	unknown  bool // calls that the table does not know are traced
	statuses map[string]bool
	signals  map[abi.Signal]bool
	paths    stringList
	pids     pidList
	strings  int
	column   int
	whole    bool
	files    count
	hex      count
	clock    count
	relative bool
	elapsed  bool
	ip       bool
	number   bool
	quiet    count
	json     bool
	explain  bool

	io     bool   // a report on I/O
	ioFile string // for it, if not standard error

	count     bool   // a summary instead of lines
	alsoCount bool   // a summary after them
	order     string // of the summary; empty if not given

	injections []*fault.Injection
	chaos      *fault.Chaos

	mounts []mountSpec
}

func newTraceOptions() *traceOptions {
	return &traceOptions{calls: abi.AllCalls(), unknown: true, strings: 32, column: 40}
}

// widest bounds the column of results: it is in every line.
const widest = 10_000

// define gives fs the flags that set o.
func (o *traceOptions) define(fs *flag.FlagSet) {
	fs.Var(fileName{&o.output}, "o", "write the trace to `FILE`; \"|COMMAND\" pipes it")
	fs.BoolVar(&o.append, "A", false, "append to the file of -o instead of emptying it")
	fs.Var(&o.follow, "f", "follow threads and child processes: always so; twice,\nwith -o, each writes FILE.PID of its own")
	fs.Var(expression{o}, "e", "which calls, and what of them; `EXPR` is one of\ntrace=SET, status=LIST, signal=LIST, quiet=LIST,\ninject=SET:FAULT, fault=SET")
	fs.Var(&o.paths, "P", "only calls on the file `PATH`; may be given again")
	fs.Var(&o.pids, "p", "attach to the running process `PID`; Ctrl-C detaches")
	fs.Var(natural{&o.strings, math.MaxInt32}, "s", "show the first `N` bytes of strings")
	fs.Var(natural{&o.column, widest}, "a", "align results in column `N`")
	fs.BoolVar(&o.whole, "v", false, "show structures and environments whole")
	fs.Var(&o.files, "y", "show what descriptors are open on; twice: whom sockets\nare connected to, numbers of devices, pidfds' processes")
	fs.Var(&o.hex, "x", "strings that cannot be printed in hexadecimal; twice:\nall strings")
	fs.Var(&o.clock, "t", "the time of day before each line; twice: with\nmicroseconds; three times: since 1970")
	fs.BoolVar(&o.relative, "r", false, "the time since the line before")
	fs.BoolVar(&o.elapsed, "T", false, "the time that each call took")
	fs.BoolVar(&o.ip, "i", false, "the instruction pointer of each call")
	fs.BoolVar(&o.number, "n", false, "the number of each call")
	fs.Var(&o.quiet, "q", "fewer lines about processes; twice: none of their end")
	fs.BoolVar(&o.json, "json", false, "JSON, an object a line: see penumbra-trace(1)")
	fs.BoolVar(&o.explain, "explain", false, "say behind each line what the call does, or why it\nfailed, in plain words")
	fs.Var(ioFlag{o}, "io", "say where the I/O went, instead of lines (with -o,\nbeside them); into `FILE`, as a page if it is *.html")
	fs.BoolVar(&o.count, "c", false, "count calls, errors and time instead of printing lines")
	fs.BoolVar(&o.alsoCount, "C", false, "count as well as print")
	fs.Var(chaosFlag{o}, "chaos", "let calls meet with short counts, EINTR, EAGAIN and\ndelays: `SEED[:OPTION]...` says which, and with which\nkinds=, rate= and calls=")
	fs.Var(&choice{&o.order, tally.Orders()}, "S", "sort the counts by `COLUMN`: time if not given")
	fs.Var(statusFlag{o, "successful"}, "z", "only calls that succeeded")
	fs.Var(statusFlag{o, "failed"}, "Z", "only calls that failed")
	defineMounts(fs, &o.mounts)
}

// separate reports whether each thread writes a file of its own.
func (o *traceOptions) separate() bool { return o.follow > 1 && o.output != "" }

// statuses are the words of -e status=.
func statusWords() []string {
	return []string{"successful", "failed", "unfinished", "unavailable", "detached"}
}

// statusFilter returns what -e status= asks for, or nil for all.
func (o *traceOptions) statusFilter() func(*trace.Call, ending) bool {
	if o.statuses == nil {
		return nil
	}
	return func(c *trace.Call, how ending) bool {
		switch {
		case how == endNever:
			return o.statuses["unfinished"]
		case how == endDetached:
			return o.statuses["detached"]
		case c.Restarts():
			return o.statuses["unavailable"]
		case c.Failed():
			return o.statuses["failed"]
		}
		return o.statuses["successful"]
	}
}

// An expression is the value of -e.
type expression struct{ o *traceOptions }

func (expression) String() string { return "" }

func (x expression) Set(expr string) error {
	key, value, ok := strings.Cut(expr, "=")
	if !ok {
		key, value = "trace", expr
	}
	switch key {
	case "trace", "t":
		return x.trace(value)
	case "status":
		return x.status(value)
	case "signal", "signals", "s":
		return x.signal(value)
	case "quiet", "silent", "silence", "q":
		return x.quiet(value)
	case "inject":
		return x.inject(value, fault.ParseInjection)
	case "fault":
		return x.inject(value, fault.ParseFault)
	}
	keys := []string{"trace", "status", "signal", "quiet", "inject", "fault"}
	if near := nearest(key, keys); near != "" {
		return valueError(fmt.Sprintf("no expression is named %q (did you mean %s?)", key, near))
	}
	return valueError(fmt.Sprintf("no expression is named %q: it is trace, status, signal, quiet, inject or fault", key))
}

func (x expression) trace(value string) error {
	set, err := abi.ParseSet(value)
	if err != nil {
		return valueError(err.Error())
	}
	x.o.calls, x.o.unknown = set, value == "all"
	return nil
}

func (x expression) status(value string) error {
	chosen, err := parseWords("status", value, statusWords())
	x.o.statuses = chosen
	return err
}

func (x expression) signal(value string) error {
	list, negate := strings.CutPrefix(value, "!")
	chosen := map[abi.Signal]bool{}
	for s := abi.Signal(1); s <= abi.SIGRTMAX; s++ {
		chosen[s] = list == "all"
	}
	if list != "all" && list != "none" {
		for name := range strings.SplitSeq(list, ",") {
			s, ok := abi.SignalByName(strings.ToUpper(name))
			if n, err := strconv.Atoi(name); err == nil && n > 0 && n <= int(abi.SIGRTMAX) {
				s, ok = abi.Signal(n), true
			}
			if !ok {
				return unknownSignal(name)
			}
			chosen[s] = true
		}
	}
	if negate {
		for s := range chosen {
			chosen[s] = !chosen[s]
		}
	}
	x.o.signals = chosen
	return nil
}

func unknownSignal(name string) error {
	var names []string
	for s := abi.Signal(1); s <= abi.SIGRTMAX; s++ {
		names = append(names, s.Name(), strings.TrimPrefix(s.Name(), "SIG"))
	}
	message := fmt.Sprintf("no signal is named %q", name)
	if near := nearest(strings.ToUpper(name), names); near != "" {
		message += fmt.Sprintf(" (did you mean %s?)", near)
	}
	return valueError(message)
}

func (x expression) quiet(value string) error {
	words := []string{"attach", "detach", "exit", "path-resolution", "personality", "thread-execve", "superseded"}
	chosen, err := parseWords("quiet", value, words)
	if chosen["exit"] {
		x.o.quiet = max(x.o.quiet, 2)
	}
	return err
}

// parseWords reads a list of words, "all", "none", or "!" and a list of those
// that are not meant.
func parseWords(what, value string, words []string) (map[string]bool, error) {
	list, negate := strings.CutPrefix(value, "!")
	chosen := map[string]bool{}
	for word := range strings.SplitSeq(list, ",") {
		switch {
		case word == "all":
			for _, w := range words {
				chosen[w] = true
			}
		case word == "none":
		case slices.Contains(words, word):
			chosen[word] = true
		default:
			hint := "it is " + strings.Join(words, ", ")
			if near := nearest(word, words); near != "" {
				hint = "did you mean " + near + "?"
			}
			return nil, valueError(fmt.Sprintf("no %s is named %q (%s)", what, word, hint))
		}
	}
	if negate {
		for _, w := range words {
			chosen[w] = !chosen[w]
		}
		maps.DeleteFunc(chosen, func(_ string, in bool) bool { return !in })
	}
	return chosen, nil
}

// A statusFlag is -z or -Z.
type statusFlag struct {
	o    *traceOptions
	word string
}

func (statusFlag) String() string { return "" }

func (statusFlag) IsBoolFlag() bool { return true }

func (f statusFlag) Set(string) error {
	f.o.statuses = map[string]bool{f.word: true}
	return nil
}

// An ioFlag is --io, which may stand alone.
type ioFlag struct{ o *traceOptions }

func (ioFlag) String() string { return "" }

func (ioFlag) IsBoolFlag() bool { return true }

func (f ioFlag) Set(value string) error {
	f.o.io = true
	if value == "true" { // what parseFlags makes of a flag without a value
		return nil
	}
	return fileName{&f.o.ioFile}.Set(value)
}
