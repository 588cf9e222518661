package main

import (
	"maps"
	"slices"
	"strings"
)

// words is what words.txt says.
type words struct {
	kinds   map[string]*entry // by identifier of an abi.Kind, as arguments
	results map[string]*entry // likewise, as results
	errors  map[string]string // by name of an error: its reason
	signals []signalEntry
	flags   []flagEntry
	classes map[string]string // by identifier of an abi.Class
}

// entry is the meaning of a kind, with the errors that come along with it.
type entry struct {
	text    string
	reasons reasons
}

type signalEntry struct{ name, action, text string }

// flagEntry holds the words for a flag in one set, or in all if set is "".
type flagEntry struct{ set, name, text string }

// reasons are errors with their reasons, those without one as "".
type reasons map[string]string

// lexicon is what the texts may refer to.
type lexicon struct {
	calls  map[string]*call
	sets   []*flagSet
	errors map[string]bool
}

// newLexicon returns the names that calls, sets and the lines of errnos.txt
// define.
func newLexicon(calls []*call, sets []*flagSet, errnos []line) lexicon {
	known := lexicon{map[string]*call{}, sets, map[string]bool{}}
	for _, c := range calls {
		known.calls[c.name] = c
	}
	for _, l := range errnos {
		known.errors[l.fields[0]] = len(l.fields) > 2 // an alias has two fields
	}
	return known
}

// parseReasons adds the errors that a line names to rs: several names, or one
// with its reason.
func (known lexicon) parseReasons(l line, rs reasons) error {
	names, text := l.fields, ""
	if len(l.fields) > 1 && !isErrorName(l.fields[1]) {
		names, text = l.fields[:1], strings.Join(l.fields[1:], " ")
	}
	for _, name := range names {
		canonical, ok := known.errors[name]
		if !ok {
			return l.errorf("errnos.txt has no error %q", name)
		}
		if !canonical {
			return l.errorf("%s is another name of an error: write that", name)
		}
		if _, ok := rs[name]; ok {
			return l.errorf("%s stands here twice", name)
		}
		rs[name] = text
	}
	return nil
}

// isErrorName reports whether word looks like the name of an error.
func isErrorName(word string) bool {
	return len(word) > 2 && word[0] == 'E' && word == strings.ToUpper(word)
}

var actionIdents = map[string]string{
	"term": "ActionTerm", "core": "ActionCore", "stop": "ActionStop",
	"cont": "ActionContinue", "none": "ActionNone",
}

// parseWords returns what words.txt says, whose references known has.
func parseWords(lines []line, known lexicon) (*words, error) {
	w := &words{
		kinds: map[string]*entry{}, results: map[string]*entry{},
		errors: reasons{}, classes: map[string]string{},
	}
	var below *entry // what an indented line belongs to
	for _, l := range lines {
		if l.indented {
			if below == nil {
				return nil, l.errorf("errors without a kind or result above them")
			}
			if err := known.parseReasons(l, below.reasons); err != nil {
				return nil, err
			}
			continue
		}
		if len(l.fields) < 3 {
			return nil, l.errorf("want a word, a name and a text")
		}
		name, text := l.fields[1], strings.Join(l.fields[2:], " ")
		var err error
		below = nil
		switch l.fields[0] {
		case "kind":
			below, err = addEntry(l, w.kinds, name, text)
		case "result":
			below, err = addEntry(l, w.results, name, text)
		case "error":
			err = w.addError(l, known, name, text)
		case "signal":
			err = w.addSignal(l, name, l.fields[2], strings.Join(l.fields[3:], " "))
		case "flag":
			err = w.addFlag(l, known, name, text)
		case "class":
			err = w.addClass(l, name, text)
		default:
			err = l.errorf("want kind, result, error, signal, flag or class, not %q", l.fields[0])
		}
		if err != nil {
			return nil, err
		}
	}
	return w, nil
}

func addEntry(l line, entries map[string]*entry, name, text string) (*entry, error) {
	ident := kindIdents[name]
	if ident == "" {
		return nil, l.errorf("unknown kind %q", name)
	}
	if entries[ident] != nil {
		return nil, l.errorf("%s is explained twice", name)
	}
	entries[ident] = &entry{text, reasons{}}
	return entries[ident], nil
}

func (w *words) addError(l line, known lexicon, name, text string) error {
	if !known.errors[name] {
		return l.errorf("errnos.txt has no error %q of its own", name)
	}
	if w.errors[name] != "" {
		return l.errorf("%s is explained twice", name)
	}
	w.errors[name] = text
	return nil
}

func (w *words) addSignal(l line, name, action, text string) error {
	if !strings.HasPrefix(name, "SIG") || text == "" {
		return l.errorf("a signal is: signal SIGNAME action text")
	}
	if actionIdents[action] == "" {
		return l.errorf("%s: unknown action %q (term, core, stop, cont, none)", name, action)
	}
	if slices.ContainsFunc(w.signals, func(s signalEntry) bool { return s.name == name }) {
		return l.errorf("%s is explained twice", name)
	}
	w.signals = append(w.signals, signalEntry{name, action, text})
	return nil
}

func (w *words) addFlag(l line, known lexicon, name, text string) error {
	f := flagEntry{name: name, text: text}
	if set, flag, ok := strings.Cut(name, "."); ok {
		f.set, f.name = set, flag
	}
	if !known.hasFlag(f.set, f.name) {
		return l.errorf("flags.txt has no %s", name)
	}
	if slices.ContainsFunc(w.flags, func(g flagEntry) bool { return g.set == f.set && g.name == f.name }) {
		return l.errorf("%s is explained twice", name)
	}
	w.flags = append(w.flags, f)
	return nil
}

func (known lexicon) hasFlag(set, name string) bool {
	for _, s := range known.sets {
		if set != "" && s.name != set {
			continue
		}
		for _, section := range s.sections {
			if slices.ContainsFunc(section.flags, func(f *flag) bool { return f.name == name }) {
				return true
			}
		}
	}
	return false
}

func (w *words) addClass(l line, name, text string) error {
	ident := classIdents[name]
	if ident == "" {
		return l.errorf("unknown class %q", name)
	}
	if w.classes[ident] != "" {
		return l.errorf("%s is explained twice", name)
	}
	w.classes[ident] = text
	return nil
}

// sortedNames returns the names of rs in order.
func (rs reasons) sortedNames() []string { return slices.Sorted(maps.Keys(rs)) }
