package testguest

import (
	"io/fs"
	"os/exec"
	"path"
	"strings"
	"testing"
)

// TestEverySourceBuilds builds each program once, by the first builder that
// its source is for, and runs nothing: what they check is their users' matter.
func TestEverySourceBuilds(t *testing.T) {
	for _, program := range programs(t) {
		t.Run(program.name, func(t *testing.T) {
			if out, err := exec.Command("test", "-x", Path(t, program.name, program.kind)).CombinedOutput(); err != nil {
				t.Fatalf("not executable: %v %s", err, out)
			}
		})
	}
}

// TestCasesHaveSources finds a case whose name is wrong before any test runs it.
func TestCasesHaveSources(t *testing.T) {
	for _, c := range Cases {
		for _, kind := range c.Kinds {
			b, err := builderOf(kind)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := b.sourceOf(c.Program); err != nil {
				t.Error(err)
			}
		}
	}
}

func TestBuildIsKept(t *testing.T) {
	first := Path(t, "die", Dynamic)
	if second := Path(t, "die", Dynamic); second != first {
		t.Errorf("built twice: %s and %s", first, second)
	}
	if other := Path(t, "die", Static); other == first {
		t.Errorf("one file for two kinds: %s", other)
	}
}

type source struct {
	name string
	kind Kind
}

func programs(t *testing.T) []source {
	t.Helper()
	entries, err := fs.ReadDir(sources, "src")
	if err != nil {
		t.Fatal(err)
	}
	var list []source
	for _, e := range entries {
		name, ext := strings.TrimSuffix(e.Name(), path.Ext(e.Name())), path.Ext(e.Name())
		switch {
		case e.IsDir():
			list = append(list, source{name, Go})
		case ext == ".asm":
			list = append(list, source{name, Assembly})
		case name == "sysenter", strings.HasPrefix(name, "trace_i386_"): // calls that other machines lack
			list = append(list, source{name, I386})
		case ext == ".c":
			list = append(list, source{name, Dynamic})
		}
	}
	return list
}
