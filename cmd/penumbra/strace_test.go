package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"penumbra/abi"
	"penumbra/internal/testguest"
)

// A straceCase is a command that strace and penumbra trace are to tell the
// same of, line for line.
type straceCase struct {
	name  string
	flags []string // of both
	argv  []string
	guest string // a test guest to run instead of argv
	// toStderr has the trace go there, beside what the command writes.
	toStderr bool
	// each has each process's lines go into a file of its own (-ff).
	each bool
	// ordered: the order of the lines of several processes is not chance.
	ordered bool
	// mounted has penumbra see the directory that it works in by a mount.
	mounted bool
}

// straceCommands are the cases that are no test guests.
func straceCommands() []straceCase {
	sh := func(script string) []string { return []string{"sh", "-c", script} }
	inject := func(traced, expr string) []string { return append(strings.Fields("-e trace="+traced), "-e", expr) }
	return []straceCase{
		{name: "ls -l", argv: []string{"ls", "-l"}},
		{name: "cat", argv: []string{"cat", "one", "two", "missing"}},
		{name: "true", argv: []string{"true"}},
		{name: "sed", argv: []string{"sed", "s/one/1/", "one", "two"}},
		{name: "find", argv: []string{"find", ".", "-name", "*.c", "-newer", "one"}},
		{name: "tar", argv: []string{"tar", "-cf", "out.tar", "one", "two", "tree"}},
		{name: "cp", argv: []string{"cp", "-a", "tree/deep", "copy"}}, // of one file: cp goes by inode number, which is chance
		{name: "rm", argv: []string{"rm", "-r", "tree"}},
		{name: "sh pipes", argv: sh("echo a | cat; (exit 3); echo $?; cat two | wc")},
		{name: "sh killed", argv: sh("sh -c 'kill -9 $$'; kill -0 $$; exit 7")},
		{name: "python3", argv: []string{"/usr/bin/python3", "-c", "import json, os; print(json.dumps(os.listdir('tree')))"}},
		{name: "gcc", argv: []string{"gcc", "-c", "tree/a.c"}},

		{name: "interleaved", guest: "interleave", ordered: true, flags: []string{"-e", "trace=flock,getpgrp"}},
		{name: "threads ended", guest: "thread_end", flags: []string{"-e", "trace=pause,read,futex,kill,exit_group"}},
		{name: "exec by a thread", guest: "thread_exec", flags: []string{"-e", "trace=execve,pause,exit_group"}},

		{name: "-y", flags: []string{"-y"}, argv: []string{"cat", "one", "two"}},
		{name: "-v", flags: []string{"-v"}, argv: []string{"ls", "-l"}},
		{name: "-s 100", flags: []string{"-s", "100"}, argv: []string{"cat", "one", "two"}},
		{name: "-s 0", flags: []string{"-s", "0"}, argv: []string{"cat", "one", "two"}},
		{name: "-x", flags: []string{"-x"}, argv: []string{"cat", "one", "binary"}},
		{name: "-xx", flags: []string{"-xx"}, argv: []string{"cat", "one", "binary"}},
		{name: "-a 60", flags: []string{"-a", "60"}, argv: []string{"cat", "one"}},
		{name: "-T", flags: []string{"-T"}, argv: []string{"cat", "one"}},
		{name: "-t", flags: []string{"-t"}, argv: []string{"cat", "one"}},
		{name: "-tt", flags: []string{"-tt"}, argv: []string{"cat", "one"}},
		{name: "-ttt", flags: []string{"-ttt"}, argv: sh("cat one; cat two")},
		{name: "-r", flags: []string{"-r"}, argv: []string{"cat", "one"}},
		{name: "-i", flags: []string{"-i"}, argv: []string{"cat", "one"}},
		{name: "-i signal", flags: []string{"-i"}, argv: sh("trap : USR1; kill -USR1 $$")},
		{name: "-n", flags: []string{"-n"}, argv: []string{"cat", "one"}},
		{name: "-qq", flags: []string{"-qq"}, argv: sh("cat one; cat two")},
		{name: "-e trace", flags: []string{"-e", "trace=openat,%memory"}, argv: []string{"cat", "one"}},
		{name: "-e trace not", flags: []string{"-e", "trace=!%file,/^m"}, argv: []string{"cat", "one"}},
		{name: "-e trace process", flags: []string{"-e", "trace=%process"}, argv: sh("cat one; cat two")},
		{name: "-e status", flags: []string{"-e", "status=failed,unfinished"}, argv: sh("cat one; cat missing")},
		{name: "-z", flags: []string{"-z"}, argv: sh("cat one; cat missing")},
		{name: "-Z", flags: []string{"-Z"}, argv: sh("cat one; cat missing")},
		{name: "-P", flags: []string{"-P", "one"}, argv: []string{"cat", "one", "two"}},
		{name: "-ff", each: true, argv: sh("cat one; cat two")},
		{name: "inject error", flags: inject("read,openat", "inject=openat:error=EINTR:when=3+2"), argv: []string{"cat", "one", "two"}},
		{name: "inject retval", flags: inject("/id$", "inject=getuid,geteuid:retval=77"), argv: []string{"id", "-u"}},
		{name: "inject syscall", flags: inject("unlink,unlinkat,execve", "inject=unlink,unlinkat:error=EBUSY:syscall=getpid"), argv: []string{"rm", "one"}},
		{name: "inject signal", flags: inject("openat -e signal=none", "inject=openat:signal=SIGWINCH:when=3"), argv: []string{"cat", "one"}},
		{name: "inject signal and error", flags: inject("openat -e signal=none", "inject=openat:signal=SIGWINCH:error=ENOENT:when=3"), argv: []string{"cat", "one"}},
		{name: "inject delays", flags: inject("close,openat", "inject=%desc:delay_enter=200:delay_exit=1ms:when=2+3"), argv: []string{"cat", "one"}},
		{name: "inject execve", flags: inject("execve,write", "inject=execve:error=EPERM:when=1"), argv: sh("cat one; cat two")},
		{name: "inject in each process", flags: inject("write", "inject=write:error=ENOSPC:when=2"), argv: sh("echo a; echo b; (echo c; echo d); echo e")},
		{name: "inject what is not traced", flags: inject("openat", "inject=close:error=EIO:when=2..3"), argv: []string{"cat", "one"}},
		{name: "fault", flags: inject("openat,close", "fault=openat:when=3"), argv: []string{"cat", "one", "two"}},
		{name: "inject on a path", flags: append(inject("openat", "inject=openat:error=EIO:when=1"), "-P", "/etc/passwd"), argv: []string{"cat", "one", "/etc/passwd"}},
		{name: "stderr", toStderr: true, argv: sh("cat one; cat two")},

		{name: "mounted ls -l", mounted: true, flags: []string{"-y"}, argv: []string{"ls", "-l"}},
		{name: "mounted cat", mounted: true, flags: []string{"-y"}, argv: sh("cat one $PWD/two missing $PWD/missing; cd tree/deep; pwd; cat b.c ../../one")},
		{name: "mounted find", mounted: true, argv: []string{"find", ".", "-name", "*.c", "-newer", "one"}},
		{name: "mounted tar", mounted: true, argv: []string{"tar", "-cf", "out.tar", "one", "two", "tree"}},
		{name: "mounted cp", mounted: true, argv: []string{"cp", "-a", "tree/deep", "copy"}},
		{name: "mounted rm", mounted: true, argv: []string{"rm", "-r", "tree"}},
		{name: "mounted python3", mounted: true, argv: []string{"/usr/bin/python3", "-c", "import json, os; print(json.dumps(os.listdir('tree')))"}},
		{name: "mounted gcc", mounted: true, argv: []string{"gcc", "-c", "tree/a.c"}},
		{name: "mounted inject", mounted: true, flags: inject("read,openat", "inject=openat:error=EINTR:when=3+2"), argv: []string{"cat", "one", "two"}},
	}
}

