package mode_test

import (
	"strings"
	"testing"

	"penumbra/mode"
)

func TestParse(t *testing.T) {
	for _, m := range mode.All {
		t.Run(m.String(), func(t *testing.T) {
			if got, err := mode.Parse(" " + m.String() + "\n"); got != m || err != nil {
				t.Errorf("got %v, %v", got, err)
			}
		})
	}
	tests := []struct{ text, want string }{
		{"remote,maped", "did you mean remote,mapped?"},
		{"lokal,unmapped", "did you mean local,unmapped?"},
		{"mapped,remote", "there are local,unmapped, local,mapped, remote,unmapped, remote,mapped"},
		{"", `no syscall mode is named ""`},
		{"remote,mapped,x", "did you mean remote,mapped?"},
		{"remote mapped", "did you mean remote,mapped?"},
	}
	for _, test := range tests {
		t.Run(test.text, func(t *testing.T) {
			if m, err := mode.Parse(test.text); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, %v, want an error with %q", m, err, test.want)
			}
		})
	}
}
