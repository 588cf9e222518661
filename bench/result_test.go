package main

import (
	"math"
	"slices"
	"testing"
)

func TestMedianAndSpread(t *testing.T) {
	tests := []struct {
		name           string
		values         []float64
		median, spread float64
	}{
		{"none", nil, 0, 0},
		{"one", []float64{7}, 7, 0},
		{"odd", []float64{9, 1, 5}, 5, 1.6},
		{"even", []float64{4, 1, 3, 2}, 2.5, 1.2},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			before := slices.Clone(test.values)
			if got := median(test.values); got != test.median {
				t.Errorf("median = %v, want %v", got, test.median)
			}
			if got := spread(test.values); math.Abs(got-test.spread) > 1e-9 {
				t.Errorf("spread = %v, want %v", got, test.spread)
			}
			if !slices.Equal(before, test.values) {
				t.Errorf("the values were reordered: %v", test.values)
			}
		})
	}
}

func TestRatiosPairRounds(t *testing.T) {
	res := result{
		native: {values: map[int]float64{0: 100, 1: 200, 3: 50}},
		"slow": {values: map[int]float64{0: 300, 1: 400, 2: 999}},
	}
	got := slices.Sorted(slices.Values(res.ratios("slow", ns)))
	if want := []float64{2, 3}; !slices.Equal(got, want) {
		t.Errorf("ratios = %v, want %v: round 2 has no native", got, want)
	}
	got = slices.Sorted(slices.Values(res.ratios("slow", perSecond)))
	if want := []float64{1. / 3, 0.5}; !slices.Equal(got, want) {
		t.Errorf("ratios of rates = %v, want %v", got, want)
	}
	if got := res.ratios("absent", ns); len(got) != 0 {
		t.Errorf("ratios of an absent tool = %v", got)
	}
}
