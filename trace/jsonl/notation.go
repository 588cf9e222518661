package jsonl

import (
	"encoding/base64"
	"strconv"
	"unicode/utf8"

	"penumbra/abi"
)

// notation appends values to a line of JSON. Whatever it is told, the line
// stays well formed: a second value where there is room for one is left out.
type notation struct {
	line    []byte
	levels  []level
	comment string // about the argument's value
	args    int
}

// level is an argument, record or list that has been begun.
type level struct {
	kind   byte // 'a' an argument, '{', '[', or '~' for all but a list
	start  int  // where the value of its element begins in the line
	count  int  // of its elements
	filled bool // its element has a value
	after  bool // its value is the one before a call, to which another is to come
	skip   bool // it stands where there was no room for it
}

func (n *notation) top() *level { return &n.levels[len(n.levels)-1] }

// begin starts the arguments of a call.
func (n *notation) begin() {
	n.levels, n.args, n.comment = n.levels[:0], 0, ""
	n.line = append(n.line, `,"args":[`...)
}

// end ends them.
func (n *notation) end() {
	n.endArg()
	n.line = append(n.line, ']')
}

func (n *notation) endArg() {
	if len(n.levels) == 0 {
		return
	}
	n.complete()
	if n.comment != "" {
		n.line = appendString(append(n.line, `,"comment":`...), n.comment)
	}
	n.line = append(n.line, '}')
	n.levels, n.comment = n.levels[:0], ""
}

func (n *notation) Arg(name string) {
	n.endArg()
	if n.args++; n.args > 1 {
		n.line = append(n.line, ',')
	}
	n.line = appendString(append(n.line, `{"name":`...), name)
	n.line = append(n.line, `,"value":`...)
	n.levels = append(n.levels, level{kind: 'a', start: len(n.line)})
}

func (n *notation) Label(string) {}

// room reports whether a value may stand here, and takes the place.
func (n *notation) room() bool {
	if len(n.levels) == 0 || n.top().skip || n.top().filled {
		return false
	}
	n.top().filled = true
	return true
}

// complete gives the element in hand the value that it must have.
func (n *notation) complete() {
	l := n.top()
	if l.skip {
		return
	}
	if !l.filled {
		n.line = append(n.line, "null"...)
	}
	if l.after {
		n.line = append(n.line, '}')
	}
	l.filled, l.after = true, false
}

func (n *notation) Becomes() {
	l := n.top()
	if l.skip || !l.filled || l.after {
		return
	}
	const before = `{"before":`
	n.line = append(n.line, before...)
	copy(n.line[l.start+len(before):], n.line[l.start:len(n.line)-len(before)])
	copy(n.line[l.start:], before)
	n.line = append(n.line, `,"after":`...)
	l.filled, l.after = false, true
}

func (n *notation) Comment(c string) {
	if len(n.levels) == 1 {
		n.comment = c
	}
}

func (n *notation) Word(w string) {
	if !n.room() {
		return
	}
	if w == "NULL" {
		n.line = append(n.line, "null"...)
		return
	}
	n.line = appendString(n.line, w)
}

func (n *notation) Int(v int64) {
	if n.room() {
		n.line = strconv.AppendInt(n.line, v, 10)
	}
}

func (n *notation) Uint(v uint64) {
	if n.room() {
		n.line = strconv.AppendUint(n.line, v, 10)
	}
}

func (n *notation) Hex(v uint64) {
	if n.room() {
		n.line = append(strconv.AppendUint(append(n.line, `"0x`...), v, 16), '"')
	}
}

func (n *notation) Octal(v uint64) {
	if n.room() {
		n.line = append(strconv.AppendUint(append(n.line, `"0`...), v, 8), '"')
	}
}

func (n *notation) Flags(set *abi.FlagSet, v uint64, a abi.Arch) { n.Word(set.Format(v, a)) }

func (n *notation) FD(fd int64, file string) {
	if file == "" {
		n.Int(fd)
		return
	}
	if n.room() {
		n.line = strconv.AppendInt(append(n.line, `{"fd":`...), fd, 10)
		n.line = append(appendString(append(n.line, `,"file":`...), file), '}')
	}
}

// String writes text as a string; bytes that are no text, and what was cut, in
// an object that says so.
func (n *notation) String(b []byte, cut bool) {
	if !n.room() {
		return
	}
	isText := utf8.Valid(b)
	switch {
	case isText && !cut:
		n.line = appendString(n.line, string(b))
		return
	case isText:
		n.line = appendString(append(n.line, `{"text":`...), string(b))
	default:
		n.line = append(n.line, `{"base64":"`...)
		n.line = append(base64.StdEncoding.AppendEncode(n.line, b), '"')
	}
	if cut {
		n.line = append(n.line, `,"cut":true`...)
	}
	n.line = append(n.line, '}')
}

func (n *notation) Abstract(name []byte) { n.String(append([]byte{'@'}, name...), false) }

func (n *notation) More() {
	if n.room() {
		n.line = append(n.line, `{"more":true}`...)
	}
}

func (n *notation) Rest() {
	n.Field("more")
	if n.room() {
		n.line = append(n.line, "true"...)
	}
}

func (n *notation) push(kind byte, open string) {
	l := level{kind: kind, skip: !n.room()}
	if !l.skip {
		n.line = append(n.line, open...)
		l.start, l.filled = len(n.line), true
	}
	n.levels = append(n.levels, l)
}

func (n *notation) pop(shut string) {
	if len(n.levels) < 2 {
		return
	}
	if l := n.top(); !l.skip {
		n.complete()
		n.line = append(n.line, shut...)
		if l.kind == '~' {
			n.line = append(n.line, '}')
		}
	}
	n.levels = n.levels[:len(n.levels)-1]
}

// next begins the next element of the record or list in hand.
func (n *notation) next() *level {
	l := n.top()
	if l.skip || l.kind == 'a' {
		return nil
	}
	if l.count > 0 {
		n.complete()
		n.line = append(n.line, ',')
	}
	l.count++
	return l
}

func (n *notation) Record() { n.push('{', "{") }

func (n *notation) Field(name string) {
	if l := n.next(); l != nil {
		if l.kind == '{' {
			n.line = append(appendString(n.line, name), ':')
		}
		l.start, l.filled = len(n.line), false
	}
}

func (n *notation) Pointed(name, before, after string) {
	n.Field(name)
	n.Word(before + name + after)
}

func (n *notation) EndRecord() { n.pop("}") }

func (n *notation) List() { n.push('[', "[") }

func (n *notation) Item() {
	if l := n.next(); l != nil {
		l.start, l.filled = len(n.line), false
	}
}

func (n *notation) EndList() { n.pop("]") }

func (n *notation) Bag(complement bool) {
	if complement {
		n.push('~', `{"except":[`)
		return
	}
	n.List()
}

func (n *notation) EndBag() { n.pop("]") }

// appendString appends s as a JSON string (RFC 8259).
func appendString(b []byte, s string) []byte {
	const digits = "0123456789abcdef"
	b = append(b, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r == '\n':
			b = append(b, '\\', 'n')
		case r == '\t':
			b = append(b, '\\', 't')
		case r < ' ':
			b = append(b, '\\', 'u', '0', '0', digits[r>>4], digits[r&15])
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	return append(b, '"')
}
