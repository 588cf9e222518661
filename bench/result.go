package main

import (
	"maps"
	"slices"
)

// samples is what one tool gave in one row.
type samples struct {
	values map[int]float64 // by round; a tool can sit rounds out
	err    error           // why there are no more of them
}

func (s samples) present() []float64 {
	return slices.Collect(maps.Values(s.values))
}

// A result is one row's samples by the name of the tool.
type result map[string]samples

// ratios gives how many times slower than native the tool was, for each round
// that both took part in.
func (r result) ratios(tool string, u unit) []float64 { return r.compare(tool, native, u) }

// compare gives how many times slower one tool was than the other.
func (r result) compare(tool, other string, u unit) []float64 {
	var ratios []float64
	reference := r[other].values
	for round, v := range r[tool].values {
		if n, ok := reference[round]; ok {
			ratios = append(ratios, u.slowdown(v, n))
		}
	}
	return ratios
}

// median of no values is 0.
func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}

// spread is the distance from the lowest to the highest value, as a part of
// their median. It says how far the machine's noise goes.
func spread(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	return (slices.Max(values) - slices.Min(values)) / median(values)
}
