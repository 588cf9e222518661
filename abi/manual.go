package abi

import (
	"cmp"
	"slices"
	"strings"
)

// Manual is what there is to say of a call to people. The texts are those of
// manual.txt and words.txt.
type Manual struct {
	Summary  string    // what it does, beginning with a verb, in 100 characters or fewer
	Sentence string    // the same as a comment to one invocation, in 60 or fewer
	Page     string    // its page of section 2 of the manual, or "" if it has none
	Since    string    // the Linux release that brought it, or "" if that is old or unknown
	Returns  string    // what it returns if it does not fail
	Advice   string    // how to use it well, perhaps ""
	See      []string  // calls to read about next, those with the same page aside
	Errors   []Failure // its common errors, sorted by name
}

// Failure is a reason for a call to fail.
type Failure struct {
	Errno  Errno
	Reason string // in the context of the call, without a full stop
}

// Manual returns what there is to say of s. It is shared: treat it as
// read-only.
func (s *Syscall) Manual() *Manual { return &manuals[s.index] }

// Reason returns why s fails with e, in a few words: those of its manual, or
// else the general ones for e.
func (s *Syscall) Reason(e Errno) string {
	for _, f := range s.Manual().Errors {
		if f.Errno == e {
			return f.Reason
		}
	}
	return e.Reason()
}

// Reason returns why calls fail with e, in a few words.
func (e Errno) Reason() string {
	if int(e) < len(errnoReasons) && errnoReasons[e] != "" {
		return errnoReasons[e]
	}
	text := e.Error()
	return strings.ToLower(text[:1]) + text[1:]
}

// Meaning returns what a value of kind k is, in a few words: "a file
// descriptor".
func (k Kind) Meaning() string {
	if int(k) < len(kindMeanings) {
		return kindMeanings[k]
	}
	return ""
}

// Meaning returns which calls are in c, in a few words.
func (c Class) Meaning() string {
	if c < numClass {
		return classMeanings[c]
	}
	return ""
}

// flagKey names a flag in one set, or in all if the set is "".
type flagKey struct{ set, name string }

type flagMeaning struct {
	flagKey
	text string
}

// Meaning returns what the flag of that name does, in a few words, or "" if
// there are none for it.
func (set *FlagSet) Meaning(name string) string {
	return cmp.Or(flagKey{set.Name, name}.meaning(), flagKey{"", name}.meaning())
}

func (k flagKey) meaning() string {
	i, found := slices.BinarySearchFunc(flagMeanings[:], k, func(m flagMeaning, k flagKey) int {
		return cmp.Or(cmp.Compare(m.set, k.set), cmp.Compare(m.name, k.name))
	})
	if !found {
		return ""
	}
	return flagMeanings[i].text
}

// Action is what a signal does to a process that has no handler for it and
// does not ignore it; see signal(7).
type Action uint8

const (
	ActionNone     Action = iota // nothing
	ActionTerm                   // ends the process
	ActionCore                   // ends it with a core dump
	ActionStop                   // stops it
	ActionContinue               // makes it go on if it was stopped
)

// String says what a does to the process.
func (a Action) String() string {
	if int(a) < len(actionTexts) {
		return actionTexts[a]
	}
	return ""
}

var actionTexts = [...]string{
	ActionNone: "nothing", ActionTerm: "ends the process",
	ActionCore: "ends the process, with a core dump", ActionStop: "stops the process",
	ActionContinue: "makes the process go on if it was stopped",
}

type signalManual struct {
	action Action
	sent   string
}

func (s Signal) manual() signalManual {
	switch {
	case s > 0 && s < SIGRTMIN:
		return signalManuals[s]
	case s >= SIGRTMIN && s <= SIGRTMAX:
		return signalManuals[SIGRTMIN]
	}
	return signalManual{}
}

// DefaultAction returns what s does where it is neither handled nor ignored.
// For what is no signal it is ActionNone.
func (s Signal) DefaultAction() Action { return s.manual().action }

// Cause returns when s is sent, as the end of a sentence about the process
// that gets it, or "" for what is no signal.
func (s Signal) Cause() string { return s.manual().sent }
