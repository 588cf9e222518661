package fault

import (
	"fmt"
	"strconv"
	"strings"
)

// When says which of a thread's calls are hit: those with the ordinals First,
// First+Step, First+2·Step and so on up to Last. The calls of each system call
// are counted apart, from 1, in each thread, and on through execve. A Step of
// 0 is First alone.
type When struct{ First, Last, Step uint64 }

// always is the When of an injection that does not say.
var always = When{First: 1, Last: maxLast, Step: 1}

const (
	maxOrdinal = 65535      // strace(1)'s limit
	maxLast    = ^uint64(0) // no last one
)

// Matches reports whether the call with ordinal n is hit.
func (w When) Matches(n uint64) bool {
	if n < w.First || n > w.Last {
		return false
	}
	if w.Step == 0 {
		return n == w.First
	}
	return (n-w.First)%w.Step == 0
}

// ParseWhen reads FIRST, FIRST+, FIRST+STEP, FIRST..LAST, FIRST..LAST+ or
// FIRST..LAST+STEP, as strace(1) has them: numbers from 1 to 65535, LAST not
// below FIRST.
func ParseWhen(expr string) (When, error) {
	head, step, stepped := strings.Cut(expr, "+")
	first, last, ranged := strings.Cut(head, "..")
	w := When{Last: maxLast}
	var err error
	if w.First, err = parseOrdinal(first); err != nil {
		return When{}, whenError(expr, err)
	}
	if ranged {
		w.Step = 1
		if w.Last, err = parseOrdinal(last); err != nil {
			return When{}, whenError(expr, err)
		}
	}
	if w.Last < w.First {
		return When{}, whenError(expr, fmt.Errorf("%d comes before %d", w.Last, w.First))
	}
	if stepped {
		w.Step = 1
		if step != "" {
			if w.Step, err = parseOrdinal(step); err != nil {
				return When{}, whenError(expr, err)
			}
		}
	}
	return w, nil
}

func parseOrdinal(word string) (uint64, error) {
	n, err := strconv.ParseUint(word, 10, 64)
	switch {
	case word == "":
		return 0, fmt.Errorf("a number is missing")
	case err != nil && strings.Trim(word, "0123456789") != "":
		return 0, fmt.Errorf("%q is no number", word)
	case err != nil || n < 1 || n > maxOrdinal:
		return 0, fmt.Errorf("%s is not from 1 to %d", word, maxOrdinal)
	}
	return n, nil
}

func whenError(expr string, err error) error {
	return fmt.Errorf("when=%s: %w: write FIRST[..LAST][+[STEP]], as in 3, 3+, 1+2 or 2..9+3", expr, err)
}
