package abi

import (
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
)

// FlagSet names the bits or the values of one kind of argument or field, as
// the flags of open(2) or the commands of fcntl(2).
type FlagSet struct {
	Name string

	wide     bool // 64 bits count, not 32
	sections []section
}

// section is a part of a FlagSet: a field under a mask, or flags.
type section struct {
	style style
	mask  uint64 // 0 for styleBits
	flags []flag
}

type style uint8

const (
	styleBits   style = iota // each flag by itself
	styleEnum                // one of several values
	styleSignal              // a signal
	styleOctal               // an octal number
)

type flag struct {
	name  string
	value [NumArch]uint64
	has   [NumArch]bool
}

// FlagSetOf returns the set of that name, or nil if there is none. The sets
// are those of flags.txt.
func FlagSetOf(name string) *FlagSet {
	i, ok := slices.BinarySearchFunc(flagSets[:], name, func(set FlagSet, name string) int {
		return strings.Compare(set.Name, name)
	})
	if !ok {
		return nil
	}
	return &flagSets[i]
}

// FlagSets returns all sets, sorted by name.
func FlagSets() []*FlagSet {
	all := make([]*FlagSet, len(flagSets))
	for i := range flagSets {
		all[i] = &flagSets[i]
	}
	return all
}

// OneOf reports whether set has values of which there is one at a time, and no
// flags.
func (set *FlagSet) OneOf() bool {
	return !slices.ContainsFunc(set.sections, func(s section) bool { return s.style != styleEnum })
}

// cut drops the bits of v that the kernel does not look at.
func (set *FlagSet) cut(v uint64) uint64 {
	if set.wide {
		return v
	}
	return uint64(uint32(v))
}

// Format returns v in words, as O_RDONLY|O_CLOEXEC. Bits without a name come
// last, in hexadecimal.
func (set *FlagSet) Format(v uint64, a Arch) string {
	v = set.cut(v)
	rest := v
	var words []string
	for i := range set.sections {
		words, rest = set.sections[i].format(words, v, rest, a, set.cut(^uint64(0)))
	}
	if rest != 0 {
		words = append(words, "0x"+strconv.FormatUint(rest, 16))
	}
	if len(words) == 0 {
		return "0"
	}
	return strings.Join(words, "|")
}

// format appends the words for the part of v that s describes and takes that
// part from rest.
func (s *section) format(words []string, v, rest uint64, a Arch, width uint64) ([]string, uint64) {
	field := v & s.mask & width
	switch {
	case s.style == styleSignal && field != 0:
		return append(words, Signal(field).Name()), rest &^ s.mask
	case s.style == styleOctal && field != 0:
		return append(words, "0"+strconv.FormatUint(field, 8)), rest &^ s.mask
	case s.style == styleEnum:
		for i := range s.flags {
			if f := &s.flags[i]; f.has[a] && f.value[a] == field {
				return append(words, f.name), rest &^ s.mask
			}
		}
		return words, rest
	}
	for i := range s.flags {
		f := &s.flags[i]
		if !f.has[a] {
			continue
		}
		if bits := f.value[a]; bits == 0 && v == 0 || bits != 0 && rest&bits == bits {
			words, rest = append(words, f.name), rest&^bits
		}
	}
	return words, rest
}

// Value returns the value of the flag of that name on a, or ok == false if a
// has no such flag.
func (set *FlagSet) Value(name string, a Arch) (v uint64, ok bool) {
	for i := range set.sections {
		for j := range set.sections[i].flags {
			if f := &set.sections[i].flags[j]; f.name == name && f.has[a] {
				return f.value[a], true
			}
		}
	}
	return 0, false
}

// Parse returns the value of names and numbers joined by |, as Format writes
// them. An unknown name is an error that names the nearest match.
func (set *FlagSet) Parse(expr string, a Arch) (uint64, error) {
	var v uint64
	for word := range strings.SplitSeq(expr, "|") {
		word = strings.TrimSpace(word)
		part, ok := set.Value(word, a)
		if !ok {
			part, ok = set.parseOther(word)
		}
		if !ok {
			return 0, fmt.Errorf("parse %s flags %q: %w", set.Name, expr, Unknown("flag", word, set.Names(a)))
		}
		v |= part
	}
	return v, nil
}

// parseOther reads a number or, if the set has a field for one, a signal.
func (set *FlagSet) parseOther(word string) (v uint64, ok bool) {
	if n, err := strconv.ParseUint(word, 0, 64); err == nil {
		return n, true
	}
	if !slices.ContainsFunc(set.sections, func(s section) bool { return s.style == styleSignal }) {
		return 0, false
	}
	s, ok := SignalByName(word)
	return uint64(s), ok
}

// Names yields the names of the flags that set has on a, in the order of
// flags.txt.
func (set *FlagSet) Names(a Arch) iter.Seq[string] {
	return func(yield func(string) bool) {
		for i := range set.sections {
			for _, f := range set.sections[i].flags {
				if f.has[a] && !yield(f.name) {
					return
				}
			}
		}
	}
}
