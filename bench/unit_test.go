package main

import "testing"

func TestFormatUnit(t *testing.T) {
	tests := []struct {
		unit  unit
		value float64
		want  string
	}{
		{ns, 1.239, "1.24 ns"},
		{ns, 24.04, "24.0 ns"},
		{ns, 999.6, "1 000 ns"},
		{ns, 145.2, "145 ns"},
		{ms, 1234567, "1 234 567 ms"},
		{perSecond, 61234.5, "61 234 /s"},
		{mib, 30.004, "30.0 MiB"},
	}
	for _, test := range tests {
		t.Run(test.want, func(t *testing.T) {
			if got := test.unit.format(test.value); got != test.want {
				t.Errorf("format(%v) = %q, want %q", test.value, got, test.want)
			}
		})
	}
}
