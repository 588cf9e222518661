package main

import "slices"

// An exception is a test that is not held against a mode, with the reason.
type exception struct {
	mode       string // the only one that it is about, or ""
	suite, job string
	test       string // as the suite itself names it; "" is the whole job
	why        string
}

// excluded tests are never run, under no mode.
var excluded = []exception{
	{suite: "gostd", job: "syscall", test: "TestExecPtrace", why: "traces its own child, and a guest may not trace"},
	{suite: "gostd", job: "runtime", test: "TestGdb.*", why: "gdb traces its program, and a guest may not trace"},
	{suite: "gostd", job: "runtime", test: "TestLldb.*", why: "lldb traces its program, and a guest may not trace"},
	{suite: "gostd", job: "runtime", test: "TestUsingVDSO", why: "runs strace on itself, and a guest may not trace"},
	{suite: "cpython", job: "test_socket", test: "ThreadedVSOCKSocketStreamTest", why: "waits for ever where the hypervisor's socket device has no peer"},
}

// long tests are left to runs that are not quick.
var long = []exception{
	{suite: "gostd", job: "syscall", test: "TestUnshareMountNameSpaceChroot", why: "builds a program, which takes longer than all else of the package"},
	{suite: "gostd", job: "os", test: "TestRootMulti(Rename|Link)", why: "thousands of pairs of paths: half of the package's calls, all of two kinds"},
}

// expected lists tests that pass natively and fail here because of where they
// run and not because of how Penumbra answers, or for a limit that docs/mounts.md or
// docs/shadow.md names. An entry needs a reason that would convince whoever wrote the
// test.
var expected = slices.Concat(traced, []exception{
	{mode: "mounts", suite: "gostd", job: "os", test: "TestGetwdDeepWithPWDSet", why: "goes up by .. from a directory with a path of more than 4095 bytes"},
	{mode: "mounts", suite: "gostd", job: "os/exec", test: "TestFindExecutableVsNoexec", why: "mounts a file system on a mount, which is refused"},
	{mode: "mounts", suite: "gostd", job: "syscall", test: "TestUnshareMountNameSpace", why: "mounts a file system on a mount, which is refused"},
	{mode: "remote", suite: "gostd", job: "os", test: "TestRootDirFS", why: "compares a directory's size before and after it was read: a copy's grows with that"},
	{mode: "remote", suite: "gostd", job: "syscall", test: "TestUnshareMountNameSpace", why: "mounts a file system in a mount namespace of its own, which is refused in a mount, and / is one"},
})

// traced lists tests that skip themselves where they are traced, as a debugger
// would be in their way.
var traced = func() []exception {
	var list []exception
	for _, kind := range []string{"", "GC", "GrowStack", "Large", "Panic", "UnsafePoint"} {
		list = append(list, exception{suite: "gostd", job: "runtime", test: "TestDebugCall" + kind, why: "skips itself where it is traced"})
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

// isExpected reports whether a difference in test of j under m is in the given
// table.
func isExpected(table []exception, j job, m mode, test string) bool {
	for _, e := range table {
		if e.suite == j.suite && e.job == j.name && e.test == test && (e.mode == "" || e.mode == m.name) {
			return true
		}
	}
	return false
}
