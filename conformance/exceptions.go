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
	{"gostd", "syscall", "TestExecPtrace", "traces its own child, and a guest may not trace"},
	{"gostd", "runtime", "TestGdb.*", "gdb traces its program, and a guest may not trace"},
	{"gostd", "runtime", "TestLldb.*", "lldb traces its program, and a guest may not trace"},
	{"gostd", "runtime", "TestUsingVDSO", "runs strace on itself, and a guest may not trace"},
	{"cpython", "test_socket", "ThreadedVSOCKSocketStreamTest", "waits for ever where the hypervisor's socket device has no peer"},
}

// long tests are left to runs that are not quick.
var long = []exception{
	{"gostd", "os", "TestRootMulti(Rename|Link)", "thousands of pairs of paths: half of the package's calls, all of two kinds"},
}

// expected lists tests that pass natively and fail here because of where they
// run and not because of how Penumbra answers. An entry needs a reason that
// would convince whoever wrote the test.
var expected = func() []exception {
	const why = "skips itself where it is traced, as a debugger would be in its way"
	var list []exception
	for _, kind := range []string{"", "GC", "GrowStack", "Large", "Panic", "UnsafePoint"} {
		list = append(list, exception{"gostd", "runtime", "TestDebugCall" + kind, why})
	}
	return list
}()

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
