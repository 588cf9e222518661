package abi

import (
	"maps"
	"slices"
	"strings"
	"sync"
)

// The classes of ParseSet that are no Class of their own, and the calls
// beyond its own, or fewer, that a Class has there. strace(1) drew these lines;
// the sets by argument kinds follow them without a list.
const (
	alsoFile    = words("fsconfig")
	alsoMemory  = words("shmat shmdt io_setup io_destroy io_uring_register")
	alsoNetwork = words("sendfile sendfile64 getpmsg putpmsg")
	alsoSignal  = words("signalfd signalfd4 io_uring_enter")

	notFile = words("open_by_handle_at")
	notDesc = words("close_range epoll_ctl_old epoll_wait_old io_setup io_destroy io_submit io_cancel io_getevents " +
		"io_pgetevents io_pgetevents_time64")
	notMemory = words("pkey_alloc pkey_free process_madvise")
	notIPC    = words("mq_open mq_unlink mq_timedsend mq_timedsend_time64 mq_timedreceive mq_timedreceive_time64 " +
		"mq_notify mq_getsetattr")

	// The life of processes, which ClassProcess is more than.
	lifeCalls = words("fork vfork clone clone3 execve execveat exit exit_group wait4 waitid waitpid " +
		"kill tkill tgkill rt_sigqueueinfo rt_tgsigqueueinfo pidfd_send_signal")

	clockCalls = words("time stime gettimeofday settimeofday adjtimex " +
		"clock_adjtime clock_adjtime64 clock_gettime clock_gettime64 " +
		"clock_settime clock_settime64 clock_getres clock_getres_time64")
	pureCalls = words("getpid getppid gettid getpgrp " +
		"getuid geteuid getgid getegid getuid32 geteuid32 getgid32 getegid32")
	statCalls    = words("stat stat64 oldstat")
	lstatCalls   = words("lstat lstat64 oldlstat")
	fstatCalls   = words("fstat fstat64 oldfstat newfstatat fstatat64 statx")
	statfsCalls  = words("statfs statfs64")
	fstatfsCalls = words("fstatfs fstatfs64")
)

// words are names of calls with spaces between them: constants, so that a start
// of the program costs nothing for them.
type words string

func (w words) has(name string) bool {
	for word := range strings.FieldsSeq(string(w)) {
		if word == name {
			return true
		}
	}
	return false
}

// classes returns the classes that ParseSet knows, by the word that follows %.
var classes = sync.OnceValue(func() map[string]func(*Syscall) bool {
	return map[string]func(*Syscall) bool{
		"file":     without(notFile, (*Syscall).namesFile),
		"desc":     without(notDesc, (*Syscall).usesDescriptor),
		"memory":   without(notMemory, classAnd(ClassMemory, alsoMemory)),
		"network":  classAnd(ClassNetwork, alsoNetwork),
		"net":      classAnd(ClassNetwork, alsoNetwork),
		"signal":   classAnd(ClassSignal, alsoSignal),
		"process":  named(lifeCalls),
		"time":     classAnd(ClassTime, ""),
		"identity": classAnd(ClassIdentity, ""),
		"ipc":      without(notIPC, classAnd(ClassIPC, "")),
		"machine":  classAnd(ClassMachine, ""),
		"other":    classAnd(ClassOther, ""),
		"creds":    (*Syscall).usesCredentials,
		"clock":    named(clockCalls),
		"pure":     named(pureCalls),
		"stat":     named(statCalls),
		"lstat":    named(lstatCalls),
		"fstat":    named(fstatCalls),
		"%stat":    named(statCalls, lstatCalls, fstatCalls),
		"statfs":   named(statfsCalls),
		"fstatfs":  named(fstatfsCalls),
		"%statfs":  named(statfsCalls, fstatfsCalls, "ustat"),
	}
})

func classAnd(c Class, also words) func(*Syscall) bool {
	return func(s *Syscall) bool { return s.Class == c || also.has(s.Name) }
}

func without(not words, keep func(*Syscall) bool) func(*Syscall) bool {
	return func(s *Syscall) bool { return keep(s) && !not.has(s.Name) }
}

func named(lists ...words) func(*Syscall) bool {
	return func(s *Syscall) bool {
		return slices.ContainsFunc(lists, func(w words) bool { return w.has(s.Name) })
	}
}

func (s *Syscall) hasArg(kinds ...Kind) bool {
	return slices.ContainsFunc(s.Args, func(arg Arg) bool { return slices.Contains(kinds, arg.Kind) })
}

func (s *Syscall) namesFile() bool {
	return s.Class == ClassFile || s.hasArg(KindPath) || alsoFile.has(s.Name)
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
	for _, name := range slices.Sorted(maps.Keys(classes())) {
		all = append(all, "%"+name)
	}
	return all
}

func parseClass(item string) (Set, error) {
	if keep := classes()[item[1:]]; keep != nil {
		return setWhere(keep), nil
	}
	return Set{}, Unknown("class", item, slices.Values(Classes()))
}
