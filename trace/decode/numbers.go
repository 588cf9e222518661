package decode

import (
	"fmt"
	"strconv"
)

func decimal(v uint64) string { return strconv.FormatUint(v, 10) }

// fixedHex returns v in hexadecimal with at least so many digits. Zero has no
// prefix but as many characters, as C has it.
func fixedHex(v uint64, digits int) string {
	if v == 0 {
		return fmt.Sprintf("%0*d", digits+len("0x"), 0)
	}
	return fmt.Sprintf("0x%0*x", digits, v)
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

// appendHex appends v in hexadecimal, 0 without 0x.
func appendHex(b []byte, v uint64) []byte {
	if v == 0 {
		return append(b, '0')
	}
	return strconv.AppendUint(append(b, "0x"...), v, 16)
}
