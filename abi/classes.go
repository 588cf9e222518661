package abi

import (
	"maps"
	"slices"
	"strings"
)

// The classes of ParseSet that are no Class of their own, and the calls
// beyond its own that a Class has there. strace(1) drew these lines; the sets
// by argument kinds follow them without a list.
var (
	alsoMemory  = words("shmat shmdt io_setup io_destroy io_uring_register")
	alsoNetwork = words("sendfile sendfile64 getpmsg putpmsg")
	alsoSignal  = words("signalfd signalfd4")
	alsoProcess = words("kill tkill tgkill rt_sigqueueinfo rt_tgsigqueueinfo pidfd_send_signal")

	clockCalls = words("time stime gettimeofday settimeofday adjtimex " +
		"clock_adjtime clock_adjtime64 clock_gettime clock_gettime64 " +
		"clock_settime clock_settime64 clock_getres clock_getres_time64")
	pureCalls = words("getpid getppid gettid getpgrp " +
		"getuid geteuid getgid getegid getuid32 geteuid32 getgid32 getegid32")
	statCalls    = words("stat stat64 oldstat")
	lstatCalls   = words("lstat lstat64 oldlstat")
	fstatCalls   = words("fstat fstat64 oldfstat newfstatat fstatat64")
	statfsCalls  = words("statfs statfs64")
	fstatfsCalls = words("fstatfs fstatfs64")
)

func words(s string) []string { return strings.Fields(s) }

// classes are the classes that ParseSet knows, by the word that follows %.
var classes = map[string]func(*Syscall) bool{
	"file":     func(s *Syscall) bool { return s.Class == ClassFile || s.hasArg(KindPath) },
	"desc":     (*Syscall).usesDescriptor,
	"memory":   classAnd(ClassMemory, alsoMemory),
	"network":  classAnd(ClassNetwork, alsoNetwork),
	"net":      classAnd(ClassNetwork, alsoNetwork),
	"signal":   classAnd(ClassSignal, alsoSignal),
	"process":  classAnd(ClassProcess, alsoProcess),
	"time":     classAnd(ClassTime, nil),
	"identity": classAnd(ClassIdentity, nil),
	"ipc":      classAnd(ClassIPC, nil),
	"machine":  classAnd(ClassMachine, nil),
	"other":    classAnd(ClassOther, nil),
	"creds":    (*Syscall).usesCredentials,
	"clock":    named(clockCalls),
	"pure":     named(pureCalls),
	"stat":     named(statCalls),
	"lstat":    named(lstatCalls),
	"fstat":    named(fstatCalls),
	"%stat":    named(statCalls, lstatCalls, fstatCalls, words("statx")),
	"statfs":   named(statfsCalls),
	"fstatfs":  named(fstatfsCalls),
	"%statfs":  named(statfsCalls, fstatfsCalls, words("ustat")),
}

func classAnd(c Class, also []string) func(*Syscall) bool {
	return func(s *Syscall) bool { return s.Class == c || slices.Contains(also, s.Name) }
}

func named(lists ...[]string) func(*Syscall) bool {
	all := slices.Concat(lists...)
	return func(s *Syscall) bool { return slices.Contains(all, s.Name) }
}

func (s *Syscall) hasArg(kinds ...Kind) bool {
	return slices.ContainsFunc(s.Args, func(arg Arg) bool { return slices.Contains(kinds, arg.Kind) })
}

func (s *Syscall) usesDescriptor() bool {
	if s.Class == ClassNetwork {
		return false
	}
	return s.Class == ClassDesc || s.Returns == KindFD || s.hasArg(KindFD, KindDirFD, KindFDPair)
}

func (s *Syscall) usesCredentials() bool {
	if s.Name == "prctl" || s.Name == "capget" || s.Name == "capset" {
		return true
	}
	return s.Class == ClassIdentity &&
		(strings.Contains(s.Name, "uid") || strings.Contains(s.Name, "gid") || strings.Contains(s.Name, "groups")) &&
		!strings.Contains(s.Name, "pgid")
}

// Classes returns the classes that ParseSet knows, each with its %, sorted.
func Classes() []string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(classes)) {
		all = append(all, "%"+name)
	}
	return all
}

func parseClass(item string) (Set, error) {
	if keep := classes[item[1:]]; keep != nil {
		return setWhere(keep), nil
	}
	return Set{}, Unknown("class", item, slices.Values(Classes()))
}
