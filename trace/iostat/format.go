package iostat

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// number writes n with a comma after each three digits.
func number(n uint64) string {
	s := strconv.FormatUint(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// size writes a number of bytes with three digits or so.
func size(n uint64) string {
	const units = "KMGTPE"
	if n < 1024 {
		return fmt.Sprintf("%d B", n)
	}
	v, unit := float64(n)/1024, 0
	for v >= 999.5 && unit < len(units)-1 {
		v, unit = v/1024, unit+1
	}
	if v == float64(int(v)) { // most sizes of buffers
		return fmt.Sprintf("%d %ciB", int(v), units[unit])
	}
	return fmt.Sprintf("%s %ciB", digits(v), units[unit])
}

// duration writes d with three digits or so.
func duration(d time.Duration) string {
	switch v := float64(d); {
	case d == 0:
		return "0"
	case v < 1e3:
		return fmt.Sprintf("%d ns", d)
	case v < 999.5e3:
		return digits(v/1e3) + " µs"
	case v < 999.5e6:
		return digits(v/1e6) + " ms"
	case v < 100*60e9:
		return digits(v/1e9) + " s"
	default:
		return digits(v/3600e9) + " h"
	}
}

func digits(v float64) string {
	switch {
	case v < 9.995:
		return strconv.FormatFloat(v, 'f', 2, 64)
	case v < 99.95:
		return strconv.FormatFloat(v, 'f', 1, 64)
	}
	return strconv.FormatFloat(v, 'f', 0, 64)
}

// count writes n and what there are n of.
func count(n uint64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return number(n) + " " + many
}

// clean makes a name that a guest chose fit to be shown: bytes that are no
// UTF-8, and characters that move a cursor or the direction of writing, are
// written as Go and C write them in strings.
func clean(name string) string {
	fine := true
	for _, r := range name {
		fine = fine && r != utf8.RuneError && shown(r)
	}
	if fine {
		return name
	}
	var b strings.Builder
	for i := 0; i < len(name); {
		r, n := utf8.DecodeRuneInString(name[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, `\x%02x`, name[i])
		case !shown(r):
			quoted := strconv.QuoteRuneToASCII(r)
			b.WriteString(quoted[1 : len(quoted)-1])
		default:
			b.WriteString(name[i : i+n])
		}
		i += n
	}
	return b.String()
}

// shown reports whether r is written as it is.
func shown(r rune) bool { return r == ' ' || strconv.IsPrint(r) }

// shorten cuts a name to a number of columns. The end of a path tells more
// than its beginning.
func shorten(name string, columns int) string {
	n := utf8.RuneCountInString(name)
	if n <= columns {
		return name
	}
	runes := []rune(name)
	return "…" + string(runes[n-columns+1:])
}

// label makes a name fit for the middle of a sentence.
func label(name string) string { return shorten(clean(name), 60) }
