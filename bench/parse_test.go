package main

import "testing"

func TestParsers(t *testing.T) {
	peak := func(s string) (float64, error) { return parsePeak([]byte(s)) }
	loop := func(s string) (float64, error) { return parseLoop([]byte(s)) }
	tests := []struct {
		name  string
		parse func(string) (float64, error)
		input string
		want  float64 // 0 for an error
	}{
		{"loop", loop, "145.20 690000\n", 145.2},
		{"loop, nothing", loop, "", 0},
		{"loop, no turns", loop, "145.20 0\n", 0},
		{"loop, a message", loop, "micro: fork: again\n", 0},
		{"redis 7", parseRedis, "\"test\",\"rps\",\"avg_latency_ms\"\n\"GET\",\"61234.50\",\"0.41\"\n", 61234.5},
		{"redis 5", parseRedis, "\"GET\",\"61234.50\"\n", 61234.5},
		{"redis, another test", parseRedis, "\"SET\",\"61234.50\"\n", 0},
		{"redis, not a number", parseRedis, "\"GET\",\"fast\"\n", 0},
		{"peak", peak, "Name:\tstrace\nVmPeak:\t  9000 kB\nVmHWM:\t    3072 kB\nVmRSS:\t 1024 kB\n", 3},
		{"peak of a kernel thread", peak, "Name:\tkthreadd\nThreads:\t1\n", 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := test.parse(test.input)
			if (err != nil) != (test.want == 0) || got != test.want {
				t.Errorf("got %v, %v, want %v", got, err, test.want)
			}
		})
	}
}

func TestParseVersion(t *testing.T) {
	tests := []struct{ input, want string }{
		{"strace -- version 6.1\nCopyright", "6.1"},
		{"git version 2.39.5\n", "2.39.5"},
		{"gcc (Debian 12.2.0-14+deb12u1) 12.2.0", "12.2.0-14+deb12u1"},
		{"|__|  |__|__\\_____/ 5.1.0\n\nbuilt-in accelerators: process_vm = yes, seccomp_filter = no\n", "5.1.0 (seccomp_filter = no)"},
		{"no number", ""},
	}
	for _, test := range tests {
		t.Run(test.want, func(t *testing.T) {
			if got := parseVersion(test.input); got != test.want {
				t.Errorf("parseVersion = %q, want %q", got, test.want)
			}
		})
	}
}

func TestField(t *testing.T) {
	text := []byte("processor\t: 0\nmodel name\t: Some CPU: fast\nPRETTY_NAME=\"System 1\"\n")
	for name, want := range map[string]string{"model name": "Some CPU: fast", "absent": ""} {
		if got := field(text, name, ":"); got != want {
			t.Errorf("field %q = %q, want %q", name, got, want)
		}
	}
	if got := field(text, "PRETTY_NAME", "="); got != `"System 1"` {
		t.Errorf("PRETTY_NAME = %q", got)
	}
}

func TestDescribeLoad(t *testing.T) {
	tests := []struct {
		loadavg string
		want    string
	}{
		{"0.40 3.00 9.00 1/100 42\n", "0.40"},
		{"1.40 0.00 0.00 1/100 42\n", "1.40, a busy machine: do not trust these figures"},
		{"", ""},
	}
	for _, test := range tests {
		t.Run(test.loadavg, func(t *testing.T) {
			if got := describeLoad(test.loadavg, 2); got != test.want {
				t.Errorf("describeLoad = %q, want %q", got, test.want)
			}
		})
	}
}
