// Package policy says by which access method a file is reached: rules by name, in
// a file that the shadow's user writes.
//
// Each line has a glob, a chain of methods, and perhaps the word forever:
//
//	# GLOB                CHAIN                         "don't ask me again"
//	/home/me/data/**      buffer:(16m,256k):remote:
//	/home/me/**/*.gz      compress:buffer:remote:
//	"/home/me/my docs/**" remote:
//	/opt/tools/**         fetch:remote:                 forever
//
// The first glob that the whole name matches decides. * and ? do not match a slash,
// ** does; [a-z], [!a-z] and {one,other} are as in a shell, and a backslash takes away
// the meaning of what follows. A word in quotes may have spaces; in quotes, as well,
// a backslash stands before a quote or a backslash.
package policy

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"

	"penumbra/access"
	"penumbra/internal/suggest"
)

// Rules are the rules of a policy, in order. A nil *Rules has those alone that
// hold in any case.
type Rules struct{ rules []rule }

type rule struct {
	glob *regexp.Regexp
	Answer
}

// An Answer says how a file is to be reached.
type Answer struct {
	Chain   access.Chain
	Forever bool // it will not change
	Line    int  // of the rule, 0 if none applied
}

// An Error is a mistake in a policy.
type Error struct {
	File         string
	Line, Column int // from 1
	Reason       string
}

func (e *Error) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.Reason)
}

// Defaults are the rules that follow those of every policy. What they do not match
// is fetched if it may be executed; else it is buffer:remote:.
const Defaults = `
/{proc,sys,dev}{,/**}                                             local: forever
**/*.so{,.*}                                                      fetch:
/{,usr/,usr/local/}{bin,sbin,lib,lib32,lib64,libx32,libexec}/**   fetch:
/opt/**/{bin,sbin,lib,lib32,lib64,libexec}/**                     fetch:
`

// defaults returns the rules of Defaults, and the two answers behind them.
var defaults = sync.OnceValues(func() (all []rule, rest [2]access.Chain) {
	r, err := Parse("defaults", Defaults)
	if err != nil {
		panic(err) // the tests would know
	}
	for i := range r.rules {
		r.rules[i].Line = 0
	}
	return r.rules, [2]access.Chain{
		{Links: []access.Link{{Method: "buffer"}, {Method: "remote"}}},
		{Links: []access.Link{{Method: "fetch"}, {Method: "remote"}}},
	}
})

// Method answers by which method the file called name, an absolute path, is to be
// reached.
func (r *Rules) Method(name string, executable bool) Answer {
	last, rest := defaults()
	var own []rule
	if r != nil {
		own = r.rules
	}
	for _, rules := range [][]rule{own, last} {
		for i := range rules {
			if rules[i].glob.MatchString(name) {
				return rules[i].Answer
			}
		}
	}
	if executable {
		return Answer{Chain: rest[1]}
	}
	return Answer{Chain: rest[0]}
}

// Parse reads a policy. file is its name, for errors, which are *Error: all that
// there are, joined.
func Parse(file, text string) (*Rules, error) {
	r := &Rules{}
	var wrong error
	for i, line := range strings.Split(text, "\n") {
		parsed, err := parseLine(line)
		if err != nil {
			err.File, err.Line = file, i+1
			wrong = errors.Join(wrong, err)
		} else if parsed != nil {
			parsed.Line = i + 1
			r.rules = append(r.rules, *parsed)
		}
	}
	if wrong != nil {
		return nil, wrong
	}
	return r, nil
}

// A word of a line, and where it begins, from 0.
type word struct {
	text string
	at   int
}

func (w word) wrong(at int, format string, args ...any) *Error {
	return &Error{Column: w.at + at + 1, Reason: fmt.Sprintf(format, args...)}
}

// parseLine reads a rule; nil if there is none.
func parseLine(line string) (*rule, *Error) {
	words, err := split(strings.TrimSuffix(line, "\r"))
	if err != nil || len(words) == 0 {
		return nil, err
	}
	if len(words) == 1 {
		return nil, words[0].wrong(len(words[0].text), "a method is missing behind the glob, as in %s buffer:remote:", words[0].text)
	}
	r := &rule{}
	var failed error
	if r.glob, failed = compile(words[0].text); failed != nil {
		var e *globError
		if !errors.As(failed, &e) {
			return nil, words[0].wrong(0, "%v", failed)
		}
		return nil, words[0].wrong(e.at, "%s", e.reason)
	}
	if r.Chain, failed = access.ParseChain(words[1].text); failed != nil {
		var e *access.ChainError
		if !errors.As(failed, &e) {
			return nil, words[1].wrong(0, "%v", failed)
		}
		return nil, words[1].wrong(e.Column-1, "%s", e.Reason)
	}
	return r, r.options(words[2:])
}

// options reads what follows the chain.
func (r *rule) options(words []word) *Error {
	for _, w := range words {
		switch {
		case w.text == "forever" && !r.Forever:
			r.Forever = true
		case suggest.Nearest(w.text, []string{"forever"}) != "" && !r.Forever:
			return w.wrong(0, "there is no %q (did you mean \"forever\"?)", w.text)
		default:
			return w.wrong(0, "nothing but forever follows the method; a name with spaces needs quotes")
		}
	}
	return nil
}

// split returns the words of a line without a comment.
func split(line string) (words []word, err *Error) {
	const space = " \t"
	for at := 0; ; {
		for at < len(line) && strings.IndexByte(space, line[at]) >= 0 {
			at++
		}
		switch {
		case at == len(line) || line[at] == '#':
			return words, nil
		case line[at] == '"':
			text, n := unquote(line[at+1:])
			if n < 0 {
				return nil, word{at: at}.wrong(0, "the quote is not closed")
			}
			words = append(words, word{text, at + 1})
			at += 1 + n
		default:
			n := strings.IndexAny(line[at:], space)
			if n < 0 {
				n = len(line) - at
			}
			words = append(words, word{line[at : at+n], at})
			at += n
		}
	}
}

// unquote reads up to a closing quote, and returns how many bytes that are, or -1.
func unquote(s string) (text string, n int) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '"':
			return b.String(), i + 1
		case s[i] == '\\' && i+1 < len(s) && (s[i+1] == '"' || s[i+1] == '\\'):
			i++
		}
		b.WriteByte(s[i])
	}
	return "", -1
}