// TestStrace runs each case under strace and under penumbra trace.
func TestStrace(t *testing.T) {
	needStrace(t)
	t.Cleanup(func() { reportUnused(t) })
	for _, program := range testguest.Programs("trace_") {
		t.Run(program, func(t *testing.T) {
			t.Parallel()
			compareGuestTraces(t, program)
		})
	}
	for _, flag := range []string{"-y", "-yy"} {
		t.Run("descriptors "+flag, func(t *testing.T) {
			t.Parallel()
			guest := testguest.Path(t, "trace_kinds", testguest.Static)
			compareTraces(t, straceCase{flags: []string{flag}, argv: []string{guest}})
		})
	}
	for _, c := range straceCommands() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if c.guest != "" {
				c.argv = []string{testguest.Path(t, c.guest, testguest.Static)}
			} else if _, err := exec.LookPath(c.argv[0]); err != nil {
				t.Skip(err)
			}
			compareTraces(t, c)
		})
	}
}

// compareGuestTraces compares what is told of a guest, and then all of that,
// with descriptors' files and little of strings. Not both at once: a guest may
// give things names that hold for the machine.
func compareGuestTraces(t *testing.T, program string) {
	if strings.HasPrefix(program, "trace_i386_") {
		compareTraces(t, straceCase{argv: []string{testguest.Path(t, program, testguest.I386Static)}})
		return
	}
	guest := []string{testguest.Path(t, program, testguest.Static)}
	for _, flags := range [][]string{nil, {"-v", "-y", "-s", "9"}} {
		t.Run(strings.Join(flags, " "), func(t *testing.T) {
			compareTraces(t, straceCase{flags: flags, argv: guest})
		})
	}
}

