package away

import (
	"slices"
	"testing"
)

func TestImageExtents(t *testing.T) {
	var m image
	steps := []struct {
		add, ask extent
		missing  []extent
	}{
		{extent{10, 20}, extent{0, 30}, []extent{{0, 10}, {20, 30}}},
		{extent{30, 40}, extent{15, 35}, []extent{{20, 30}}},
		{extent{20, 30}, extent{10, 40}, nil},
		{extent{0, 10}, extent{0, 50}, []extent{{40, 50}}},
		{extent{60, 70}, extent{65, 100}, []extent{{70, 100}}},
		{extent{35, 65}, extent{0, 70}, nil},
	}
	for _, s := range steps {
		m.add(s.add)
		if got := m.missing(s.ask); !slices.Equal(got, s.missing) {
			t.Errorf("with %v, of %v are missing %v, want %v", m.have, s.ask, got, s.missing)
		}
	}
	if len(m.have) != 1 || m.have[0] != (extent{0, 70}) {
		t.Errorf("there is %v", m.have)
	}
}
