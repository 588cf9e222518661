package main

import "testing"

func TestVerdict(t *testing.T) {
	one := func(native, mine float64) result {
		return result{"native": {values: map[int]float64{0: native}}, ours: {values: map[int]float64{0: mine}}}
	}
	stop := map[string]result{onePtraceStop: {native: {values: map[int]float64{0: 10_000}}}}
	ratio := target{must: limit{1.4, native}, hope: limit{1.25, native}}
	door := target{must: limit{0.6, onePtraceStop}, hope: limit{5000, ""}}
	tests := []struct {
		name    string
		target  target
		unit    unit
		result  result
		earlier map[string]result
		want    string
	}{
		{"hope", ratio, ns, one(100, 125), nil, "hope"},
		{"must", ratio, ns, one(100, 140), nil, "must"},
		{"missed", ratio, ns, one(100, 141), nil, "missed"},
		{"a rate that fell", ratio, perSecond, one(200, 100), nil, "missed"},
		{"a rate that rose", ratio, perSecond, one(100, 200), nil, "hope"},
		{"no native", ratio, ns, result{ours: {values: map[int]float64{0: 1}}}, nil, ""},
		{"no penumbra", ratio, ns, result{native: {values: map[int]float64{0: 1}}}, nil, ""},
		{"no target", target{}, ns, one(100, 100), nil, ""},
		{"plain figure", memoryTarget(1000), mib, one(0, 33.9), nil, "must"},
		{"plain figure missed", memoryTarget(1000), mib, one(0, 34), nil, "missed"},
		{"another tool, hope", target{limit{1, strace}, limit{0.5, strace}}, ms, result{strace: {values: map[int]float64{0: 10}}, ours: {values: map[int]float64{0: 5}}}, nil, "hope"},
		{"another tool, missed", target{limit{1, strace}, limit{0.5, strace}}, ms, result{strace: {values: map[int]float64{0: 10}}, ours: {values: map[int]float64{0: 11}}}, nil, "missed"},
		{"another tool, not measured", target{limit{1, strace}, limit{}}, ms, one(1, 1), nil, ""},
		{"another row, hope", door, ns, one(130, 4900), stop, "hope"},
		{"another row, must", door, ns, one(130, 6000), stop, "must"},
		{"another row, missed", door, ns, one(130, 6001), stop, "missed"},
		{"another row, not measured", door, ns, one(130, 6000), nil, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := test.target.verdict(test.unit, test.result, test.earlier); got != test.want {
				t.Errorf("verdict = %q, want %q", got, test.want)
			}
		})
	}
}

func TestFormatLimit(t *testing.T) {
	tests := []struct {
		limit limit
		unit  unit
		want  string
	}{
		{limit{}, ns, ""},
		{limit{12, ""}, ms, "≤ 12.0 ms"},
		{limit{1.25, native}, ns, "≤ 1.25 ×"},
		{limit{0.6, onePtraceStop}, ns, "≤ 0.60 × one ptrace stop"},
		{limit{0.5, strace}, ms, "≤ 0.50 × strace"},
	}
	for _, test := range tests {
		t.Run(test.want, func(t *testing.T) {
			if got := test.limit.format(test.unit); got != test.want {
				t.Errorf("format = %q, want %q", got, test.want)
			}
		})
	}
}
