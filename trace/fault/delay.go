package fault

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// delayUnits are the suffixes of a delay, the longer before those they end in.
var delayUnits = []struct {
	suffix string
	unit   time.Duration
}{
	{"ms", time.Millisecond}, {"us", time.Microsecond}, {"ns", time.Nanosecond}, {"s", time.Second},
}

// maxDelay keeps a mistyped delay from holding a guest for ever.
const maxDelay = 24 * time.Hour

// parseDelay reads a decimal number of microseconds, or of what its suffix
// says: s, ms, us or ns.
func parseDelay(word string) (time.Duration, error) {
	number, unit := word, time.Microsecond
	for _, u := range delayUnits {
		if head, ok := strings.CutSuffix(word, u.suffix); ok {
			number, unit = head, u.unit
			break
		}
	}
	v, err := strconv.ParseFloat(number, 64)
	switch {
	case err != nil || strings.Trim(number, "0123456789.eE+-") != "":
		return 0, fmt.Errorf("%q is no time: write microseconds, or a number with s, ms, us or ns", word)
	case v < 0 || math.Signbit(v):
		return 0, fmt.Errorf("%s is a time in the past", word)
	case v*float64(unit) > float64(maxDelay):
		return 0, fmt.Errorf("%s is longer than %v", word, maxDelay)
	}
	return time.Duration(v * float64(unit)), nil
}
