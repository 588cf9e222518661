package main

import (
	"strconv"
	"strings"
)

// A unit says how a row's figures are written and which way is better.
type unit struct {
	name   string
	rate   bool // more is better
	amount bool // no ratio to native makes sense
}

var (
	ns        = unit{name: "ns"}
	ms        = unit{name: "ms"}
	perSecond = unit{name: "/s", rate: true}
	mib       = unit{name: "MiB", amount: true}
	mbs       = unit{name: "MB/s", rate: true}
)

// format writes a figure with three significant digits at least, thousands
// apart, and the unit.
func (u unit) format(v float64) string {
	digits := 0
	switch {
	case v < 10:
		digits = 2
	case v < 100:
		digits = 1
	}
	whole, fraction, _ := strings.Cut(strconv.FormatFloat(v, 'f', digits, 64), ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + " " + whole[i:]
	}
	if fraction != "" {
		whole += "." + fraction
	}
	return whole + " " + u.name
}

// slowdown says how many times slower a figure is than the reference.
func (u unit) slowdown(v, reference float64) float64 {
	if u.rate {
		return reference / v
	}
	return v / reference
}