// TestStraceClasses compares the calls in each class that strace knows.
func TestStraceClasses(t *testing.T) {
	needStrace(t)
	guest := testguest.Path(t, "all_calls", testguest.Static)
	known := callsOf(t, guest, "all")
	for _, class := range []string{"file", "desc", "process", "network", "signal", "ipc", "memory", "creds", "clock",
		"stat", "lstat", "fstat", "%stat", "statfs", "fstatfs", "%statfs"} {
		t.Run(class, func(t *testing.T) {
			t.Parallel()
			want := callsOf(t, guest, "%"+class)
			set, err := abi.ParseSet("%" + class)
			if err != nil {
				t.Fatal(err)
			}
			for name := range known {
				if s := abi.ByName(name); s != nil && s.Name != "exit_group" && set.Has(s) != want[name] {
					t.Errorf("%s is in it: %t, says strace: %t", name, set.Has(s), want[name])
				}
			}
		})
	}
}

// callsOf returns the names of the calls that strace shows of a guest.
func callsOf(t *testing.T, guest, set string) map[string]bool {
	out := filepath.Join(t.TempDir(), "trace")
	if text, err := exec.Command("strace", "-e", "trace="+set, "-o", out, guest).CombinedOutput(); err != nil {
		t.Fatalf("strace: %v\n%s", err, text)
	}
	text, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		name, _, _ := strings.Cut(line, "(")
		names[name] = true
	}
	return names
}

// needStrace skips the test unless there is the strace that it knows.
func needStrace(t *testing.T) {
	out, err := exec.Command("strace", "-V").Output()
	if err != nil {
		t.Skipf("strace is missing: %v (apt install strace)", err)
	}
	if version, _, _ := strings.Cut(string(out), "\n"); !strings.HasSuffix(version, "version 6.1") {
		t.Skipf("the differences from strace 6.1 are known, this is %q", version)
	}
	if err := exec.Command("setarch", "-R", "true").Run(); err != nil {
		t.Skipf("addresses cannot be kept from being random: setarch -R: %v", err)
	}
}

// sharedNames is held by guests that give things the same names for the whole
// machine.
var sharedNames sync.Mutex

func compareTraces(t *testing.T, c straceCase) {
	for _, part := range []string{"_ipc", "_kinds", "_sockets"} {
		if strings.Contains(filepath.Base(c.argv[0]), part) {
			sharedNames.Lock()
			defer sharedNames.Unlock()
		}
	}
	turns <- struct{}{}
	defer func() { <-turns }()
	base, err := os.MkdirTemp("", "penumbra-strace")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = removeAll(base) })
	want := traceWith(t, c, base, "strace", "-f", "-q")
	got := traceWith(t, c, base, penumbraAt(t), "trace")
	if keep := os.Getenv("PENUMBRA_KEEP_TRACES"); keep != "" {
		name := filepath.Join(keep, strings.ReplaceAll(filepath.Base(t.Name()), " ", "_"))
		_ = os.WriteFile(name+".strace", []byte(want), 0o666)
		_ = os.WriteFile(name+".penumbra", []byte(got), 0o666)
	}
	read := readTranscript
	if c.ordered {
		read = readOrdered
	}
	a, b := read(want), read(got)
	a.simplify(func(d *compiledExplanation) (mine, other *regexp.Regexp) { return d.strace, d.penumbra })
	b.simplify(func(d *compiledExplanation) (mine, other *regexp.Regexp) { return d.penumbra, d.strace })
	if d := compare(a, b); d != "" {
		t.Errorf("strace (-) and penumbra trace (+) differ:\n%s", d)
	}
}

