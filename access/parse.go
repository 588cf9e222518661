package access

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"penumbra/internal/suggest"
)

// A ChainError says what is wrong with the text of a chain, and where.
type ChainError struct {
	Text   string
	Column int // from 1, in bytes
	Reason string
}

func (e *ChainError) Error() string {
	return fmt.Sprintf("access method %q, column %d: %s", e.Text, e.Column, e.Reason)
}

// ParseChain reads the text of a chain. Its error is a *ChainError.
func ParseChain(text string) (Chain, error) {
	p := parser{text: text}
	p.chain()
	if p.err != nil {
		return Chain{}, p.err
	}
	return p.Chain, nil
}

// A parser is at a column of the text, from 0.
type parser struct {
	text string
	at   int
	Chain
	err *ChainError
}

func (p *parser) fail(at int, format string, args ...any) {
	if p.err == nil {
		p.err = &ChainError{p.text, at + 1, fmt.Sprintf(format, args...)}
	}
}

func (p *parser) rest() string { return p.text[p.at:] }

func (p *parser) chain() {
	if i := strings.IndexByte(p.text, 0); i >= 0 {
		p.fail(i, "no path has a NUL byte")
		return
	}
	for p.err == nil && p.rest() != "" && p.rest()[0] != '/' {
		if m := p.link(); m.Ends {
			p.path(m)
			return
		}
	}
	if p.err == nil && len(p.Links) == 0 {
		p.fail(0, "it has to begin with a method: %s", strings.Join(methodNames(), ", "))
	}
	if p.err == nil {
		p.Links = append(p.Links, Link{Method: "remote"})
		p.Path = p.rest()
	}
}

// link reads a method, its arguments, and the colon behind each of them, which may
// be missing at the end.
func (p *parser) link() Method {
	start := p.at
	name, _, _ := strings.Cut(p.rest(), ":")
	m, ok := findMethod(name)
	if !ok {
		p.unknown(name)
		return m
	}
	p.order(m)
	p.at = min(p.at+len(name)+1, len(p.text))
	l := Link{Method: name}
	if strings.HasPrefix(p.rest(), "(") {
		l.Args = p.args(m)
	}
	if p.err == nil && name == "buffer" && len(l.Args) == 2 && l.Args[0] < l.Args[1] {
		p.fail(start, "a buffer of %s has no room for a block of %s", formatSize(l.Args[0]), formatSize(l.Args[1]))
	}
	p.Links = append(p.Links, l)
	return m
}

func (p *parser) unknown(name string) {
	word, _, _ := strings.Cut(name, "(")
	switch near := suggest.Nearest(word, methodNames()); {
	case name == "":
		p.fail(p.at, "a method is missing before the colon")
	case word != name && near == word:
		p.fail(p.at+len(word), "a colon is missing before the parenthesis: %s:%s", word, name[len(word):])
	case near != "":
		p.fail(p.at, "there is no method %q (did you mean %q?)", name, near)
	case strings.ContainsAny(name, "/."):
		p.fail(p.at, "%q is neither a method nor a path, which begins with /", name)
	default:
		p.fail(p.at, "there is no method %q; there are %s", name, strings.Join(methodNames(), ", "))
	}
}

// order checks that m may follow the methods before it.
func (p *parser) order(m Method) {
	switch {
	case p.Has(m.Name):
		p.fail(p.at, "%s: stands there twice", m.Name)
	case m.Name == "append" && len(p.Links) > 0:
		p.fail(p.at, "append: has to come first: what is above it would write where it does not mean to")
	case m.Name == "special" && len(p.Links) > 0:
		p.fail(p.at, "special: has to stand alone: %s: needs a file", p.Links[len(p.Links)-1].Method)
	}
}

// args reads the arguments of m.
func (p *parser) args(m Method) []int64 {
	text, _, closed := strings.Cut(p.rest()[1:], ")")
	want := strings.Split(strings.Trim(m.Args, "()"), ",")
	switch {
	case m.Args == "":
		p.fail(p.at, "%s: has no arguments", m.Name)
		return nil
	case !closed:
		p.fail(p.at, "the parenthesis is not closed")
		return nil
	}
	words := strings.Split(text, ",")
	if len(words) != len(want) {
		p.fail(p.at, "%s: takes %s", m.Name, m.Args)
		return nil
	}
	var all []int64
	p.at++
	for i, w := range words {
		n, ok := parseSize(w)
		if !ok || n == 0 {
			p.fail(p.at, "%q is no %s: a number of bytes, with k, m or g, up to 1024g", w, want[i])
			return nil
		}
		all = append(all, n)
		p.at += len(w) + 1
	}
	if strings.HasPrefix(p.rest(), ":") {
		p.at++
	} else if p.rest() != "" {
		p.fail(p.at, "a colon is missing behind the parenthesis")
	}
	return all
}

// path takes what is left as the path of m.
func (p *parser) path(m Method) {
	rest := p.rest()
	p.Path = rest
	switch {
	case p.err != nil || rest == "":
	case m.Name == "ioserver":
		p.url(rest)
	case rest[0] != '/':
		word, _, _ := strings.Cut(rest, ":")
		if _, ok := findMethod(word); ok {
			p.fail(p.at, "%s: has to come last: %s: cannot decorate it", m.Name, word)
			return
		}
		p.fail(p.at, "the path has to begin with /")
	}
}

func (p *parser) url(text string) {
	scheme, _, ok := strings.Cut(text, "://")
	if !ok || !slices.Contains(schemes, scheme) {
		reason := "a URL is wanted that begins with " + strings.Join(schemes, "://, ") + "://"
		if near := suggest.Nearest(scheme, schemes); ok && near != "" {
			reason += fmt.Sprintf(" (did you mean %s?)", near)
		}
		p.fail(p.at, "%s", reason)
		return
	}
	if scheme == "s3" {
		if bucket, _, _ := strings.Cut(text[len("s3://"):], "/"); bucket == "" {
			p.fail(p.at, "the URL names no bucket")
		}
		return
	}
	u, err := url.Parse(text)
	switch {
	case err != nil:
		p.fail(p.at, "this is no URL: %v", unwrapURL(err))
	case u.Host == "":
		p.fail(p.at, "the URL names no host")
	}
}

// unwrapURL takes away what the error repeats.
func unwrapURL(err error) error {
	if e, ok := err.(*url.Error); ok {
		return e.Err
	}
	return err
}
