package vft

import "slices"

// span is the bytes from from up to, but not including, to.
type span struct{ from, to int64 }

// spans are disjoint, in order, and do not touch.
type spans []span

// with returns s and the bytes of n.
func (s spans) with(n span) spans {
	if n.from >= n.to {
		return s
	}
	i, _ := slices.BinarySearchFunc(s, n.from, func(a span, from int64) int {
		if a.to < from {
			return -1
		}
		return 1
	})
	j := i
	for ; j < len(s) && s[j].from <= n.to; j++ {
		n = span{min(n.from, s[j].from), max(n.to, s[j].to)}
	}
	return slices.Replace(slices.Clone(s), i, j, n)
}

// below returns the bytes of s below end.
func (s spans) below(end int64) spans {
	var kept spans
	for _, a := range s {
		if a.from < end {
			kept = append(kept, span{a.from, min(a.to, end)})
		}
	}
	return kept
}

// size returns the number of bytes.
func (s spans) size() (n int64) {
	for _, a := range s {
		n += a.to - a.from
	}
	return n
}

func (s spans) overlaps(n span) bool {
	return slices.ContainsFunc(s, func(a span) bool { return a.from < n.to && n.from < a.to })
}

// blocks calls f for each block that s touches, once.
func (s spans) blocks(f func(block int64)) {
	next := int64(0)
	for _, a := range s {
		for b := max(next, a.from/BlockSize); b*BlockSize < a.to; b++ {
			f(b)
			next = b + 1
		}
	}
}
