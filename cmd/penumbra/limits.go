package main

import (
	"golang.org/x/sys/unix"

	"penumbra/intercept"
)

func limit(resource int, softHard [2]uint64) intercept.Limit {
	return intercept.Limit{Resource: resource, Rlimit: unix.Rlimit{Cur: softHard[0], Max: softHard[1]}}
}

// growFiles lifts this process's limit on the size of files as far as it may,
// lest what was meant for the guest cut its trace short. It returns the limit that
// the guest is to have.
func growFiles() []intercept.Limit {
	own := limit(unix.RLIMIT_FSIZE, [2]uint64{})
	if err := unix.Getrlimit(unix.RLIMIT_FSIZE, &own.Rlimit); err != nil {
		return nil
	}
	if unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: unix.RLIM_INFINITY, Max: unix.RLIM_INFINITY}) != nil &&
		unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: own.Max, Max: own.Max}) != nil {
		return nil
	}
	return []intercept.Limit{own}
}
