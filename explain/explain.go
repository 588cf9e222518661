// Package explain writes pages about Linux's call interface for people: one
// for each call, class of calls, error, signal and flag. All that they say
// comes from package abi.
package explain

import (
	"slices"
	"strings"

	"penumbra/abi"
)

// Lookup returns the page about what name names, in lines of 80 columns or
// fewer, or ok == false if it names nothing. A name is that
//
//   - of a call (openat), or of a page of section 2 of the manual about calls
//     that are named otherwise (pread),
//   - of a class of calls, as abi.ParseSet has them (%network),
//   - of an error (ENOENT),
//   - of a signal (SIGPIPE), also without its SIG,
//   - of a flag or value (O_CLOEXEC).
//
// Small letters will do for those that have large ones.
func Lookup(name string) (text string, ok bool) {
	for _, name := range []string{name, strings.ToUpper(name)} {
		for _, find := range []func(string) (string, bool){class, call, manualPage, errno, signal, flag, shortSignal} {
			if text, ok = find(name); ok {
				return text, true
			}
		}
	}
	return "", false
}

// Names returns the names of calls, classes, errors and signals.
func Names() []string {
	var names []string
	for _, s := range abi.Syscalls() {
		names = append(names, s.Name)
	}
	names = append(names, abi.Classes()...)
	for e := range abi.Errno(600) {
		if name := e.Name(); strings.HasPrefix(name, "E") {
			names = append(names, name)
		}
	}
	for s := abi.SIGHUP; s <= abi.SIGRTMIN; s++ {
		names = append(names, s.Name())
	}
	return names
}

// Flags returns the names of all flags and values, sorted.
func Flags() []string {
	var names []string
	for _, set := range abi.FlagSets() {
		names = append(names, flagNames(set)...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// arches are the architectures, with the names that a page has for them.
var arches = []struct {
	arch abi.Arch
	name string
}{{abi.AMD64, "x86-64"}, {abi.I386, "i386"}, {abi.ARM64, "arm64"}}

// perArch says what value returns for each of the architectures.
func perArch(value func(abi.Arch) string) string {
	on := map[string][]string{}
	var values []string
	for _, a := range arches {
		v := value(a.arch)
		if on[v] == nil {
			values = append(values, v)
		}
		on[v] = append(on[v], a.name)
	}
	if len(values) == 1 {
		return values[0] + " on all architectures"
	}
	for i, v := range values {
		values[i] = v + " on " + strings.Join(on[v], " and ")
	}
	return strings.Join(values, ", ")
}
