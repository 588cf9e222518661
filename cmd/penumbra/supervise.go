package main

import (
	"os"
	"syscall"
)

// runGuest runs argv under opts and returns the exit status for penumbra.
func runGuest(opts runOptions, argv []string) (exit int) {
	s := streams{out: os.Stdout, err: os.Stderr}
	if opts.intercept != interceptNone || opts.killOrphans {
		return s.fail("run: this build has no engine: it can neither intercept calls nor look after orphans", exitFailure)
	}
	path, err := lookCommand(argv[0])
	if err != nil {
		return s.fail("run: "+err.Error(), exitOf(err))
	}
	err = explainExec(argv[0], path, execCommand(path, argv, os.Environ(), syscall.Exec))
	return s.fail("run: "+err.Error(), exitOf(err))
}
