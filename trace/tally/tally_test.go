package tally

import (
	"strings"
	"testing"
	"time"

	"penumbra/abi"
	"penumbra/trace"
)

// add counts calls of one kind, each a microsecond longer than the one before.
func add(tl *Tally, name string, n, failed int, first time.Duration) {
	for i := range n {
		c := &trace.Call{Syscall: abi.ByName(name), Begin: time.Unix(1, 0)}
		c.End = c.Begin.Add(first + time.Duration(i)*time.Microsecond)
		if i < failed {
			c.Value, c.Err = -1, abi.ENOENT
		}
		tl.Exit(c)
	}
}

func sample() *Tally {
	tl := New()
	add(tl, "read", 3, 0, 100*time.Microsecond)
	add(tl, "openat", 2, 1, time.Millisecond)
	add(tl, "close", 4, 0, 10*time.Microsecond)
	tl.Exit(&trace.Call{Number: 5000, Err: abi.ENOSYS})
	return tl
}

func TestOrders(t *testing.T) {
	tests := []struct{ order, first string }{
		{"time", "openat"}, {"calls", "close"}, {"errors", "openat"}, {"name", "close"}, {"none", "close"},
		{"avg-time", "openat"}, {"min-time", "openat"}, {"max-time", "openat"},
	}
	for _, tt := range tests {
		t.Run(tt.order, func(t *testing.T) {
			var b strings.Builder
			if err := sample().Write(&b, tt.order); err != nil {
				t.Fatal(err)
			}
			lines := strings.Split(b.String(), "\n")
			if !strings.HasSuffix(lines[2], " "+tt.first) {
				t.Errorf("first is %q, want %s", lines[2], tt.first)
			}
		})
	}
}

func TestTable(t *testing.T) {
	var b strings.Builder
	if err := sample().Write(&b, "time"); err != nil {
		t.Fatal(err)
	}
	const want = `% time     seconds  usecs/call     calls    errors syscall
------ ----------- ----------- --------- --------- ----------------
 85.15    0.002001        1000         2         1 openat
 12.89    0.000303         101         3           read
  1.96    0.000046          11         4           close
  0.00    0.000000           0         1         1 syscall_0x1388
------ ----------- ----------- --------- --------- ----------------
100.00    0.002350         235        10         2 total
`
	if b.String() != want {
		t.Errorf("got\n%swant\n%s", b.String(), want)
	}
}

func TestOnlyWhatWasAskedFor(t *testing.T) {
	tl := New()
	add(tl, "read", 1, 0, 0)
	tl.Exit(&trace.Call{Syscall: abi.ByName("openat"), Hidden: true})
	if rows := tl.Rows(); len(rows) != 1 || rows[0].Name != "read" {
		t.Errorf("counted %+v, want read alone", rows)
	}
}