// traceWith runs c under a tracer in a new directory "work" below base and
// returns the trace.
func traceWith(t *testing.T, c straceCase, base string, tracer ...string) string {
	t.Helper()
	work, out := filepath.Join(base, "work"), filepath.Join(base, "trace")
	makeWork(t, work)
	words := append([]string{"setarch", "-R"}, tracer...)
	if c.mounted && tracer[0] != "strace" {
		words = append(words, "--volume="+mountWork(t, base, work)+":"+work)
	}
	words = append(words, c.flags...)
	switch {
	case c.each:
		words = append(words, "-ff", "-o", out)
	case !c.toStderr:
		words = append(words, "-o", out)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, words[0], append(append(words[1:], "--"), c.argv...)...)
	cmd.Dir = work
	cmd.Env = []string{"PATH=/usr/bin:/bin", "HOME=/", "LC_ALL=C", "PYTHONHASHSEED=0", "TMPDIR=" + work}
	// Files, for their size and kind is part of what is traced.
	stdout, stderr := create(t, filepath.Join(base, "stdout")), create(t, filepath.Join(base, "stderr"))
	defer stdout.Close()
	defer stderr.Close()
	cmd.Stdout, cmd.Stderr = stdout, stderr
	err := cmd.Run()
	if ctx.Err() != nil {
		t.Fatalf("%q: no end after %v", words, patience)
	}
	said, _ := os.ReadFile(filepath.Join(base, "stderr"))
	if cmd.ProcessState == nil || strings.Contains(strings.ReplaceAll(string(said), "strace: Requested path ", ""), "strace: ") || strings.Contains(string(said), "penumbra: ") {
		t.Fatalf("%q: %v\n%s", words, err, said)
	}
	switch {
	case c.toStderr:
		return string(said)
	case c.each:
		return readEach(t, out)
	}
	text, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// mountWork moves what a case works on elsewhere, leaves an empty directory in
// its place, and returns where it is.
func mountWork(t *testing.T, base, work string) string {
	elsewhere := filepath.Join(base, "elsewhere")
	err := removeAll(elsewhere)
	if err == nil {
		err = os.Rename(work, elsewhere)
	}
	if err == nil {
		err = os.Mkdir(work, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	return elsewhere
}

func create(t *testing.T, name string) *os.File {
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// readEach puts the files of -ff together, with the pids that they are named
// by, and removes them.
func readEach(t *testing.T, out string) string {
	names, _ := filepath.Glob(out + ".*")
	var b strings.Builder
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			fmt.Fprintf(&b, "%s %s", strings.TrimPrefix(filepath.Ext(name), "."), line)
		}
		os.Remove(name)
	}
	return b.String()
}

// makeWork makes the directory that a case runs in, the same each time.
func makeWork(t *testing.T, work string) {
	err := removeAll(work)
	if err == nil {
		err = os.MkdirAll(filepath.Join(work, "tree", "deep"), 0o755)
	}
	// In this order, for that is how the directory lists them.
	for i, file := range []struct{ name, text string }{
		{"one", "one line\n"},
		{"two", strings.Repeat("two lines of text that are longer\n", 60)},
		{"binary", "\x00\x01\x7f\x80\xff\"\\\r\n\t\v\f\a1\x001\x009"},
		{"tree/a.c", "int a;\n"},
		{"tree/deep/b.c", "int b;\n"},
	} {
		if err == nil {
			err = os.WriteFile(filepath.Join(work, file.name), []byte(file.text), 0o644)
		}
		if err == nil {
			at := time.Unix(1_000_000_000+int64(i), 0) // each newer than the one before
			err = os.Chtimes(filepath.Join(work, file.name), at, at)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
}
