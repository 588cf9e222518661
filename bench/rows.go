package main

import (
	"context"
	"regexp"
)

// A row is one thing to measure: an entry of the table below.
type row struct {
	name    string
	unit    unit
	on      func(tool) bool // the tools it is measured with
	measure measure
	target  target // what Penumbra aims at, if anything
	note    string // what a reader of the table should know
}

// A measure takes one sample under a tool, in the row's unit.
type measure func(ctx context.Context, h *harness, t tool) (float64, error)

// Targets that several rows share. They hold for Penumbra without a view.
var (
	unasked = target{must: limit{1.4, native}, hope: limit{1.25, native}}
	working = target{must: limit{1.1, native}, hope: limit{1.03, native}}
)

// Targets with one mount.
var (
	untouched = target{must: limit{1.4, native}, hope: limit{1.1, native}}
	walking   = target{must: limit{4, native}, hope: limit{1.5, native}}
	building  = target{must: limit{1.4, native}, hope: limit{1.1, native}}
)

// Targets in mounts.
var (
	inMemory = target{must: limit{1.5, native}, hope: limit{1, native}}
	crowded  = target{must: limit{1.5, inMountStat}, hope: limit{1.1, inMountStat}}
)

// beside is the target for files beside an emulated one.
var beside = target{must: limit{30, native}, hope: limit{1.3, native}}

const inMountStat = "mount: stat"

const onePtraceStop = "one ptrace stop"

