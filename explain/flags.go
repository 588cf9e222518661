package explain

import (
	"fmt"
	"slices"
	"strings"

	"penumbra/abi"
)

// flagNames returns the names that set has on any architecture.
func flagNames(set *abi.FlagSet) []string {
	var names []string
	for _, a := range arches {
		for name := range set.Names(a.arch) {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

// flags writes those flags of set that have words with them, and then the
// names of the others.
func (p *page) flags(set *abi.FlagSet, from int) {
	var known, others []string
	for _, name := range flagNames(set) {
		if set.Meaning(name) != "" {
			known = append(known, name)
		} else {
			others = append(others, name)
		}
	}
	column := columnFor(known)
	for _, name := range known {
		p.nested(from, name, column, set.Meaning(name))
	}
	if len(others) > 0 {
		p.write(strings.Repeat(" ", from), "", strings.Join(others, " "), from)
	}
}

// flag returns the page about the flag or value of that name.
func flag(name string) (string, bool) {
	var p page
	var meanings []string
	for _, set := range abi.FlagSets() {
		if !slices.Contains(flagNames(set), name) {
			continue
		}
		if text := set.Meaning(name); text != "" && !slices.Contains(meanings, text) {
			meanings = append(meanings, text)
		}
		p.heading("IN THE SET " + set.Name)
		p.item("value", 9, flagValue(set, name))
		p.item("used by", 9, strings.Join(usersOf(set.Name), ", "))
	}
	if p.Len() == 0 {
		return "", false
	}
	var head page
	if len(meanings) == 0 {
		meanings = []string{"a flag or value"}
	}
	head.title(name, strings.Join(meanings, "; or: "))
	return head.String() + p.String(), true
}

// flagValue returns the value of a flag.
func flagValue(set *abi.FlagSet, name string) string {
	return perArch(func(a abi.Arch) string {
		if v, ok := set.Value(name, a); ok {
			return fmt.Sprintf("%#x", v)
		}
		return "none"
	})
}

// usersOf returns where the flags of a set are used: call(argument), and of
// structures call(argument.field), or struct.field if no call has it as such.
func usersOf(set string) []string {
	var users []string
	fields := fieldsOf(set)
	for _, s := range abi.Syscalls() {
		if s.Returns == abi.KindFlags && s.Of == set {
			users = append(users, s.Name+"() = result")
		}
		for _, arg := range s.Args {
			if arg.Kind == abi.KindFlags && arg.Of == set {
				users = append(users, s.Name+"("+arg.Name+")")
			}
			for _, field := range fields[arg.Of] {
				if arg.Kind == abi.KindStruct {
					users = append(users, s.Name+"("+arg.Name+"."+field+")")
				}
			}
		}
	}
	if len(users) > 0 {
		return users
	}
	for _, l := range abi.Layouts() {
		for _, field := range fields[l.Name] {
			users = append(users, "struct "+l.Name+"."+field)
		}
	}
	if len(users) == 0 {
		return []string{"requests and options that the table does not describe"}
	}
	return users
}

// fieldsOf returns the fields that hold flags of set, by structure.
func fieldsOf(set string) map[string][]string {
	fields := map[string][]string{}
	for _, l := range abi.Layouts() {
		for _, a := range arches {
			for f := range l.Fields(a.arch) {
				if f.Kind == abi.KindFlags && f.Of == set && !slices.Contains(fields[l.Name], f.Name) {
					fields[l.Name] = append(fields[l.Name], f.Name)
				}
			}
		}
	}
	return fields
}
