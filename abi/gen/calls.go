package main

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// The architectures in the order of abi.Arch.
var archs = []string{"amd64", "i386", "arm64"}

// call is a line of syscalls.txt with the variants that follow it.
type call struct {
	line
	name          string
	number        [3]int
	class         string
	axis          string
	eintr         bool
	norestart     bool
	noreturn      bool
	unimplemented bool
	result        arg
	args          []arg
	variants      [3][]arg // nil where args hold
}

var classIdents = map[string]string{
	"file": "ClassFile", "desc": "ClassDesc", "process": "ClassProcess",
	"memory": "ClassMemory", "signal": "ClassSignal", "time": "ClassTime",
	"identity": "ClassIdentity", "network": "ClassNetwork", "ipc": "ClassIPC",
	"machine": "ClassMachine", "other": "ClassOther",
}

var axisIdents = map[string]string{"own": "AxisOwn", "where": "AxisWhere", "map": "AxisMap", "both": "AxisBoth"}

// parseCalls returns the calls sorted by name.
func parseCalls(lines []line) ([]*call, error) {
	byName := map[string]*call{}
	var calls []*call
	for _, l := range lines {
		if name, on, ok := strings.Cut(l.fields[0], "@"); ok {
			if err := parseVariant(l, byName[name], on); err != nil {
				return nil, err
			}
			continue
		}
		c, err := parseCall(l)
		if err != nil {
			return nil, err
		}
		if first := byName[c.name]; first != nil {
			return nil, l.errorf("%s is described twice, first in line %d", c.name, first.line.number)
		}
		byName[c.name] = c
		calls = append(calls, c)
	}
	if err := checkNumbers(calls); err != nil {
		return nil, err
	}
	slices.SortFunc(calls, func(a, b *call) int { return cmp.Compare(a.name, b.name) })
	return calls, nil
}

func parseCall(l line) (*call, error) {
	if len(l.fields) < 8 {
		return nil, l.errorf("%d columns, a call has 8 or more: name amd64 i386 arm64 class axis flags result args", len(l.fields))
	}
	c := &call{line: l, name: l.fields[0], class: l.fields[4], axis: l.fields[5]}
	present := false
	for i, word := range l.fields[1:4] {
		if c.number[i] = -1; word == "-" {
			continue
		}
		n, err := strconv.ParseUint(word, 10, 12)
		if err != nil {
			return nil, l.errorf("the number of %s on %s is %q, not a number or -", c.name, archs[i], word)
		}
		c.number[i], present = int(n), true
	}
	if !present {
		return nil, l.errorf("%s has no number on any architecture", c.name)
	}
	if classIdents[c.class] == "" {
		return nil, l.errorf("%s: unknown class %q", c.name, c.class)
	}
	if axisIdents[c.axis] == "" {
		return nil, l.errorf("%s: unknown axis %q", c.name, c.axis)
	}
	if err := c.parseFlags(l.fields[6]); err != nil {
		return nil, err
	}
	var err error
	if c.result, err = parseArg(l, "result:"+l.fields[7]); err != nil {
		return nil, err
	}
	c.args, err = parseArgs(l, l.fields[8:])
	return c, err
}

func (c *call) parseFlags(column string) error {
	if column == "-" {
		return nil
	}
	for word := range strings.SplitSeq(column, ",") {
		switch word {
		case "eintr":
			c.eintr = true
		case "norestart":
			c.eintr, c.norestart = true, true
		case "noreturn":
			c.noreturn = true
		case "unimplemented":
			c.unimplemented = true
		default:
			return c.line.errorf("%s: unknown flag %q", c.name, word)
		}
	}
	return nil
}

func parseVariant(l line, c *call, on string) error {
	if c == nil {
		return l.errorf("%s is a variant of no call described above it", l.fields[0])
	}
	args, err := parseArgs(l, l.fields[1:])
	if err != nil {
		return err
	}
	for word := range strings.SplitSeq(on, ",") {
		i := slices.Index(archs, word)
		switch {
		case i < 0:
			return l.errorf("unknown architecture %q", word)
		case c.number[i] < 0:
			return l.errorf("%s does not exist on %s", c.name, word)
		case c.variants[i] != nil:
			return l.errorf("a second variant of %s for %s", c.name, word)
		}
		c.variants[i] = args
	}
	return nil
}

func checkNumbers(calls []*call) error {
	for i, arch := range archs {
		owner := map[int]*call{}
		for _, c := range calls {
			n := c.number[i]
			if other := owner[n]; n >= 0 && other != nil {
				return c.line.errorf("%s and %s (line %d) are both number %d on %s", c.name, other.name, other.line.number, n, arch)
			}
			owner[n] = c
		}
	}
	return nil
}
