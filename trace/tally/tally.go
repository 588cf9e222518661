// Package tally counts calls: how many, how many failed, and what time they
// took.
package tally

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"time"

	"penumbra/abi"
	"penumbra/trace"
)

// Tally is a trace.Sink that counts the calls that have ended and are not
// hidden.
type Tally struct {
	trace.Quiet
	rows    map[*abi.Syscall]*Row
	strange map[string]*Row // calls that the table does not know
}

// Row is what was counted of one system call.
type Row struct {
	Name   string
	Calls  int64
	Errors int64
	// Time is what the calls took from begin to end, waiting included, as
	// their threads saw it: wall-clock time, with what tracing them costs.
	Time, Min, Max time.Duration
}

// New returns an empty tally.
func New() *Tally {
	return &Tally{rows: map[*abi.Syscall]*Row{}, strange: map[string]*Row{}}
}

// Exit counts a call.
func (t *Tally) Exit(c *trace.Call) {
	if c.Hidden {
		return
	}
	r := t.row(c)
	d := c.Duration()
	if r.Calls == 0 || d < r.Min {
		r.Min = d
	}
	r.Max = max(r.Max, d)
	r.Calls++
	r.Time += d
	if c.Failed() {
		r.Errors++
	}
}

func (t *Tally) row(c *trace.Call) *Row {
	if c.Syscall == nil {
		r := t.strange[c.Name()]
		if r == nil {
			r = &Row{Name: c.Name()}
			t.strange[c.Name()] = r
		}
		return r
	}
	r := t.rows[c.Syscall]
	if r == nil {
		r = &Row{Name: c.Syscall.Name}
		t.rows[c.Syscall] = r
	}
	return r
}

// Rows returns what was counted, in no order.
func (t *Tally) Rows() []Row {
	var rows []Row
	for _, r := range t.rows {
		rows = append(rows, *r)
	}
	for _, r := range t.strange {
		rows = append(rows, *r)
	}
	return rows
}

// Orders are the columns by which a summary can be sorted, as for -S of
// strace(1).
func Orders() []string {
	return []string{"time", "min-time", "max-time", "avg-time", "calls", "errors", "name", "none"}
}

// compare returns the order of that name.
func compare(order string) func(a, b Row) int {
	switch order {
	case "min-time":
		return func(a, b Row) int { return cmp.Compare(b.Min, a.Min) }
	case "max-time":
		return func(a, b Row) int { return cmp.Compare(b.Max, a.Max) }
	case "avg-time":
		return func(a, b Row) int { return cmp.Compare(b.average(), a.average()) }
	case "calls":
		return func(a, b Row) int { return cmp.Compare(b.Calls, a.Calls) }
	case "errors":
		return func(a, b Row) int { return cmp.Compare(b.Errors, a.Errors) }
	case "name", "none":
		return func(a, b Row) int { return 0 }
	}
	return func(a, b Row) int { return cmp.Compare(b.Time, a.Time) }
}

func (r Row) average() time.Duration {
	if r.Calls == 0 {
		return 0
	}
	return r.Time / time.Duration(r.Calls)
}

// Write writes the table of strace -c, sorted by one of Orders.
func (t *Tally) Write(w io.Writer, order string) error {
	rows := t.Rows()
	slices.SortFunc(rows, func(a, b Row) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortStableFunc(rows, compare(order))
	total := Row{Name: "total"}
	for _, r := range rows {
		total.Calls += r.Calls
		total.Errors += r.Errors
		total.Time += r.Time
	}
	b := []byte("% time     seconds  usecs/call     calls    errors syscall\n" + rule)
	for _, r := range rows {
		b = r.append(b, total.Time)
	}
	b = total.append(append(b, rule...), total.Time)
	_, err := w.Write(b)
	return err
}

const rule = "------ ----------- ----------- --------- --------- ----------------\n"

func (r Row) append(b []byte, all time.Duration) []byte {
	share := 0.0
	if all > 0 {
		share = 100 * float64(r.Time) / float64(all)
	}
	errors := ""
	if r.Errors > 0 {
		errors = fmt.Sprint(r.Errors)
	}
	return fmt.Appendf(b, "%6.2f %11.6f %11d %9d %9s %s\n",
		share, r.Time.Seconds(), r.average().Microseconds(), r.Calls, errors, r.Name)
}
