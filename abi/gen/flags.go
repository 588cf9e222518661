package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// flagSet is a set of flags.txt.
type flagSet struct {
	line
	name     string
	wide     bool
	headers  string
	unknown  string // what stands for a name that there is none of
	sections []*section
}

// section is a part of a set: one field, or flags.
type section struct {
	style string // the identifier of a style of abi
	mask  uint64 // 0 for flags
	unit  string // of a shifted number: the name of what it is shifted by
	flags []*flag
}

type flag struct {
	line
	name  string
	value [3]uint64
	has   [3]bool
	isNew bool
}

// parseFlags returns the sets sorted by name.
func parseFlags(lines []line) ([]*flagSet, error) {
	byName := map[string]*flagSet{}
	var sets []*flagSet
	for _, l := range lines {
		if l.fields[0] == "set" {
			set, err := parseSetHead(l)
			if err != nil {
				return nil, err
			}
			if byName[set.name] != nil {
				return nil, l.errorf("the set %s is described twice", set.name)
			}
			byName[set.name] = set
			sets = append(sets, set)
			continue
		}
		if len(sets) == 0 {
			return nil, l.errorf("a value outside of a set")
		}
		if err := sets[len(sets)-1].parse(l); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(sets, func(a, b *flagSet) int { return strings.Compare(a.name, b.name) })
	return sets, nil
}

func parseSetHead(l line) (*flagSet, error) {
	if len(l.fields) < 2 {
		return nil, l.errorf("a set has no name")
	}
	set := &flagSet{line: l, name: l.fields[1]}
	for _, word := range l.fields[2:] {
		if headers, ok := strings.CutPrefix(word, "h="); ok {
			set.headers = headers
		} else if name, ok := strings.CutPrefix(word, "?="); ok {
			set.unknown = name
		} else if word == "wide" {
			set.wide = true
		} else {
			return nil, l.errorf("unknown word %q after a set", word)
		}
	}
	return set, nil
}

var styles = map[string]string{
	"enum": "styleEnum", "bits": "styleBits", "signal": "styleSignal", "octal": "styleOctal",
	"number": "styleNumber", "shifted": "styleShifted",
}

func (set *flagSet) parse(l line) error {
	if style := styles[l.fields[0]]; style != "" {
		s := &section{style: style}
		if style == "styleEnum" {
			s.mask = 1<<64 - 1
		}
		if len(l.fields) > 1 {
			var err error
			if s.mask, err = strconv.ParseUint(l.fields[1], 0, 64); err != nil || s.mask == 0 || style == "styleBits" {
				return l.errorf("malformed mask %q", l.fields[1])
			}
		}
		if style == "styleShifted" {
			if len(l.fields) != 3 {
				return l.errorf("a shifted number is: shifted mask name")
			}
			s.unit = l.fields[2]
		}
		set.sections = append(set.sections, s)
		return nil
	}
	if len(set.sections) == 0 {
		set.sections = append(set.sections, &section{style: "styleBits"})
	}
	s := set.sections[len(set.sections)-1]
	f, err := parseFlag(l)
	if err != nil {
		return err
	}
	for i := range archs {
		if f.has[i] && !set.wide && f.value[i]>>32 != 0 {
			return l.errorf("%s has more than 32 bits, and %s is not wide", f.name, set.name)
		}
		if f.has[i] && s.mask != 0 && f.value[i]&^s.mask != 0 {
			return l.errorf("%s has bits outside of the mask %#x", f.name, s.mask)
		}
	}
	s.flags = append(s.flags, f)
	return nil
}

func parseFlag(l line) (*flag, error) {
	if len(l.fields) < 2 {
		return nil, l.errorf("a value is: name value [arch=value] [new]")
	}
	f := &flag{line: l, name: l.fields[0], has: [3]bool{true, true, true}}
	v, err := strconv.ParseUint(l.fields[1], 0, 64)
	if err != nil {
		return nil, l.errorf("%s: %q is no number", f.name, l.fields[1])
	}
	f.value = [3]uint64{v, v, v}
	for _, word := range l.fields[2:] {
		if word == "new" {
			f.isNew = true
			continue
		}
		arch, value, _ := strings.Cut(word, "=")
		i := slices.Index(archs, arch)
		if i < 0 {
			return nil, l.errorf("%s: unknown word %q", f.name, word)
		}
		if f.has[i] = value != "-"; f.has[i] {
			if f.value[i], err = strconv.ParseUint(value, 0, 64); err != nil {
				return nil, l.errorf("%s: %q is no number", f.name, value)
			}
		}
	}
	return f, nil
}

// nameless returns what stands for a name that there is none of: what the names
// of set begin with, up to a _, and ???.
func (set *flagSet) nameless() string {
	if set.unknown != "" {
		return set.unknown
	}
	common, first := "", true
	for _, s := range set.sections {
		for _, f := range s.flags {
			if first {
				common, first = f.name, false
			}
			for !strings.HasPrefix(f.name, common) {
				common = common[:len(common)-1]
			}
		}
	}
	if first {
		return "" // none has a name
	}
	return common[:strings.LastIndexByte(common, '_')+1] + "???"
}

// flagsSource returns the Go source of the sets.
func flagsSource(sets []*flagSet) []byte {
	b := newSource("flags.txt")
	b.WriteString("var flagSets = [...]FlagSet{\n")
	for _, set := range sets {
		fmt.Fprintf(b, "{Name: %q, Unknown: %q, wide: %t, sections: []section{\n", set.name, set.nameless(), set.wide)
		for _, s := range set.sections {
			fmt.Fprintf(b, "{style: %s, mask: %#x, unit: %q, flags: []flag{\n", s.style, s.mask, s.unit)
			for _, f := range s.flags {
				fmt.Fprintf(b, "{%q, [NumArch]uint64{%#x, %#x, %#x}, [NumArch]bool{%t, %t, %t}},\n",
					f.name, f.value[0], f.value[1], f.value[2], f.has[0], f.has[1], f.has[2])
			}
			b.WriteString("}},\n")
		}
		b.WriteString("}},\n")
	}
	b.WriteString("}\n")
	return b.Bytes()
}
