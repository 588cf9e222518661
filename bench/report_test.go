package main

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func sampleReport() *report {
	tools := []tool{{name: native}, {name: ours}, {name: "peer", missing: "not installed"}, {name: "flaky"}}
	rep := newReport([]fact{{"kernel", "6.18"}}, tools, schedule{rounds: 3, budget: time.Second})
	rep.add(row{name: "getppid", unit: ns, target: unasked, note: "a note"}, result{
		native:  {values: map[int]float64{0: 90, 1: 100, 2: 110}},
		ours:    {values: map[int]float64{0: 99, 1: 120, 2: 132}},
		"peer":  {err: errSkipped},
		"flaky": {values: map[int]float64{0: 1}, err: errors.New("exit status 1: a|b")},
	})
	rep.add(row{name: "memory", unit: mib}, result{ours: {values: map[int]float64{0: 20}}})
	return rep
}

func TestMarkdown(t *testing.T) {
	var b strings.Builder
	sampleReport().markdown(&b)
	for _, want := range []string{
		"| kernel | 6.18 |\n",
		"| row | native | penumbra | peer | flaky | must | hope | reached |\n| --- | --- | --- | --- | --- | --- | --- | --- |\n",
		"| getppid | 100 ns ±10 % | 120 ns (1.20 ×) | - | failed | ≤ 1.40 × | ≤ 1.25 × | hope |\n",
		"| memory |  | 20.0 MiB |  |  |  |  |  |\n",
		"- peer: not installed\n",
		"- getppid: a note\n",
		"- getppid, flaky: exit status 1: a|b\n",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is missing from\n%s", want, b.String())
		}
	}
}

func TestMarkdownEscapesCells(t *testing.T) {
	var b strings.Builder
	markdownLine(&b, []string{"a|b", "c"})
	if got, want := b.String(), "| a\\|b | c |\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestTextAlignsColumns(t *testing.T) {
	var b strings.Builder
	sampleReport().text(&b)
	lines := strings.Split(b.String(), "\n")
	column := func(line, word string) int { return len([]rune(line[:strings.Index(line, word)])) }
	if header, first := column(lines[0], "must"), column(lines[1], "≤ 1.40"); header != first {
		t.Errorf("the column must begins at %d in the header and %d below:\n%s", header, first, b.String())
	}
}
