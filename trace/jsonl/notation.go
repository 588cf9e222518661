package jsonl

import (
	"encoding/base64"
	"strconv"
	"strings"
	"unicode/utf8"

	"penumbra/abi"
)

// notation appends values to a line of JSON. Whatever it is told, the line
// stays well formed: a second value where there is room for one is left out, as
// is what stands outside of any argument, and what was begun is ended.
type notation struct {
	line    []byte
	levels  []level // the argument or lone value in hand, and what it holds
	comment string  // about the argument's value
	args    int
	result  int // where a lone value ends, if a note follows it
}

// level is an argument, record or list that has been begun.
type level struct {
	kind   byte // one of those below
	start  int  // where the value of its element begins in the line
	count  int  // of its elements
	filled bool // its element has a value, or it has no element yet
	after  bool // its value is the one before a call, to which another is to come
	skip   bool // it stands where there was no room for it
}

// Kinds of levels.
const (
	argument  = 'a'
	loneValue = 'v'
	record    = '{'
	list      = '['
	allBut    = '~' // a list of what is not meant
)

// begin starts the arguments of a call.
func (n *notation) begin() {
	n.levels, n.args, n.comment = n.levels[:0], 0, ""
	n.line = append(n.line, `,"args":[`...)
}

// end ends them.
func (n *notation) end() {
	n.close()
	n.line = append(n.line, ']')
}

// value starts a value that is no argument.
func (n *notation) value() {
	n.levels = append(n.levels[:0], level{kind: loneValue, start: len(n.line)})
}

// Note begins an object that follows a lone value; a part without a label is
// its "value".
func (n *notation) Note() {
	if len(n.levels) == 0 || n.levels[0].kind != loneValue || n.result != 0 {
		return
	}
	n.close()
	n.result = len(n.line)
	n.line = append(n.line, `,"note":`...)
	n.value()
	n.Record()
}

func (n *notation) Part(label string) {
	if label == "" {
		label = "value"
	}
	n.Field(label)
}

// EndNote ends the note, and takes it back if it has no part.
func (n *notation) EndNote() {
	if n.result == 0 || len(n.levels) == 0 {
		return
	}
	if len(n.levels) == 2 && n.levels[1].count == 0 {
		n.line, n.levels = n.line[:n.result], n.levels[:0]
		return
	}
	n.close()
}

// close ends what has been begun.
func (n *notation) close() {
	if len(n.levels) == 0 {
		return
	}
	for len(n.levels) > 1 {
		n.pop()
	}
	n.complete()
	if n.levels[0].kind == argument {
		if n.comment != "" {
			n.line = appendString(append(n.line, `,"comment":`...), n.comment)
		}
		n.line = append(n.line, '}')
	}
	n.levels, n.comment = n.levels[:0], ""
}

func (n *notation) Arg(name string) {
	n.close()
	if n.args++; n.args > 1 {
		n.line = append(n.line, ',')
	}
	n.line = appendString(append(n.line, `{"name":`...), name)
	n.line = append(n.line, `,"value":`...)
	n.levels = append(n.levels, level{kind: argument, start: len(n.line)})
}

func (n *notation) Label(string) {}

// top returns the level in hand, or nil if what stands there is left out.
func (n *notation) top() *level {
	if len(n.levels) == 0 || n.levels[len(n.levels)-1].skip {
		return nil
	}
	return &n.levels[len(n.levels)-1]
}

// room reports whether a value may stand here, and takes the place.
func (n *notation) room() bool {
	l := n.top()
	if l == nil || l.filled {
		return false
	}
	l.filled = true
	return true
}

// complete gives the element in hand the value that it must have.
func (n *notation) complete() {
	l := n.top()
	if l == nil {
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
	if l == nil || !l.filled || l.after || l.start == len(n.line) {
		return
	}
	const before = `{"before":`
	n.line = append(n.line, before...)
	copy(n.line[l.start+len(before):], n.line[l.start:len(n.line)-len(before)])
	copy(n.line[l.start:], before)
	n.line = append(n.line, `,"after":`...)
	l.filled, l.after = false, true
}

func (n *notation) Count(count int, noun string) { n.Comment(strconv.Itoa(count) + " " + noun) }

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

func (n *notation) Number(_ string, v uint64) { n.Uint(v) }

func (n *notation) Text(_, value string) { n.String([]byte(value), false) }

// String writes text as a string; bytes that are no text, and what was cut, in
// an object that says so.
func (n *notation) String(b []byte, cut bool) {
	if n.room() {
		n.line = appendBytes(n.line, b, cut)
	}
}

// appendBytes appends what String writes.
func appendBytes(line, b []byte, cut bool) []byte {
	isText := utf8.Valid(b)
	switch {
	case isText && !cut:
		return appendString(line, string(b))
	case isText:
		line = appendString(append(line, `{"text":`...), string(b))
	default:
		line = base64.StdEncoding.AppendEncode(append(line, `{"base64":"`...), b)
		line = append(line, '"')
	}
	if cut {
		line = append(line, `,"cut":true`...)
	}
	return append(line, '}')
}

func (n *notation) Bytes(b []byte, cut bool) { n.String(b, cut) }

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

// pop ends the level in hand.
func (n *notation) pop() {
	if l := n.top(); l != nil {
		n.complete()
		n.line = append(n.line, map[byte]string{record: "}", list: "]", allBut: "]}"}[l.kind]...)
	}
	n.levels = n.levels[:len(n.levels)-1]
}

// next begins the next element of the record or list in hand; key is the name
// of a field.
func (n *notation) next(key string) {
	l := n.top()
	if l == nil || l.kind == argument || l.kind == loneValue || l.kind == record && key == "" {
		return
	}
	if l.count > 0 {
		n.complete()
		n.line = append(n.line, ',')
	}
	l.count++
	if l.kind == record {
		n.line = append(appendString(n.line, key), ':')
	}
	l.start, l.filled = len(n.line), false
}

// is reports whether the level in hand is of one of these kinds.
func (n *notation) is(kinds string) bool {
	return len(n.levels) > 1 && strings.IndexByte(kinds, n.levels[len(n.levels)-1].kind) >= 0
}

func (n *notation) Record() { n.push(record, "{") }

func (n *notation) Field(name string) { n.next(name) }

func (n *notation) Pointed(name, _, _, value string) {
	n.Field(name)
	n.Text("", value)
}

func (n *notation) EndRecord() {
	if n.is("{") {
		n.pop()
	}
}

func (n *notation) List() { n.push(list, "[") }

func (n *notation) Item() { n.next("") }

func (n *notation) EndList() {
	if n.is("[~") {
		n.pop()
	}
}

func (n *notation) Bag(complement bool) {
	if complement {
		n.push(allBut, `{"except":[`)
		return
	}
	n.List()
}

func (n *notation) EndBag() { n.EndList() }

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
