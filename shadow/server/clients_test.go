package server

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestParseClients(t *testing.T) {
	tests := []struct {
		name, text, want, wrong string
	}{
		{"empty", "", "map[]", ""},
		{"two", "# who sees what\n\na /home/a:rw /data:ro # both\n\tb\t/:ro\n", "map[a:[/home/a:rw /data:ro] b:[/:ro]]", ""},
		{"escaped", `a /my\040files:rw /a\134b:ro` + "\n", `map[a:[/my files:rw /a\b:ro]]`, ""},
		{"colon in a path", "a /x:y:ro\n", "map[a:[/x:y:ro]]", ""},
		{"no exports", "\na # /x:ro\n", "", `2: client "a" has no exports`},
		{"twice", "a /x:ro\na /y:ro\n", "", `2: client "a" stands in a line above already`},
		{"relative", "a x:ro\n", "", `1: export "x:ro": the path has to begin with /`},
		{"neither ro nor rw", "a /x:wo\n", "", `1: export "/x:wo": "wo" is neither ro nor rw`},
		{"endless", "a /" + strings.Repeat("x", 1<<17) + ":ro\n", "", "1: bufio.Scanner: token too long"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := parseClients(strings.NewReader(tt.text))
			if tt.wrong != "" {
				if err == nil || err.Error() != tt.wrong {
					t.Errorf("error %v, want %s", err, tt.wrong)
				}
				return
			}
			if err != nil || fmt.Sprint(got) != tt.want {
				t.Errorf("got %v, %v; want %s", got, err, tt.want)
			}
		})
	}
}

func TestClientsFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "clients")
	exports := ClientsFile(name)
	if _, err := exports("a"); err == nil || !strings.Contains(err.Error(), "no such file") {
		t.Errorf("without a file: %v", err)
	}
	for _, tt := range []struct{ text, want string }{{"a /x:ro\n", "[/x:ro]"}, {"a /y:rw\n", "[/y:rw]"}} {
		if err := os.WriteFile(name, []byte(tt.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := exports("a"); err != nil || fmt.Sprint(got) != tt.want {
			t.Errorf("with %q: %v, %v", tt.text, got, err)
		}
	}
	if _, err := exports("b"); err == nil || !strings.Contains(err.Error(), `nothing is exported to client "b"`) {
		t.Errorf("a stranger: %v", err)
	}
}
