package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
)

// manualSource returns the Go source of the manuals in the order of calls.
func manualSource(calls []*call, manuals map[string]*manual) []byte {
	b := newSource("manual.txt")
	fmt.Fprintf(b, "// manuals are those of the calls in table, in its order.\nvar manuals = [...]Manual{\n")
	for _, c := range calls {
		m := manuals[c.name]
		fmt.Fprintf(b, "{Summary: %q, Sentence: %q, Returns: %q", m.summary, m.sentence, m.returns)
		for _, field := range []struct{ name, text string }{{"Page", m.page}, {"Since", m.since}, {"Advice", m.advice}} {
			if field.text != "" {
				fmt.Fprintf(b, ", %s: %q", field.name, field.text)
			}
		}
		if len(m.see) > 0 {
			fmt.Fprintf(b, ", See: %#v", m.see)
		}
		if len(m.errors) > 0 {
			fmt.Fprintf(b, ", Errors: []Failure{\n")
			for _, name := range m.errors.sortedNames() {
				fmt.Fprintf(b, "{%s, %q},\n", name, m.errors[name])
			}
			b.WriteString("}")
		}
		b.WriteString("},\n")
	}
	b.WriteString("}\n")
	return b.Bytes()
}

// wordsSource returns the Go source of what words.txt says.
func wordsSource(w *words) []byte {
	b := newSource("words.txt")
	b.WriteString("var kindMeanings = [...]string{\n")
	for _, ident := range slices.Sorted(maps.Keys(w.kinds)) {
		fmt.Fprintf(b, "%s: %q,\n", ident, w.kinds[ident].text)
	}
	b.WriteString("}\n\nvar classMeanings = [numClass]string{\n")
	for _, ident := range slices.Sorted(maps.Keys(w.classes)) {
		fmt.Fprintf(b, "%s: %q,\n", ident, w.classes[ident])
	}
	b.WriteString("}\n\nvar errnoReasons = [...]string{\n")
	for _, name := range slices.Sorted(maps.Keys(w.errors)) {
		fmt.Fprintf(b, "%s: %q,\n", name, w.errors[name])
	}
	b.WriteString("}\n\nvar signalManuals = [...]signalManual{\n")
	for _, s := range w.signals {
		fmt.Fprintf(b, "%s: {%s, %q},\n", s.name, actionIdents[s.action], s.text)
	}
	b.WriteString("}\n\nvar flagMeanings = [...]flagMeaning{\n")
	for _, f := range slices.SortedFunc(slices.Values(w.flags), byKey) {
		fmt.Fprintf(b, "{flagKey{%q, %q}, %q},\n", f.set, f.name, f.text)
	}
	b.WriteString("}\n")
	return b.Bytes()
}

// byKey orders meanings of flags as they are looked for.
func byKey(f, g flagEntry) int {
	return cmp.Or(cmp.Compare(f.set, g.set), cmp.Compare(f.name, g.name))
}
