package main

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"time"
)

func rounds(values ...float64) samples {
	s := samples{values: map[int]float64{}}
	for i, v := range values {
		s.values[i] = v
	}
	return s
}

// someResults have a few rows, the best of which are 1 and 21 ms, 2 and 62 ms.
func someResults() *remoteResults {
	return &remoteResults{trip: 20 * time.Millisecond, rows: map[string]result{
		openFresh: {ours: rounds(3, 1, 2), far(ours): rounds(21, 40), "sshfs": rounds(2), far("sshfs"): rounds(62)},
		openAgain: {ours: rounds(0.3), far(ours): rounds(0.2)},
		manyFiles: {far(ours): rounds(100), far("sshfs"): rounds(1000, 900)},
		readMuch:  {ours: rounds(400, 600), far(ours): rounds(100)},
	}}
}

func TestGoals(t *testing.T) {
	want := map[string]struct {
		figure  float64
		verdict string
	}{
		"cold open + fstat + read + close, directory not seen": {1, "hope"},
		"the same warm": {0, "hope"},
		"2,000 small files at 20 ms, against sshfs": {9, "must"},
		"read 1 GiB, no delay":                      {600, "must"},
		"read 1 GiB at 20 ms":                       {100, "missed"},
		"the same as a part of that without delay":  {1.0 / 6, "not hope"},
		"stat, warm": {0, ""},
	}
	r, seen := someResults(), 0
	for _, g := range remoteGoals() {
		w, ok := want[g.name]
		if !ok {
			continue
		}
		seen++
		if figure, known := g.ours(r); known && figure != w.figure || known != (w.verdict != "") || g.verdict(r) != w.verdict {
			t.Errorf("%s: %v (known: %v), %q; want %v, %q", g.name, figure, known, g.verdict(r), w.figure, w.verdict)
		}
	}
	if seen != len(want) {
		t.Errorf("%d of %d goals are there", seen, len(want))
	}
}

// Rows that goals and the plot speak of are there.
func TestGoalsHaveRows(t *testing.T) {
	names := map[string]bool{}
	for _, r := range remoteRows() {
		if names[r.name] {
			t.Errorf("%s is there twice", r.name)
		}
		names[r.name] = true
	}
	for _, name := range []string{openFresh, openListed, openAgain, statListed, statAgain, manyFiles, listMany, readSome, readMuch, writeSome, shadowMemory} {
		if !names[name] {
			t.Errorf("no row %q", name)
		}
	}
	for _, p := range plotted {
		if !names[p.row] {
			t.Errorf("no row %q to plot", p.row)
		}
	}
}

func TestPlotIsXML(t *testing.T) {
	var b bytes.Buffer
	plot(&b, someResults())
	for d := xml.NewDecoder(bytes.NewReader(b.Bytes())); ; {
		_, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if text := b.String(); strings.Contains(text, "NaN") || strings.Contains(text, "Inf") {
		t.Errorf("there are figures that are none:\n%s", text)
	}
}
