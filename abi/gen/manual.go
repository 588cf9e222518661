package main

import (
	"maps"
	"slices"
	"strings"
)

// The longest texts: a summary has a line of a list for itself, a sentence
// stands behind a line of a trace.
const (
	maxSummary  = 100
	maxSentence = 60
	maxReason   = 80
)

// manual is what manual.txt says of a call.
type manual struct {
	line
	name, page, since, summary string
	sentence, returns, advice  string
	see                        []string
	own                        reasons         // those that stand in manual.txt, also by like
	dropped                    map[string]bool // those that do not happen, likewise
	errors                     reasons         // all, with reasons
	said                       map[string]bool // what the lines below the head have said
}

// parseManual returns the manuals by name of the call, complete with what
// follows from the kinds of arguments.
func parseManual(lines []line, known lexicon, w *words) (map[string]*manual, error) {
	manuals := map[string]*manual{}
	var m *manual
	for _, l := range lines {
		var err error
		if !l.indented {
			m, err = parseManualHead(l, known)
			if err == nil && manuals[m.name] != nil {
				err = l.errorf("%s is explained twice, first in line %d", m.name, manuals[m.name].number)
			}
			if err == nil {
				manuals[m.name] = m
			}
		} else if m == nil {
			err = l.errorf("a line about no call")
		} else {
			err = m.parse(l, known, manuals)
		}
		if err != nil {
			return nil, err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(manuals)) {
		if err := manuals[name].complete(known.calls[name], w); err != nil {
			return nil, err
		}
	}
	return manuals, nil
}

func parseManualHead(l line, known lexicon) (*manual, error) {
	if len(l.fields) < 4 {
		return nil, l.errorf("a call is: name page since summary")
	}
	m := &manual{
		line: l, name: l.fields[0], page: l.fields[1], since: l.fields[2],
		summary: strings.Join(l.fields[3:], " "),
		own:     reasons{}, dropped: map[string]bool{}, said: map[string]bool{},
	}
	switch {
	case known.calls[m.name] == nil:
		return nil, l.errorf("syscalls.txt has no call %q", m.name)
	case m.since != "-" && strings.Trim(m.since, "0123456789.") != "":
		return nil, l.errorf("%s: %q is no Linux release, nor -", m.name, m.since)
	case len(m.summary) > maxSummary:
		return nil, l.errorf("%s: the summary has %d characters, more than %d", m.name, len(m.summary), maxSummary)
	case m.summary[0] < 'A' || m.summary[0] > 'Z' || strings.HasSuffix(m.summary, "."):
		return nil, l.errorf("%s: a summary begins with a capital and ends without a full stop", m.name)
	}
	if m.page == "=" {
		m.page = m.name
	}
	return m, nil
}

// parse reads a line below the head of m. The manuals are those above it.
func (m *manual) parse(l line, known lexicon, manuals map[string]*manual) error {
	word, text := l.fields[0], strings.Join(l.fields[1:], " ")
	switch {
	case word[0] == '-':
		return m.drop(l, known)
	case isErrorName(word):
		return m.parseErrors(l, known)
	case text == "":
		return l.errorf("%s needs a text", word)
	}
	if err := m.once(l, word); err != nil {
		return err
	}
	switch word {
	case "like":
		return m.like(l, manuals)
	case "says":
		m.sentence = text
		return nil
	case "returns":
		m.returns = text
		return nil
	case "advice":
		m.advice = text
		return nil
	case "see":
		for _, name := range l.fields[1:] {
			if known.calls[name] == nil {
				return l.errorf("syscalls.txt has no call %q", name)
			}
		}
		m.see = l.fields[1:]
		return nil
	}
	return l.errorf("want like, says, returns, advice, see or an error, not %q", word)
}

// once notes that a line says word, which may happen once.
func (m *manual) once(l line, word string) error {
	if m.said[word] {
		return l.errorf("%s: a second %s", m.name, word)
	}
	m.said[word] = true
	return nil
}

// parseErrors reads errors. They replace those that like brought along.
func (m *manual) parseErrors(l line, known lexicon) error {
	here := reasons{}
	if err := known.parseReasons(l, here); err != nil {
		return err
	}
	for name, reason := range here {
		if err := m.once(l, name); err != nil {
			return err
		}
		if len(reason) > maxReason {
			return l.errorf("%s: the reason has %d characters, more than %d", name, len(reason), maxReason)
		}
		m.own[name] = reason
		delete(m.dropped, name)
	}
	return nil
}

func (m *manual) drop(l line, known lexicon) error {
	for _, word := range l.fields {
		name, ok := strings.CutPrefix(word, "-")
		if !ok || !known.errors[name] {
			return l.errorf("want -NAME of an error, not %q", word)
		}
		m.dropped[name] = true
		delete(m.own, name)
	}
	return nil
}

// like takes over what is said of the call that l names.
func (m *manual) like(l line, manuals map[string]*manual) error {
	base := manuals[l.fields[1]]
	if base == nil || base == m || len(l.fields) != 2 {
		return l.errorf("like wants one call that stands above")
	}
	if l.number != m.number+1 {
		return l.errorf("like comes first, right below the name")
	}
	m.own, m.dropped = maps.Clone(base.own), maps.Clone(base.dropped)
	m.returns, m.advice = base.returns, base.advice
	m.see = slices.DeleteFunc(slices.Clone(base.see), func(name string) bool { return name == m.name })
	return nil
}

// complete adds what follows from the description of the call.
func (m *manual) complete(c *call, w *words) error {
	if m.page == "-" {
		m.page = ""
	}
	if m.since == "-" {
		m.since = ""
	}
	if m.sentence == "" {
		m.sentence = sentence(m.summary)
	}
	if len(m.sentence) > maxSentence {
		return m.errorf("%s: the sentence %q has %d characters, more than %d: add a line says", m.name, m.sentence, len(m.sentence), maxSentence)
	}
	if m.returns == "" && c.unimplemented {
		m.returns = "nothing: it always fails"
	}
	if m.returns == "" {
		result := w.results[c.result.kind]
		if result == nil {
			return m.errorf("%s: words.txt has no result %s: say what it returns", m.name, c.result.word)
		}
		m.returns = result.text
	}
	m.errors = reasons{}
	for _, e := range m.inherited(c, w) {
		maps.Copy(m.errors, e)
	}
	maps.Copy(m.errors, m.own)
	for name := range m.dropped {
		delete(m.errors, name)
	}
	for name, reason := range m.errors {
		if reason == "" {
			m.errors[name] = w.errors[name]
		}
		if m.errors[name] == "" {
			return m.errorf("%s: words.txt has no reason for %s", m.name, name)
		}
	}
	return nil
}

// inherited returns the errors that come with what c is, the more telling ones
// later.
func (m *manual) inherited(c *call, w *words) []reasons {
	var all []reasons
	if c.unimplemented {
		return []reasons{{"ENOSYS": ""}}
	}
	if c.eintr {
		all = append(all, reasons{"EINTR": ""})
	}
	for _, a := range slices.Backward(c.args) {
		if e := w.kinds[a.kind]; e != nil {
			all = append(all, e.reasons)
		}
	}
	if e := w.results[c.result.kind]; e != nil {
		all = append(all, e.reasons)
	}
	return all
}

// sentence turns a summary into a comment to one invocation: as far as a
// semicolon, its verbs in the third person, without a capital.
func sentence(summary string) string {
	text, _, _ := strings.Cut(summary, ";")
	fields := strings.Fields(text)
	fields[0] = thirdPerson(strings.ToLower(fields[0]))
	if len(fields) > 2 && (fields[1] == "or" || fields[1] == "and") {
		fields[2] = thirdPerson(fields[2])
	}
	return strings.Join(fields, " ")
}

// thirdPerson returns a verb as it follows he, she or it.
func thirdPerson(verb string) string {
	stem, last := verb[:len(verb)-1], verb[len(verb)-1]
	switch {
	case last == 'y' && !strings.ContainsAny(stem[len(stem)-1:], "aeiou"):
		return stem + "ies"
	case strings.ContainsRune("sxzo", rune(last)), strings.HasSuffix(verb, "ch"), strings.HasSuffix(verb, "sh"):
		return verb + "es"
	}
	return verb + "s"
}
