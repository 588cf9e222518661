package policy

import (
	"fmt"
	"regexp"
	"strings"
)

// A globError is at a byte of a glob, from 0.
type globError struct {
	at     int
	reason string
}

func (e *globError) Error() string { return e.reason }

// compile makes a glob a regular expression, which takes no longer for odd names.
func compile(glob string) (*regexp.Regexp, error) {
	if !strings.HasPrefix(glob, "/") && !strings.HasPrefix(glob, "**") {
		return nil, &globError{0, fmt.Sprintf("a glob is of absolute names and begins with / or **, as in **/%s", glob)}
	}
	c := compiler{glob: glob}
	c.b.WriteString("^(?s:")
	if err := c.compile(); err != nil {
		return nil, err
	}
	c.b.WriteString(")$")
	re, err := regexp.Compile(c.b.String())
	if err != nil {
		return nil, &globError{0, fmt.Sprintf("this glob is too much: %v", err)}
	}
	return re, nil
}

type compiler struct {
	glob   string
	at     int
	b      strings.Builder
	braces []int // where they were opened
}

func (c *compiler) compile() error {
	for c.at < len(c.glob) {
		rest := c.glob[c.at:]
		switch {
		case strings.HasPrefix(rest, "**/") && (c.at == 0 || c.glob[c.at-1] == '/'):
			c.put("(?:.*/)?", 3)
		case strings.HasPrefix(rest, "**"):
			c.put(".*", 2)
		case rest[0] == '*':
			c.put("[^/]*", 1)
		case rest[0] == '?':
			c.put("[^/]", 1)
		case rest[0] == '[':
			if err := c.class(); err != nil {
				return err
			}
		case rest[0] == '{':
			c.braces = append(c.braces, c.at)
			c.put("(?:", 1)
		case rest[0] == ',' && len(c.braces) > 0:
			c.put("|", 1)
		case rest[0] == '}' && len(c.braces) > 0:
			c.braces = c.braces[:len(c.braces)-1]
			c.put(")", 1)
		case rest[0] == '\\' && len(rest) == 1:
			return &globError{c.at, "nothing follows the backslash"}
		case rest[0] == '\\':
			c.put(regexp.QuoteMeta(rest[1:2]), 2)
		default:
			c.put(regexp.QuoteMeta(rest[:1]), 1)
		}
	}
	if n := len(c.braces); n > 0 {
		return &globError{c.braces[n-1], "the brace is not closed"}
	}
	return nil
}

func (c *compiler) put(re string, n int) {
	c.b.WriteString(re)
	c.at += n
}

// class compiles [a-z] and [!a-z], neither of which is a slash.
func (c *compiler) class() error {
	start := c.at
	text := c.glob[start+1:]
	not := strings.HasPrefix(text, "!") || strings.HasPrefix(text, "^")
	if not {
		text = text[1:]
	}
	end := strings.IndexByte(text, ']')
	if end == 0 { // the first one is a letter like others
		if end = strings.IndexByte(text[1:], ']') + 1; end == 0 {
			end = -1
		}
	}
	if end < 0 {
		return &globError{start, "the bracket is not closed"}
	}
	text = text[:end]
	c.at = len(c.glob) - len(c.glob[start+1:]) + end + 1
	if not {
		c.at++
	}
	c.b.WriteString("[")
	if not {
		c.b.WriteString("^/")
	}
	for letters := []rune(text); len(letters) > 0; {
		from, to, n := letters[0], letters[0], 1
		if len(letters) > 2 && letters[1] == '-' {
			to, n = letters[2], 3
		}
		switch {
		case from > to:
			return &globError{start, fmt.Sprintf("%c-%c is no range", from, to)}
		case from <= '/' && '/' <= to:
			return &globError{start, "a class cannot have a slash"}
		}
		fmt.Fprintf(&c.b, "\\x{%x}-\\x{%x}", from, to)
		letters = letters[n:]
	}
	c.b.WriteString("]")
	return nil
}
