package intercept

import (
	"slices"
	"testing"

	"golang.org/x/sys/unix"
)

// TestNews hears of threads in an order, and of some a second time before the
// first was handled.
func TestNews(t *testing.T) {
	const stopped, ended = unix.WaitStatus(0x057f), unix.WaitStatus(9)
	for _, c := range []struct {
		name        string
		heard, want []news
	}{
		{"in order", []news{{1, stopped}, {3, stopped}, {2, ended}}, []news{{1, stopped}, {3, stopped}, {2, ended}}},
		{"killed while stopped", []news{{1, stopped}, {2, stopped}, {1, ended}}, []news{{2, stopped}, {1, ended}}},
		{"killed, the last", []news{{1, stopped}, {1, ended}}, []news{{1, ended}}},
		{"replaced", []news{{1, stopped}, {2, ended}, {1, stopped | unix.PTRACE_EVENT_EXEC<<16}},
			[]news{{2, ended}, {1, stopped | unix.PTRACE_EVENT_EXEC<<16}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var tr tracer
			for _, n := range c.heard {
				tr.add(n)
			}
			if !slices.Equal(tr.news, c.want) {
				t.Errorf("got %v, want %v", tr.news, c.want)
			}
		})
	}
}
