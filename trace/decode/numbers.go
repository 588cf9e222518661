package decode

import (
	"fmt"
	"strconv"
)

func decimal(v uint64) string { return strconv.FormatUint(v, 10) }

// fixedHex returns v in hexadecimal with at least so many digits.
func fixedHex(v uint64, digits int) string { return fmt.Sprintf("%#0*x", digits+2, v) }

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}
