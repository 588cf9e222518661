package fault

import (
	"strings"
	"testing"
)

func TestWhen(t *testing.T) {
	for _, test := range []struct {
		expr string
		want string // which of the calls 1 to 9 are hit
	}{
		{"1", "x........"},
		{"3", "..x......"},
		{"3+", "..xxxxxxx"},
		{"1+2", "x.x.x.x.x"},
		{"2+3", ".x..x..x."},
		{"2..4", ".xxx....."},
		{"2..4+", ".xxx....."},
		{"2..7+2", ".x.x.x..."},
		{"2..8+3", ".x..x..x."},
		{"5..5", "....x...."},
		{"1..65534", "xxxxxxxxx"},
		{"65535", "........."},
	} {
		t.Run(test.expr, func(t *testing.T) {
			w, err := ParseWhen(test.expr)
			if err != nil {
				t.Fatal(err)
			}
			var got strings.Builder
			for n := range uint64(9) {
				got.WriteByte("x."[btoi(!w.Matches(n+1))])
			}
			if got.String() != test.want {
				t.Errorf("hits %s, want %s", got.String(), test.want)
			}
		})
	}
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func TestWhenErrors(t *testing.T) {
	for _, test := range []struct{ expr, want string }{
		{"", "a number is missing"},
		{"+", "a number is missing"},
		{"..3", "a number is missing"},
		{"1..", "a number is missing"},
		{"0", "0 is not from 1 to 65535"},
		{"65536", "65536 is not from 1 to 65535"},
		{"99999999999999999999999", "is not from 1 to 65535"},
		{"1+0", "0 is not from 1 to 65535"},
		{"3..2", "2 comes before 3"},
		{"x", `"x" is no number`},
		{"-1", `"-1" is no number`},
		{"1..2..3", `"2..3" is no number`},
		{"1++", `"+" is no number`},
		{"1,2", `"1,2" is no number`},
	} {
		t.Run(test.expr, func(t *testing.T) {
			if _, err := ParseWhen(test.expr); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want one with %q", err, test.want)
			}
		})
	}
}
