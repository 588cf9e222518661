package access_test

import (
	"os"
	"strings"
	"testing"

	"penumbra/access"
	"penumbra/access/policy"
)

// docs/methods.md is what users go by.
func TestDocument(t *testing.T) {
	b, err := os.ReadFile("../docs/methods.md")
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	page, err := os.ReadFile("../man/penumbra-methods.1")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range access.Methods() {
		kind := "decorates"
		if m.Ends {
			kind = "ends a chain"
		}
		if row := "| `" + m.Name + ":" + m.Args + "` | " + kind + " | " + m.Short + " |"; !strings.Contains(text, row) {
			t.Errorf("docs/methods.md lacks: %s", row)
		}
		if !strings.Contains(text, "**"+m.Name+"**") {
			t.Errorf("docs/methods.md does not say what %s promises", m.Name)
		}
		if !strings.Contains(string(page), ".It Cm "+m.Name) {
			t.Errorf("penumbra-methods(1) lacks %s", m.Name)
		}
	}
	if !strings.Contains(text, policy.Defaults) {
		t.Errorf("docs/methods.md has other default rules than:%s", policy.Defaults)
	}
	_, examples, _ := strings.Cut(text, "## Policies")
	example := strings.Split(examples, "```")[1]
	if _, err := policy.Parse("docs/methods.md", example); err != nil {
		t.Error(err)
	}
}
