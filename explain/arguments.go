package explain

import (
	"fmt"
	"strings"

	"penumbra/abi"
)

// arguments writes what each argument of s is, with its flags.
func (p *page) arguments(s *abi.Syscall) {
	if len(s.Args) == 0 {
		return
	}
	var names []string
	for _, arg := range s.Args {
		names = append(names, arg.Name)
	}
	column := columnFor(names)
	shown := map[string]string{} // the argument at which a structure was shown
	p.heading("ARGUMENTS")
	for _, arg := range s.Args {
		text := describe(s, arg)
		first := shown[arg.Of]
		if first != "" {
			text += ", as " + first
		}
		p.item(arg.Name, column, text)
		switch {
		case arg.Kind == abi.KindFlags:
			p.flags(abi.FlagSetOf(arg.Of), indent+column)
		case arg.Kind == abi.KindStruct && first == "" && abi.LayoutOf(arg.Of).Kind == abi.KindStruct:
			shown[arg.Of] = arg.Name
			p.structure(abi.LayoutOf(arg.Of), archOf(s), indent+column)
		}
	}
}

// archOf returns the first architecture that has s: the one of s.Args.
func archOf(s *abi.Syscall) abi.Arch {
	for _, a := range arches {
		if _, ok := s.On(a.arch); ok {
			return a.arch
		}
	}
	return abi.AMD64
}

// describe says what an argument of s is.
func describe(s *abi.Syscall, arg abi.Arg) string {
	switch {
	case arg.Kind == abi.KindFlags && abi.FlagSetOf(arg.Of).OneOf():
		return "one of these:"
	case arg.Kind == abi.KindFlags:
		return "these, joined by |:"
	case !arg.Kind.Memory():
		return arg.Kind.Meaning()
	}
	text := map[abi.Dir]string{abi.In: "in: ", abi.Out: "out: ", abi.InOut: "in and out: "}[arg.Dir]
	if layout := abi.LayoutOf(arg.Of); arg.Kind != abi.KindStruct {
		text += arg.Kind.Meaning()
	} else if layout.Kind != abi.KindStruct {
		text += layout.Kind.Meaning()
	} else {
		text += "struct " + layout.Name
	}
	if arg.NoFollow {
		text += "; a symbolic link at its end is not followed"
	}
	return text + extent(s, arg)
}

// extent says how much memory an argument is.
func extent(s *abi.Syscall, arg abi.Arg) string {
	length := ""
	if arg.Len >= 0 {
		length = s.Args[arg.Len].Name
	}
	switch {
	case arg.Kind == abi.KindFDPair || arg.Kind == abi.KindFDSet || arg.Length == abi.LengthOne:
		return ""
	case arg.Per > 1:
		return fmt.Sprintf(", one for each %d of %s", arg.Per, length)
	case arg.Length == abi.LengthBytes && arg.Kind == abi.KindBuffer:
		return ", " + length + " of them"
	case arg.Length == abi.LengthBytes:
		return ", of " + length + " bytes"
	case arg.Length == abi.LengthAtPointer:
		return ", of as many bytes as " + length + " points to"
	case arg.Length == abi.LengthElements:
		return ", " + length + " of them"
	case arg.Length == abi.LengthTrailing:
		return ", and " + length + " bytes behind it"
	}
	return fmt.Sprintf(", %d of them", arg.Fixed)
}

// structure writes the names of l's fields, and the flags of those that are
// well known.
func (p *page) structure(l *abi.Layout, a abi.Arch, from int) {
	var names []string
	for f := range l.Fields(a) {
		names = append(names, f.Name)
	}
	p.write(strings.Repeat(" ", from), "", "fields: "+strings.Join(names, " "), from+2)
	shown := map[string]bool{}
	for f := range l.Fields(a) {
		set := f.Set
		if set == nil || shown[f.Of] || !explained(set) {
			continue
		}
		shown[f.Of] = true
		p.write(strings.Repeat(" ", from), "", f.Name+":", from)
		p.flags(set, from+2)
	}
}

// explained reports whether there are words for a flag of set.
func explained(set *abi.FlagSet) bool {
	for _, name := range flagNames(set) {
		if set.Meaning(name) != "" {
			return true
		}
	}
	return false
}
