package main

import (
	"fmt"
	"io"
	"slices"
	"time"
)

// A goal is what Penumbra has to reach with files of another machine. Its figures
// are made of what several columns have in one or two rows.
type goal struct {
	name       string
	unit       unit
	must, hope float64 // 0 is none
	// figure returns Penumbra's and sshfs's; known is false if something was not
	// measured.
	ours, peer func(r *remoteResults) (figure float64, known bool)
}

// remoteResults are what a run gave.
type remoteResults struct {
	rows map[string]result // by the name of the row
	trip time.Duration     // what farAway really is
	// between says how the cable's delay is made, or that there is no cable.
	between string
}

var (
	trips = unit{name: "round trips"}
	times = unit{name: "×", rate: true}
)

// nothing is the limit for what shall take no round trips: what is left is noise.
const nothing = 0.02

// remoteGoals are they.
func remoteGoals() []goal {
	return []goal{
		{"cold open + fstat + read + close, directory not seen", trips, 1.3, 1.05, inTrips(ours, openFresh), inTrips("sshfs", openFresh)},
		{"cold open + fstat + read + close, directory just listed", trips, 1.3, 1.05, inTrips(ours, openListed), inTrips("sshfs", openListed)},
		{"the same warm", trips, 0.1, nothing, inTrips(ours, openAgain), inTrips("sshfs", openAgain)},
		{"stat, cold in a directory just listed", trips, 0.1, nothing, inTrips(ours, statListed), inTrips("sshfs", statListed)},
		{"stat, warm", trips, 0.1, nothing, inTrips(ours, statAgain), inTrips("sshfs", statAgain)},
		{"2,000 small files at 20 ms, against sshfs", times, 5, 20, againstSSHFS(manyFiles), nil},
		{"names and attributes of 2,000 files at 20 ms", trips, 3, 1.05, inTrips(ours, listMany), inTrips("sshfs", listMany)},
		{"read 64 MiB, no delay", mbs, 500, 1000, plain(ours, readSome), plain("sshfs", readSome)},
		{"read 1 GiB, no delay", mbs, 500, 1000, plain(ours, readMuch), plain("sshfs", readMuch)},
		{"read 64 MiB at 20 ms", mbs, 150, 0, plain(far(ours), readSome), plain(far("sshfs"), readSome)},
		{"read 1 GiB at 20 ms", mbs, 150, 0, plain(far(ours), readMuch), nil},
		{"the same as a part of that without delay", times, 0, 0.8, quotient(slices.Max[[]float64], far(ours), ours, readMuch), nil},
		{"write 256 MiB and fsync, no delay", mbs, 250, 0, plain(ours, writeSome), plain("sshfs", writeSome)},
		{"write 256 MiB and fsync at 20 ms", mbs, 120, 0, plain(far(ours), writeSome), plain(far("sshfs"), writeSome)},
		{"memory of the shadow", mib, 64, 0, plain(ours, shadowMemory), nil},
	}
}

func far(name string) string { return overDistance(name, farAway) }

func (r *remoteResults) median(column, row string) (float64, bool) {
	values := r.rows[row][column].present()
	return median(values), len(values) > 0
}

// best is the best of a row's rounds, by pick: whatever else the machine does only
// adds to a time.
func (r *remoteResults) best(column, row string, pick func([]float64) float64) (float64, bool) {
	values := r.rows[row][column].present()
	if len(values) == 0 {
		return 0, false
	}
	return pick(values), true
}

func plain(column, row string) func(*remoteResults) (float64, bool) {
	return func(r *remoteResults) (float64, bool) { return r.best(column, row, slices.Max[[]float64]) }
}

// inTrips counts round trips by what they add: the time with the delay less the
// time without it, by what one round trip takes. What is not waiting cancels out.
func inTrips(column, row string) func(*remoteResults) (float64, bool) {
	return func(r *remoteResults) (float64, bool) {
		slow, ok := r.best(far(column), row, slices.Min[[]float64])
		quick, also := r.best(column, row, slices.Min[[]float64])
		trip := r.trip.Seconds() * 1000
		return max(0, slow-quick) / trip, ok && also && trip > 0
	}
}

func quotient(pick func([]float64) float64, column, by, row string) func(*remoteResults) (float64, bool) {
	return func(r *remoteResults) (float64, bool) {
		a, ok := r.best(column, row, pick)
		b, also := r.best(by, row, pick)
		return a / b, ok && also && b > 0
	}
}

func againstSSHFS(row string) func(*remoteResults) (float64, bool) {
	return quotient(slices.Min[[]float64], far("sshfs"), far(ours), row)
}

// verdict is one word for how Penumbra did.
func (g goal) verdict(r *remoteResults) string {
	figure, known := g.ours(r)
	keeps := func(limit float64) bool { return limit != 0 && (figure <= limit) != g.unit.rate || figure == limit }
	switch {
	case !known:
		return ""
	case keeps(g.hope):
		return "hope"
	case keeps(g.must):
		return "must"
	case g.must == 0:
		return "not hope"
	}
	return "missed"
}

func (g goal) limit(l float64) string {
	switch {
	case l == 0:
		return ""
	case l == nothing:
		return "none"
	case g.unit.rate:
		return "≥ " + g.unit.format(l)
	}
	return "≤ " + g.unit.format(l)
}

// markdownGoals writes the goals as a table.
func markdownGoals(w io.Writer, r *remoteResults) {
	markdownLine(w, []string{"what", "must", "hope", "penumbra", "sshfs", "reached"})
	fmt.Fprintln(w, "| --- | --- | --- | --- | --- | --- |")
	for _, g := range remoteGoals() {
		mine, peers := "-", ""
		if figure, known := g.ours(r); known {
			mine = g.unit.format(figure)
		}
		if g.peer != nil {
			peers = "-"
			if figure, known := g.peer(r); known {
				peers = g.unit.format(figure)
			}
		}
		markdownLine(w, []string{g.name, g.limit(g.must), g.limit(g.hope), mine, peers, g.verdict(r)})
	}
}
