package abi

import (
	"fmt"
	"iter"
	"math/bits"
	"slices"
	"sort"
	"strconv"
	"strings"
)

// FlagSet names the bits or the values of one kind of argument or field, as
// the flags of open(2) or the commands of fcntl(2).
type FlagSet struct {
	Name string
	// Unknown stands for a name that the set lacks, as O_???.
	Unknown string

	wide     bool // 64 bits count, not 32
	sections []section
}

// section is a part of a FlagSet: a field under a mask, or flags.
type section struct {
	style style
	mask  uint64 // 0 for styleBits
	unit  string // of styleShifted
	flags []flag
}

type style uint8

const (
	styleBits    style = iota // each flag by itself
	styleEnum                 // one of several values
	styleSignal               // a signal
	styleOctal                // an octal number
	styleNumber               // a decimal number
	styleShifted              // a decimal number with the name of its place, if not 0
)

type flag struct {
	name  string
	value [NumArch]uint64
	has   [NumArch]bool
}

// FlagSetOf returns the set of that name, or nil if there is none. The sets
// are those of flags.txt.
func FlagSetOf(name string) *FlagSet {
	i, ok := sort.Find(len(flagSets), func(i int) int { return strings.Compare(name, flagSets[i].Name) })
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
	return string(set.append(nil, v, a, ""))
}

// Append appends v in words to b, as Format does, but with a comment behind a
// number that stands where a name belongs: behind a value that is none of an
// enum's, and behind flags none of which has a name, as 0x8 /* MREMAP_??? */.
func (set *FlagSet) Append(b []byte, v uint64, a Arch) []byte {
	return set.append(b, v, a, set.Unknown)
}

func (set *FlagSet) append(b []byte, v uint64, a Arch, unknown string) []byte {
	w := flagWriter{b: b, start: len(b), arch: a, v: set.cut(v), unknown: unknown}
	w.rest = w.v
	for i := range set.sections {
		w.section(&set.sections[i])
	}
	w.unnamed(0)
	if w.fresh() {
		w.word("0")
	}
	return w.b
}

// A flagWriter appends the words of one value.
type flagWriter struct {
	b       []byte
	start   int
	arch    Arch
	v       uint64
	rest    uint64 // what no word stands for yet
	unknown string
}

func (w *flagWriter) fresh() bool { return len(w.b) == w.start }

func (w *flagWriter) word(name string) {
	if !w.fresh() {
		w.b = append(w.b, '|')
	}
	w.b = append(w.b, name...)
}

func (w *flagWriter) hex(v uint64) {
	if v == 0 {
		w.word("0")
		return
	}
	w.word("0x")
	w.b = strconv.AppendUint(w.b, v, 16)
}

func (w *flagWriter) comment() {
	if w.unknown != "" {
		w.b = append(append(append(w.b, " /* "...), w.unknown...), " */"...)
	}
}

// unnamed appends the bits that have no name, but those under a mask.
func (w *flagWriter) unnamed(mask uint64) {
	bits := w.rest &^ mask
	if bits == 0 {
		return
	}
	fresh := w.fresh()
	w.hex(bits)
	if fresh {
		w.comment()
	}
	w.rest &= mask
}

// section appends the words for what s describes, and takes that from rest.
// A number comes behind all flags.
func (w *flagWriter) section(s *section) {
	field := w.v & s.mask
	switch s.style {
	case styleBits:
		w.bits(s.flags)
		return
	case styleEnum:
		if f := s.named(field, w.arch); f != nil {
			w.word(f.name)
		} else {
			w.hex(field)
			w.comment()
		}
	default:
		w.unnamed(s.mask)
		w.numeral(s, field>>bits.TrailingZeros64(s.mask))
	}
	w.rest &^= s.mask
}

// numeral appends a field that is a number.
func (w *flagWriter) numeral(s *section, n uint64) {
	switch {
	case s.style == styleNumber:
		w.word("")
		w.b = strconv.AppendUint(w.b, n, 10)
	case s.style == styleShifted && n != 0:
		w.word("")
		w.b = append(append(strconv.AppendUint(w.b, n, 10), "<<"...), s.unit...)
	case s.style == styleSignal && n != 0:
		w.word(Signal(n).Name())
	case s.style == styleOctal:
		w.word("0")
		if n < 0o10 {
			w.b = append(w.b, '0')
		}
		if n == 0 {
			w.b = append(w.b, '0')
			return
		}
		w.b = strconv.AppendUint(w.b, n, 8)
	}
}

func (w *flagWriter) bits(flags []flag) {
	for i := range flags {
		f := &flags[i]
		if !f.has[w.arch] {
			continue
		}
		if bits := f.value[w.arch]; bits == 0 && w.v == 0 || bits != 0 && w.rest&bits == bits {
			w.word(f.name)
			w.rest &^= bits
			if w.rest == 0 && bits != 0 {
				return
			}
		}
	}
}

// named returns the flag of s that has exactly that value, or nil.
func (s *section) named(value uint64, a Arch) *flag {
	for i := range s.flags {
		if f := &s.flags[i]; f.has[a] && f.value[a] == value {
			return f
		}
	}
	return nil
}

// NameOf returns the name of v, if v has one by itself: as one of an enum's values
// or as a single flag.
func (set *FlagSet) NameOf(v uint64, a Arch) (name string, ok bool) {
	for i := range set.sections {
		if f := set.sections[i].named(set.cut(v), a); f != nil {
			return f.name, true
		}
	}
	return "", false
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

// parseOther reads a number or, if the set has a field for one, a signal or a
// shifted number.
func (set *FlagSet) parseOther(word string) (v uint64, ok bool) {
	if n, err := strconv.ParseUint(word, 0, 64); err == nil {
		return n, true
	}
	for _, s := range set.sections {
		switch digits, shifted := strings.CutSuffix(word, "<<"+s.unit); {
		case s.style == styleSignal:
			n, ok := SignalByName(word)
			return uint64(n), ok
		case s.style == styleShifted && shifted:
			n, err := strconv.ParseUint(digits, 10, 64)
			return n << bits.TrailingZeros64(s.mask), err == nil
		}
	}
	return 0, false
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
