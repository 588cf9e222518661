package main

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// A suite is a collection of tests that other people wrote.
type suite struct {
	name string
	// jobs builds or finds the suite below the directory cache.
	// It fails with a *missingError when this machine lacks the suite.
	jobs func(ctx context.Context, cache string) ([]job, error)
}

// suites names every suite there is, in the order they run.
var suites = []suite{
	{"gostd", goJobs},
	{"cpython", pythonJobs},
	{"stressng", stressJobs},
}

// A missingError says that a suite is not on this machine, and how to get it.
type missingError struct {
	what, remedy string
}

func (e *missingError) Error() string { return e.what + "; " + e.remedy }

// A job is one program that runs one or many tests of a suite.
type job struct {
	suite, name string
	effort      effort
	limit       time.Duration // for the whole program, run natively
	program
}

func (j job) String() string { return j.suite + "/" + j.name }

// A program knows how to start a job's tests and how to read what they said.
type program interface {
	// command is the program's command line for a run in the fresh directory
	// work, which must end by itself or be killed after limit.
	command(work string, limit time.Duration, sel selection) command
	// parse reads the tests' results out of a run that was made in work.
	parse(work string, out outcome) results
	// alone names the smallest part of the job that contains test and that
	// selection can name.
	alone(test string) string
}

// part names what to run in order to run test alone: all of j for a test that
// is all of it.
func (j job) part(test string) string {
	if test == "" || test == exitTest {
		return ""
	}
	return j.alone(test)
}

// A command is a program to run: arguments, directory and what it needs in its
// environment beyond what this process has.
type command struct {
	argv []string
	dir  string
	env  []string
}

// A selection narrows a job to some of its tests. The zero selection is all.
type selection struct {
	only string   // this test alone, when not empty
	skip []string // all but these
}

// An effort says when a job is worth its time.
type effort int

const (
	brief  effort = iota // in every quick run
	fast                 // in a quick run but under modes that cost most
	medium               // in a quick run under modes that cost little
	slow                 // not in a quick run
)

// A status is how one test ended.
type status string

const (
	pass    status = "PASS"
	fail    status = "FAIL"
	skip    status = "SKIP"
	crash   status = "CRASH"   // its program died under it
	timeout status = "TIMEOUT" // its program ran out of time under it
	missing status = "MISSING" // it never ran
)

// exitTest is the name under which a program's exit status appears among its
// tests.
const exitTest = "(exit status)"

// results maps a test's name to how it ended. A job that is one single test
// has that test under the empty name.
type results map[string]status

// count returns the number of tests that ended as s.
func (r results) count(s status) int {
	n := 0
	for _, t := range r {
		if t == s {
			n++
		}
	}
	return n
}

// unfinished returns the tests that had begun when their program ended.
func (r results) unfinished() []string {
	var names []string
	for name, s := range r {
		if (s == crash || s == timeout) && name != exitTest && name != "" {
			names = append(names, name)
		}
	}
	return names
}

// addExit adds the program's exit status as one more test. A failure that a
// test's own result explains is not counted a second time.
func (r results) addExit(out outcome) {
	s := out.status()
	for _, t := range r {
		if t != pass && t != skip {
			s = pass
		}
	}
	r[exitTest] = s
}

// An outcome is what one run of a program left.
type outcome struct {
	text     string // standard output and standard error together
	exit     int    // as a shell would give it: 128+n for signal n
	timedOut bool
	elapsed  time.Duration
}

// status judges a run by its exit status alone.
func (o outcome) status() status {
	switch {
	case o.timedOut:
		return timeout
	case o.exit == 0:
		return pass
	case o.exit > 128:
		return crash
	}
	return fail
}

// interrupted says why a test that began in this run did not end.
func (o outcome) interrupted() status {
	if o.timedOut {
		return timeout
	}
	return crash
}

// A mode is a way to run a job: natively, or behind a prefix.
type mode struct {
	name     string
	prefix   []string
	slowdown time.Duration // the factor by which time limits grow
	quick    effort        // the most that a quick run spends
	mounts   bool          // the directories of the tests are mounts
}

// around returns what to run for c behind m's prefix. With mounts there is an
// empty /tmp with the temporary files, and the working directory and the cache,
// with all that is in them, are bound to their own places.
func (m mode) around(c command, cache string) (prefix []string, _ command) {
	if !m.mounts {
		return m.prefix, c
	}
	prefix = slices.Concat(m.prefix, []string{"--mount", "type=tmpfs,target=/tmp", "-v", cache + ":" + cache, "-v", c.dir + ":" + c.dir, "--"})
	c.env = append(slices.Clone(c.env), "TMPDIR=/tmp")
	return prefix, c
}

var native = mode{name: "native", slowdown: 1, quick: medium}

// modeNames lists the modes that there are.
const modeNames = "native, run, mounts, remote, notify, trace and lines"

// modesOf returns the modes with the given names except native, with which
// every mode is compared anyway. They run the penumbra command at the absolute
// path binary.
func modesOf(names []string, binary string) ([]mode, error) {
	known := []mode{
		native,
		{name: "run", prefix: []string{binary, "run", "--"}, slowdown: 2, quick: medium},
		{name: "mounts", prefix: []string{binary, "run"}, slowdown: 4, quick: fast, mounts: true},
		{name: "remote", prefix: []string{binary, "run", "--shadow=demo", "--"}, slowdown: 6, quick: brief},
		{name: "notify", prefix: []string{binary, "run", "--intercept=notify", "--"}, slowdown: 4, quick: fast},
		{name: "trace", prefix: []string{binary, "run", "--intercept=trace", "--"}, slowdown: 6, quick: fast},
		{name: "lines", prefix: []string{binary, "trace", "-o", "/dev/null", "--"}, slowdown: 6, quick: fast},
	}
	var modes []mode
	for _, name := range names {
		i := slices.IndexFunc(known, func(m mode) bool { return m.name == name })
		if i < 0 {
			return nil, fmt.Errorf("unknown mode %q: the modes are %s", name, modeNames)
		}
		if name != native.name {
			modes = append(modes, known[i])
		}
	}
	return modes, nil
}
