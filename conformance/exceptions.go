package main

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
	{"cpython", "test_socket", "*VSOCK*", "needs a hypervisor's socket device, and waits for ever on some without a peer"},
}

// expected lists tests that pass natively and fail here because of where they
// run and not because of how Penumbra answers. It is empty: an entry needs a
// reason that would convince whoever wrote the test.
var expected = []exception{}

// skipped returns the names of j's excluded tests, for its own skip option.
func skipped(j job) []string {
	var names []string
	for _, e := range excluded {
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
