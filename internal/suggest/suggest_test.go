package suggest

import "testing"

func TestNearest(t *testing.T) {
	names := []string{"run", "doctor", "completion", "version", "help"}
	tests := []struct{ word, want string }{
		{"rnu", "run"},
		{"docter", "doctor"},
		{"comp", "completion"},
		{"verison", "version"},
		{"hlep", "help"},
		{"ls", ""},
		{"xyzzy", ""},
		{"", ""},
	}
	for _, tt := range tests {
		t.Run(tt.word, func(t *testing.T) {
			if got := Nearest(tt.word, names); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestEditDistance(t *testing.T) {
	tests := []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"abc", "", 3}, {"", "abc", 3}, {"run", "run", 0},
		{"rnu", "run", 1}, {"rum", "run", 1}, {"kitten", "sitting", 3},
	}
	for _, tt := range tests {
		if got := editDistance(tt.a, tt.b); got != tt.want {
			t.Errorf("editDistance(%q, %q) = %d, want %d", tt.a, tt.b, got, tt.want)
		}
	}
}
