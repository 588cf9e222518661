package abi

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Signal is a signal number of Linux, the same on x86-64, i386 and arm64; see
// signal(7).
type Signal int

// The signals, and the bounds of the real-time ones as the kernel has them
// (glibc keeps the first two to itself).
const (
	SIGHUP    Signal = 1
	SIGINT    Signal = 2
	SIGQUIT   Signal = 3
	SIGILL    Signal = 4
	SIGTRAP   Signal = 5
	SIGABRT   Signal = 6
	SIGBUS    Signal = 7
	SIGFPE    Signal = 8
	SIGKILL   Signal = 9
	SIGUSR1   Signal = 10
	SIGSEGV   Signal = 11
	SIGUSR2   Signal = 12
	SIGPIPE   Signal = 13
	SIGALRM   Signal = 14
	SIGTERM   Signal = 15
	SIGSTKFLT Signal = 16
	SIGCHLD   Signal = 17
	SIGCONT   Signal = 18
	SIGSTOP   Signal = 19
	SIGTSTP   Signal = 20
	SIGTTIN   Signal = 21
	SIGTTOU   Signal = 22
	SIGURG    Signal = 23
	SIGXCPU   Signal = 24
	SIGXFSZ   Signal = 25
	SIGVTALRM Signal = 26
	SIGPROF   Signal = 27
	SIGWINCH  Signal = 28
	SIGIO     Signal = 29
	SIGPWR    Signal = 30
	SIGSYS    Signal = 31
	SIGRTMIN  Signal = 32
	SIGRTMAX  Signal = 64
)

var signalNames = [...]string{
	SIGHUP: "SIGHUP", SIGINT: "SIGINT", SIGQUIT: "SIGQUIT", SIGILL: "SIGILL",
	SIGTRAP: "SIGTRAP", SIGABRT: "SIGABRT", SIGBUS: "SIGBUS", SIGFPE: "SIGFPE",
	SIGKILL: "SIGKILL", SIGUSR1: "SIGUSR1", SIGSEGV: "SIGSEGV", SIGUSR2: "SIGUSR2",
	SIGPIPE: "SIGPIPE", SIGALRM: "SIGALRM", SIGTERM: "SIGTERM", SIGSTKFLT: "SIGSTKFLT",
	SIGCHLD: "SIGCHLD", SIGCONT: "SIGCONT", SIGSTOP: "SIGSTOP", SIGTSTP: "SIGTSTP",
	SIGTTIN: "SIGTTIN", SIGTTOU: "SIGTTOU", SIGURG: "SIGURG", SIGXCPU: "SIGXCPU",
	SIGXFSZ: "SIGXFSZ", SIGVTALRM: "SIGVTALRM", SIGPROF: "SIGPROF", SIGWINCH: "SIGWINCH",
	SIGIO: "SIGIO", SIGPWR: "SIGPWR", SIGSYS: "SIGSYS", SIGRTMIN: "SIGRTMIN",
}

// signalAliases are other names of the same signals.
var signalAliases = map[string]Signal{
	"SIGIOT": SIGABRT, "SIGCLD": SIGCHLD, "SIGPOLL": SIGIO, "SIGRTMAX": SIGRTMAX,
}

// Name returns the name of s, as SIGINT. Real-time signals are named by their
// distance from the first, as strace(1) does: SIGRTMIN, SIGRT_1 to SIGRT_32.
// What is no signal is its number.
func (s Signal) Name() string {
	switch {
	case s > 0 && s <= SIGRTMIN:
		return signalNames[s]
	case s > SIGRTMIN && s <= SIGRTMAX:
		return fmt.Sprintf("SIGRT_%d", int(s-SIGRTMIN))
	}
	return strconv.Itoa(int(s))
}

// String returns the name of s.
func (s Signal) String() string { return s.Name() }

// SignalByName returns the signal of that name, which may lack its SIG. Real-
// time signals may be counted as SIGRT_1, SIGRTMIN+1 or SIGRTMAX-31.
func SignalByName(name string) (s Signal, ok bool) {
	if !strings.HasPrefix(name, "SIG") {
		name = "SIG" + name
	}
	if i := slices.Index(signalNames[:], name); i > 0 {
		return Signal(i), true
	}
	if s, ok = signalAliases[name]; ok {
		return s, true
	}
	for prefix, base := range map[string]Signal{"SIGRT_": SIGRTMIN, "SIGRTMIN+": SIGRTMIN} {
		if rest, found := strings.CutPrefix(name, prefix); found {
			return realTime(rest, base, 1)
		}
	}
	if rest, found := strings.CutPrefix(name, "SIGRTMAX-"); found {
		return realTime(rest, SIGRTMAX, -1)
	}
	return 0, false
}

// realTime returns the real-time signal that lies distance from base.
func realTime(distance string, base, sign Signal) (s Signal, ok bool) {
	n, err := strconv.ParseUint(distance, 10, 6)
	s = base + sign*Signal(n)
	if err != nil || s < SIGRTMIN || s > SIGRTMAX {
		return 0, false
	}
	return s, true
}

// ParseSignal reads a signal as users write it: its name in any case, with or
// without SIG, or its number. An unknown name is an error that names the
// nearest match.
func ParseSignal(word string) (Signal, error) {
	if n, err := strconv.Atoi(word); err == nil {
		if n < 1 || n > int(SIGRTMAX) {
			return 0, fmt.Errorf("%d is no signal: they are 1 to %d", n, int(SIGRTMAX))
		}
		return Signal(n), nil
	}
	name := strings.ToUpper(word)
	if s, ok := SignalByName(name); ok {
		return s, nil
	}
	if !strings.HasPrefix(name, "SIG") {
		name = "SIG" + name
	}
	return 0, Unknown("signal", name, slices.Values(signalNames[1:]))
}
