package main

import "fmt"

// A limit is the highest figure or slowdown that still counts: a plain figure
// in the row's unit, so many times native or strace, or so many times the
// native figure of another row, or Penumbra's where that was not measured
// natively. The zero limit is none.
type limit struct {
	factor float64
	of     string // "" for a plain figure, native, strace, or a row's name
}

// ofTool reports whether l is a multiple of what a tool takes in the same row.
func (l limit) ofTool() bool { return l.of == native || l.of == strace }

// A target is what Penumbra must reach in a row and hopes to.
type target struct {
	must, hope limit
}

// format writes the limit as a reader of the row understands it.
func (l limit) format(u unit) string {
	switch {
	case l.factor == 0:
		return ""
	case l.of == "":
		return "≤ " + u.format(l.factor)
	case l.of == native:
		return fmt.Sprintf("≤ %.2f ×", l.factor)
	}
	return fmt.Sprintf("≤ %.2f × %s", l.factor, l.of)
}

// held says whether a result keeps the limit; known is false if there is no
// limit or not all that it needs was measured.
func (l limit) held(u unit, res result, earlier map[string]result) (held, known bool) {
	mine := res[ours].present()
	if l.ofTool() {
		mine = res.compare(ours, l.of, u)
	}
	if l.factor == 0 || len(mine) == 0 {
		return false, false
	}
	highest := l.factor
	if l.of != "" && !l.ofTool() {
		reference := earlier[l.of][native].present()
		if len(reference) == 0 {
			reference = earlier[l.of][ours].present()
		}
		if len(reference) == 0 {
			return false, false
		}
		highest *= median(reference)
	}
	return median(mine) <= highest, true
}

// verdict is one word for how Penumbra did in a row.
func (t target) verdict(u unit, res result, earlier map[string]result) string {
	if held, known := t.hope.held(u, res, earlier); known && held {
		return "hope"
	}
	held, known := t.must.held(u, res, earlier)
	switch {
	case !known:
		return ""
	case held:
		return "must"
	}
	return "missed"
}
