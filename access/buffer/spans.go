package buffer

import "slices"

// A span is a range of a block's bytes; to is behind the last.
type span struct{ from, to int }

// spans do not overlap nor touch, and are in order.
type spans []span

// has reports whether s has all of t.
func (s spans) has(t span) bool {
	return slices.ContainsFunc(s, func(o span) bool { return o.from <= t.from && t.to <= o.to })
}

// with returns s and t.
func (s spans) with(t span) spans {
	all := make(spans, 0, len(s)+1)
	for _, o := range s {
		if o.to < t.from || t.to < o.from {
			all = append(all, o)
		} else {
			t = span{min(t.from, o.from), max(t.to, o.to)}
		}
	}
	i, _ := slices.BinarySearchFunc(all, t, func(a, b span) int { return a.from - b.from })
	return slices.Insert(all, i, t)
}

// below returns what s has of the bytes before end.
func (s spans) below(end int) spans {
	var all spans
	for _, o := range s {
		if o.from < end {
			all = append(all, span{o.from, min(o.to, end)})
		}
	}
	return all
}
