package away

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"penumbra/abi"
)

// TestModesPage holds docs/modes.md to what is done.
func TestModesPage(t *testing.T) {
	text, err := os.ReadFile("../../docs/modes.md")
	if err != nil {
		t.Fatal(err)
	}
	explained := func(name string) bool {
		if strings.Contains(string(text), "`"+name+"`") {
			return true
		}
		// "and those of 32 bits", "what i386 has instead".
		s := abi.ByName(name)
		_, wide := s.On(abi.AMD64)
		return !wide
	}
	for _, list := range [][]string{slices.Sorted(maps.Keys(machineHandlers())), slices.Sorted(maps.Keys(fileHandlers()))} {
		for _, name := range list {
			s := abi.ByName(name)
			switch {
			case s == nil:
				t.Errorf("there is no call %s", name)
			case s.Axis == abi.AxisOwn:
				t.Errorf("%s goes to the shadow, and its axis is own", name)
			case !explained(name):
				t.Errorf("docs/modes.md does not name %s", name)
			}
		}
	}
}

// TestEachCallHasItsPlace looks for calls of the first axis with neither name nor
// descriptor that nobody answers, and that the list of what stays here lacks; but for
// ustat, whose devices are the shadow's.
func TestEachCallHasItsPlace(t *testing.T) {
	for _, s := range abi.Syscalls() {
		if s.Axis != abi.AxisWhere || s.Class == abi.ClassFile || s.Unimplemented || s.Name == "ustat" {
			continue
		}
		if machineHandlers()[s.Name] == nil && fileHandlers()[s.Name] == nil && !staysHere[s.Name] {
			t.Errorf("%s follows the first axis, and fails in remote,unmapped", s.Name)
		}
	}
}