// allRows is the table of everything that is measured, in the order of the
// report.
func allRows() []row {
	return []row{
		// Single calls: loops of guest/micro.c.
		{name: "getppid", unit: ns, on: everyTool, measure: loop("getppid"), target: unasked},
		{name: "clock_gettime (vDSO)", unit: ns, on: everyTool, measure: loop("clock_gettime"), target: unasked},
		{name: "open + close", unit: ns, on: everyTool, measure: loop("open+close"), target: unasked},
		{name: "stat", unit: ns, on: everyTool, measure: loop("stat"), target: unasked},
		{name: "read 1 byte", unit: ns, on: everyTool, measure: loop("read"), target: unasked, note: "from /dev/zero"},
		{name: "write 1 byte", unit: ns, on: everyTool, measure: loop("write"), target: unasked, note: "to /dev/null"},
		{name: "pread 4 KiB", unit: ns, on: everyTool, measure: loop("pread"), target: unasked, note: "of a file in the page cache"},
		{name: "pipe ping-pong", unit: ns, on: everyTool, measure: loop("pipe"), target: unasked,
			note: "one byte there and back between two processes on one CPU: four calls"},
		{name: "TCP ping-pong", unit: ns, on: everyTool, measure: loop("tcp"), target: unasked,
			note: "one byte there and back over loopback between two processes on one CPU: four calls"},
		{name: "mmap + munmap", unit: ns, on: everyTool, measure: loop("mmap+munmap"), target: unasked, note: "64 KiB, untouched"},
		{name: "fork + wait", unit: ns, on: everyTool, measure: loop("fork+wait"),
			target: target{must: limit{1.5, native}, hope: limit{1.2, native}}},
		{name: "fork + exec + wait", unit: ns, on: everyTool, measure: loop("fork+exec+wait"),
			target: target{must: limit{1.3, native}, hope: limit{1.1, native}}, note: "of a static program that does nothing"},
		{name: onePtraceStop, unit: ns, on: only(native), measure: loop("ptrace-stop"),
			note: "a getppid skipped by a tracer in C with PTRACE_SYSEMU, registers read and written: the reference for the next row"},
		{name: "getppid skipped at the notify door", unit: ns, on: only(native, ours), measure: skippedGetppid,
			target: target{must: limit{0.6, onePtraceStop}, hope: limit{5000, ""}},
			note:   "answered by a hook of the Go package; native runs the call"},

		// Start-up.
		{name: "true", unit: ms, on: wholeTool, measure: program(20, fixed("true")),
			target: target{must: limit{12, ""}, hope: limit{6, ""}}, note: "start-up: the tool and true, from start to end"},

		// Whole programs, timed from outside, the tool's start-up included.
		{name: "find, 40 000 files", unit: ms, on: wholeTool, measure: program(1, findFiles), target: working,
			note: "find -size, which looks at every file"},
		{name: "tar, 40 000 files", unit: ms, on: wholeTool, measure: program(1, tarFiles), target: working,
			note: "through a pipe, as tar does not read files for /dev/null"},
		{name: "20 × git status, 4 000 files", unit: ms, on: wholeTool, measure: program(1, gitStatus), target: working},
		{name: "gcc -c", unit: ms, on: wholeTool, measure: program(1, compileC), target: working, note: "-O1, a generated file of 400 functions"},
		{name: "20 × python3 -c pass", unit: ms, on: wholeTool, measure: program(1, pythonPass), target: working},
		{name: "go build", unit: ms, on: wholeTool, measure: program(1, goBuild), target: working,
			note: "of a changed hello, the standard library cached"},
		{name: "redis-benchmark", unit: perSecond, on: wholeTool, measure: redisGets, target: working,
			note: "GET from 50 native clients over a Unix socket; the server runs under the tool"},

		// Tracing: penumbra trace and strace -f, which print the same.
		{name: "trace find, 40 000 files", unit: ms, on: tracers, measure: tracing(program(1, findFiles)),
			target: target{must: limit{1, strace}, hope: limit{0.5, strace}}, note: "every call, into a file"},
		{name: "trace find, openat alone", unit: ms, on: tracers, measure: tracing(program(1, findFiles), "-e", "trace=openat"),
			target: target{must: limit{1, strace}, hope: limit{1.3, native}}, note: "strace with --seccomp-bpf"},
		{name: "trace -c git status, 4 000 files", unit: ms, on: tracers, measure: tracing(program(1, gitStatusOnce), "-c"),
			target: target{must: limit{1, strace}}},
		{name: "trace python3 -c pass", unit: ms, on: tracers, measure: tracing(program(1, pythonOnce)), target: target{must: limit{1, strace}}},
		{name: "trace gcc -c", unit: ms, on: tracers, measure: tracing(program(1, compileC)), target: target{must: limit{1, strace}}},

		// The same with one mount, which none of them touches.
		{name: "view: stat", unit: ns, on: viewing, measure: inView(loop("stat")), target: target{must: limit{10, native}, hope: limit{3, native}}},
		{name: "view: open + close", unit: ns, on: viewing, measure: inView(loop("open+close")), target: target{must: limit{6, native}, hope: limit{2, native}}},
		{name: "view: read 1 byte", unit: ns, on: viewing, measure: inView(loop("read")), target: untouched},
		{name: "view: write 1 byte", unit: ns, on: viewing, measure: inView(loop("write")), target: untouched},
		{name: "view: pread 4 KiB", unit: ns, on: viewing, measure: inView(loop("pread")), target: untouched},
		{name: "view: fork + exec + wait", unit: ns, on: viewing, measure: inView(loop("fork+exec+wait"))},
		{name: "view: find, 40 000 files", unit: ms, on: viewing, measure: inView(program(1, findFiles)), target: walking},
		{name: "view: tar, 40 000 files", unit: ms, on: viewing, measure: inView(program(1, tarFiles))},
		{name: "view: 20 × git status, 4 000 files", unit: ms, on: viewing, measure: inView(program(1, gitStatus)), target: walking},
		{name: "view: gcc -c", unit: ms, on: viewing, measure: inView(program(1, compileC)), target: building},
		{name: "view: 20 × python3 -c pass", unit: ms, on: viewing, measure: inView(program(1, pythonPass)), target: building},
		{name: "view: go build", unit: ms, on: viewing, measure: inView(program(1, goBuild)), target: building},
		{name: "view: redis-benchmark", unit: perSecond, on: viewing, measure: inView(redisGets),
			target: target{must: limit{1.11, native}, hope: limit{1.03, native}}},

		// In a mount that is held in memory, also among many.
		{name: "mount: pread 4 KiB", unit: ns, on: only(native, ours), measure: inMount("pread", crowd{}), target: inMemory},
		{name: "mount: 4 KiB of a mapping", unit: ns, on: only(native, ours), measure: inMount("mapped", crowd{}), target: inMemory},
		{name: inMountStat, unit: ns, on: only(ours), measure: inMount("stat", crowd{})},
		{name: "mount: stat, 1 000 mounts", unit: ns, on: only(ours), measure: inMount("stat", crowd{mounts: 1000}), target: crowded},
		{name: "mount: stat, 10 000 files open", unit: ns, on: only(ours), measure: inMount("stat", crowd{files: 10_000}), target: crowded},
		{name: "mount: stat, 500 processes", unit: ns, on: only(ours), measure: inMount("stat", crowd{processes: 500}), target: crowded},

		// Where not all files are the kernel's: one is read piece by piece.
		{name: "emulated: read 1 byte of another file", unit: ns, on: only(native, ours), measure: holding("read"), target: beside},
		{name: "emulated: write 1 byte to another file", unit: ns, on: only(native, ours), measure: holding("write"), target: beside},
		{name: "emulated: pread 4 KiB of another file", unit: ns, on: only(native, ours), measure: holding("pread"), target: beside},

		// What the supervisor takes.
		{name: "supervisor memory, 1 thread", unit: mib, on: supervising, measure: memory(1), target: memoryTarget(1)},
		{name: "supervisor memory, 1 000 threads", unit: mib, on: supervising, measure: memory(1000), target: memoryTarget(1000),
			note: "the peaks (VmHWM) of all processes of the tool, added up"},
	}
}

// selectRows keeps the rows whose names match, and those that a kept row's
// target is a multiple of.
func selectRows(rows []row, names *regexp.Regexp) []row {
	needed := make(map[string]bool)
	for _, r := range rows {
		if names.MatchString(r.name) {
			needed[r.name] = true
			needed[r.target.must.of] = true
			needed[r.target.hope.of] = true
		}
	}
	var chosen []row
	for _, r := range rows {
		if needed[r.name] {
			chosen = append(chosen, r)
		}
	}
	return chosen
}
