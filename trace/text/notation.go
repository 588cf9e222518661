package text

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"penumbra/abi"
)

// notation appends values to a line in strace's words.
type notation struct {
	line []byte
	hex  hexStyle
	// fresh: nothing stands before the next argument, field or item that it
	// would have to be separated from.
	fresh bool
	noted int // where the note of a result begins, if it has any
	bags  int // sets within which items are separated by blanks
}

// hexStyle says which strings are written in hexadecimal (-x, -xx).
type hexStyle uint8

const (
	hexNever hexStyle = iota
	hexUnprintable
	hexAlways
)

func (n *notation) separate(by string) {
	if !n.fresh {
		n.line = append(n.line, by...)
	}
	n.fresh = false
}

func (n *notation) Arg(string) { n.separate(", ") }

func (n *notation) Label(name string) { n.line = append(append(n.line, name...), '=') }

func (n *notation) Word(w string) { n.line = append(n.line, w...) }

func (n *notation) Int(v int64) { n.line = strconv.AppendInt(n.line, v, 10) }

func (n *notation) Uint(v uint64) { n.line = strconv.AppendUint(n.line, v, 10) }

func (n *notation) Hex(v uint64) {
	if v == 0 {
		n.line = append(n.line, '0')
		return
	}
	n.line = strconv.AppendUint(append(n.line, "0x"...), v, 16)
}

// Octal writes three digits at least, a zero before all others.
func (n *notation) Octal(v uint64) {
	if v < 0o10 {
		n.line = append(n.line, '0')
	}
	n.line = strconv.AppendUint(append(n.line, '0'), v, 8)
}

func (n *notation) Flags(set *abi.FlagSet, v uint64, a abi.Arch) {
	n.line = set.Append(n.line, v, a)
}

func (n *notation) Number(expression string, _ uint64) { n.Word(expression) }

func (n *notation) Text(expression, _ string) { n.Word(expression) }

func (n *notation) Record() { n.line, n.fresh = append(n.line, '{'), true }

func (n *notation) Field(name string) {
	n.separate(", ")
	n.line = append(append(n.line, name...), '=')
}

func (n *notation) Pointed(name, before, after, _ string) {
	n.separate(", ")
	n.line = append(append(append(n.line, before...), name...), after...)
}

func (n *notation) EndRecord() { n.line, n.fresh = append(n.line, '}'), false }

func (n *notation) List() { n.line, n.fresh = append(n.line, '['), true }

func (n *notation) Item() {
	if n.bags > 0 {
		n.separate(" ")
		return
	}
	n.separate(", ")
}

func (n *notation) EndList() { n.line, n.fresh = append(n.line, ']'), false }

func (n *notation) Bag(complement bool) {
	if complement {
		n.line = append(n.line, '~')
	}
	n.List()
	n.bags++
}

func (n *notation) EndBag() {
	n.bags--
	n.EndList()
}

func (n *notation) More() { n.line = append(n.line, "..."...) }

func (n *notation) Rest() {
	n.separate(", ")
	n.More()
}

func (n *notation) Becomes() { n.line = append(n.line, " => "...) }

func (n *notation) Count(count int, noun string) {
	n.line = strconv.AppendInt(append(n.line, " /* "...), int64(count), 10)
	n.line = append(append(append(n.line, ' '), noun...), " */"...)
}

func (n *notation) Comment(c string) {
	n.line = append(append(append(n.line, " /* "...), c...), " */"...)
}

// String writes b in quotes, unprintable bytes as C would have them.
func (n *notation) String(b []byte, cut bool) {
	n.line = append(n.line, '"')
	n.escaped(b, "")
	n.line = append(n.line, '"')
	if cut {
		n.line = append(n.line, "..."...)
	}
}

// escaped appends b so that it can be printed, with escapes also for the bytes
// in special.
func (n *notation) escaped(b []byte, special string) {
	if n.hex == hexAlways || n.hex == hexUnprintable && !printable(b) {
		for _, c := range b {
			n.line = append(n.line, '\\', 'x', digits[c>>4], digits[c&15])
		}
		return
	}
	for i, c := range b {
		digitFollows := i+1 < len(b) && b[i+1] >= '0' && b[i+1] <= '7'
		if strings.IndexByte(special, c) >= 0 {
			n.line = appendOctal(n.line, c, digitFollows)
			continue
		}
		n.line = appendByte(n.line, c, digitFollows)
	}
}

// Abstract writes a name as unix(7) speaks of it.
func (n *notation) Abstract(name []byte) {
	n.line = append(n.line, '@')
	n.String(name, false)
}

func (n *notation) Bytes(b []byte, cut bool) {
	hex := n.hex
	n.hex = hexAlways
	n.String(b, cut)
	n.hex = hex
}

// Note puts its parts into parentheses, or nothing if it has none.
func (n *notation) Note() { n.noted = len(n.line) }

func (n *notation) Part(label string) {
	if len(n.line) == n.noted {
		n.line = append(n.line, " ("...)
	} else {
		n.line = append(n.line, ", "...)
	}
	if label != "" {
		n.line = append(append(n.line, label...), ' ')
	}
}

func (n *notation) EndNote() {
	if len(n.line) > n.noted {
		n.line = append(n.line, ')')
	}
}

const digits = "0123456789abcdef"

func printable(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf || c < ' ' && (c < '\t' || c > '\r') || c == 0x7f {
			return false
		}
	}
	return true
}

// appendByte appends one byte of a string; digitFollows says that what follows
// could be taken for a part of an octal escape.
func appendByte(line []byte, c byte, digitFollows bool) []byte {
	switch c {
	case '"', '\\':
		return append(line, '\\', c)
	case '\n':
		return append(line, `\n`...)
	case '\t':
		return append(line, `\t`...)
	case '\r':
		return append(line, `\r`...)
	case '\v':
		return append(line, `\v`...)
	case '\f':
		return append(line, `\f`...)
	}
	if c >= ' ' && c < 0x7f {
		return append(line, c)
	}
	return appendOctal(line, c, digitFollows)
}

// appendOctal appends an octal escape as short as it may be: three digits if a
// digit follows.
func appendOctal(line []byte, c byte, digitFollows bool) []byte {
	line = append(line, '\\')
	if digitFollows || c >= 0o100 {
		line = append(line, '0'+c>>6)
	}
	if digitFollows || c >= 0o10 {
		line = append(line, '0'+c>>3&7)
	}
	return append(line, '0'+c&7)
}
