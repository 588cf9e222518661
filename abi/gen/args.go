package main

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// arg is an argument, or the result, of a call.
type arg struct {
	name     string
	word     string // as written in the description, for the docs
	kind     string // the identifier of an abi.Kind
	dir      string // the identifier of an abi.Dir, if memory
	of       string // layout or flag set
	length   string // the identifier of an abi.Length
	lenName  string // the argument with the length, to be resolved
	len      int
	fixed    int
	per      int
	at       int
	nofollow bool
}

var scalarIdents = map[string]string{
	"none": "KindNone", "int": "KindInt", "uint": "KindUint", "long": "KindLong",
	"ulong": "KindUlong", "u32": "KindU32", "u64": "KindU64", "size": "KindSize",
	"bytes": "KindBytes", "count": "KindCount", "offset": "KindOffset",
	"offlo": "KindOffsetLow", "offhi": "KindOffsetHigh", "lo": "KindLow",
	"hi": "KindHigh", "pgoff": "KindPageOffset", "fd": "KindFD",
	"dirfd": "KindDirFD", "pid": "KindPid", "tid": "KindTid", "pgid": "KindPgid",
	"uid": "KindUid", "gid": "KindGid", "uid16": "KindUid16", "gid16": "KindGid16",
	"mode": "KindMode", "dev": "KindDev", "sig": "KindSignal", "key": "KindKey",
	"msqid": "KindMsqid", "semid": "KindSemid", "shmid": "KindShmid",
	"keyid": "KindKeyID", "timer": "KindTimer", "aioctx": "KindAioContext",
	"time": "KindTime", "clockticks": "KindClockTicks", "addr": "KindAddr",
	"ptr": "KindPtr", "arg": "KindArg",
}

// kindIdents are all kinds, by the words that abi.Kind has for them.
var kindIdents = func() map[string]string {
	all := maps.Clone(scalarIdents)
	maps.Copy(all, map[string]string{
		"u8": "KindU8", "s8": "KindS8", "u16": "KindU16", "s16": "KindS16",
		"s32": "KindS32", "s64": "KindS64", "flags": "KindFlags",
		"path": "KindPath", "string": "KindString", "strings": "KindStrings",
		"buffer": "KindBuffer", "struct": "KindStruct", "iovec": "KindIovec",
		"sockaddr": "KindSockaddr", "fdset": "KindFDSet", "fdpair": "KindFDPair",
		"chars": "KindChars", "be16": "KindBE16", "be32": "KindBE32",
	})
	return all
}()

// parseArgs parses the arguments of one call and connects them: lengths to
// their buffers, directories to their paths.
func parseArgs(l line, fields []string) ([]arg, error) {
	if len(fields) > 6 {
		return nil, l.errorf("%d arguments, a call has 6 or fewer", len(fields))
	}
	args := []arg{} // not nil: a variant may have no arguments
	for _, field := range fields {
		a, err := parseArg(l, field)
		if err != nil {
			return nil, err
		}
		if a.kind == "KindPath" && len(args) > 0 && args[len(args)-1].kind == "KindDirFD" {
			a.at = len(args) - 1
		}
		args = append(args, a)
	}
	for i := range args {
		a := &args[i]
		if a.lenName == "" {
			continue
		}
		a.len = slices.IndexFunc(args, func(b arg) bool { return b.name == a.lenName })
		if a.len < 0 {
			return nil, l.errorf("the length of %s is in %s, which is no argument", a.name, a.lenName)
		}
	}
	return args, nil
}

func parseArg(l line, field string) (arg, error) {
	name, word, ok := strings.Cut(field, ":")
	if !ok || name == "" || word == "" {
		return arg{}, l.errorf("argument %q is not name:kind", field)
	}
	a := arg{name: name, word: word, len: -1, at: -1, per: 1, length: "LengthOne"}
	set, isSet := strings.CutPrefix(word, "{")
	switch {
	case isSet:
		a.kind, a.of = "KindFlags", strings.TrimSuffix(set, "}")
		if a.of == set || a.of == "" {
			return arg{}, l.errorf("argument %q: a flag set is {name}", field)
		}
		return a, nil
	case word == "path", word == "lpath":
		a.kind, a.dir, a.nofollow = "KindPath", "In", word == "lpath"
		return a, nil
	case word == "string":
		a.kind, a.dir = "KindString", "In"
		return a, nil
	case word == "strings":
		a.kind, a.dir = "KindStrings", "In"
		return a, nil
	case scalarIdents[word] != "":
		a.kind = scalarIdents[word]
		return a, nil
	}
	return a, a.parseMemory(l, word)
}

// parseMemory parses dir[length], dir*layout, dir*layout(size),
// dir*layout[length] and dir*layout+length.
func (a *arg) parseMemory(l line, word string) error {
	end := strings.IndexAny(word, "*[")
	if end < 0 {
		return l.errorf("argument %s: unknown kind %q", a.name, word)
	}
	a.dir = map[string]string{"in": "In", "out": "Out", "inout": "InOut"}[word[:end]]
	if a.dir == "" {
		return l.errorf("argument %s: %q is no direction (in, out, inout)", a.name, word[:end])
	}
	if word[end] == '[' {
		a.kind = "KindBuffer"
		return a.parseLength(l, word[end:], "LengthBytes")
	}
	layout := word[end+1:]
	extent := ""
	if i := strings.IndexAny(layout, "([+"); i >= 0 {
		layout, extent = layout[:i], layout[i:]
	}
	a.of = layout
	switch {
	case layout == "iovec":
		a.kind = "KindIovec"
	case layout == "sockaddr":
		a.kind = "KindSockaddr"
	case layout == "fdset":
		a.kind = "KindFDSet"
	case layout == "fd" && extent == "[2]":
		a.kind = "KindFDPair"
	case layout == "":
		return l.errorf("argument %s: %q names no layout", a.name, word)
	default:
		a.kind = "KindStruct"
	}
	if extent == "" {
		return nil
	}
	if inner, ok := strings.CutPrefix(extent, "+"); ok {
		return a.parseLength(l, "["+inner+"]", "LengthTrailing")
	}
	if inner, ok := strings.CutPrefix(extent, "("); ok {
		return a.parseLength(l, "["+strings.TrimSuffix(inner, ")")+"]", "LengthBytes")
	}
	return a.parseLength(l, extent, "LengthElements")
}

// parseLength parses [argument], [*argument], [argument/per] and [number].
func (a *arg) parseLength(l line, extent, kind string) error {
	inner := strings.TrimSuffix(strings.TrimPrefix(extent, "["), "]")
	if len(inner) != len(extent)-2 || inner == "" {
		return l.errorf("argument %s: malformed length %q", a.name, extent)
	}
	if n, err := strconv.Atoi(inner); err == nil {
		if n <= 0 {
			return l.errorf("argument %s: length %d", a.name, n)
		}
		a.length, a.fixed = "LengthFixed", n
		return nil
	}
	if name, ok := strings.CutPrefix(inner, "*"); ok {
		a.length, a.lenName = "LengthAtPointer", name
		return nil
	}
	name, per, ok := strings.Cut(inner, "/")
	if ok {
		n, err := strconv.Atoi(per)
		if err != nil || n < 1 {
			return l.errorf("argument %s: %q is no divisor", a.name, per)
		}
		a.per = n
	}
	a.length, a.lenName = kind, name
	return nil
}
