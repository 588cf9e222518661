package main

import "slices"

// An exception is a test that is not held against a mode, with the reason.
type exception struct {
	suite, job string
	test       string // as the suite itself names it; "" is the whole job
	why        string
}

// excluded tests are never run, under no mode.
var excluded = []exception{
	{"gostd", "syscall", "TestExecPtrace", "traces its own child, which already has a tracer"},
	{"gostd", "runtime", "TestGdb.*", "gdb traces its program, which already has a tracer"},
	{"gostd", "runtime", "TestLldb.*", "lldb traces its program, which already has a tracer"},
	{"cpython", "test_socket", "ThreadedVSOCKSocketStreamTest", "waits for ever where the hypervisor's socket device has no peer"},
}

// long tests are left to runs that are not quick.
var long = []exception{
	{"gostd", "os", "TestRootMulti(Rename|Link)", "thousands of pairs of paths: half of the package's calls, all of two kinds"},
}

// expected lists tests that pass natively and fail here because of where they
// run and not because of how Penumbra answers. It is empty: an entry needs a
// reason that would convince whoever wrote the test.
var expected = []exception{}

// skipped returns the names of j's tests that are not to run, in the form
// that its own skip option takes.
func skipped(j job, quick bool) []string {
	table := excluded
	if quick {
		table = slices.Concat(excluded, long)
	}
	var names []string
	for _, e := range table {
		if e.suite == j.suite && e.job == j.name {
			names = append(names, e.test)
		}
	}
	return names
}

// isExpected reports whether a difference in test of j is in the given table.
func isExpected(table []exception, j job, test string) bool {
	for _, e := range table {
		if e.suite == j.suite && e.job == j.name && e.test == test {
			return true
		}
	}
	return false
}
