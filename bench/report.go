package main

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// A report collects the rows' results and writes them as tables.
type report struct {
	machine []fact
	tools   []tool
	plan    schedule
	rows    []row
	results map[string]result // by the name of the row
}

func newReport(machine []fact, tools []tool, plan schedule) *report {
	return &report{machine: machine, tools: tools, plan: plan, results: make(map[string]result)}
}

func (r *report) add(measured row, res result) {
	r.rows = append(r.rows, measured)
	r.results[measured.name] = res
}

// table lays all results out, the header first.
func (r *report) table() [][]string {
	header := []string{"row"}
	for _, t := range r.tools {
		header = append(header, t.name)
	}
	lines := [][]string{append(header, "must", "hope", "reached")}
	for _, measured := range r.rows {
		res := r.results[measured.name]
		line := []string{measured.name}
		for _, t := range r.tools {
			line = append(line, cell(measured, res, t))
		}
		goal := measured.target
		lines = append(lines, append(line, goal.must.format(measured.unit), goal.hope.format(measured.unit),
			goal.verdict(measured.unit, res, r.results)))
	}
	return lines
}

// cell is a tool's median, and for native its spread or otherwise the ratio.
func cell(measured row, res result, t tool) string {
	s, taken := res[t.name]
	values := s.present()
	switch {
	case !taken:
		return ""
	case s.err != nil && !errors.Is(s.err, errSkipped):
		return "failed"
	case len(values) == 0:
		return "-"
	}
	text := measured.unit.format(median(values))
	if t.name == native {
		return fmt.Sprintf("%s ±%.0f %%", text, spread(values)*50)
	}
	if ratios := res.ratios(t.name, measured.unit); len(ratios) > 0 && !measured.unit.amount {
		text += fmt.Sprintf(" (%.2f ×)", median(ratios))
	}
	return text
}

// notes says what the table has no room for: why something is missing, and what
// exactly a row measures.
func (r *report) notes() []string {
	var notes []string
	for _, t := range r.tools {
		if t.missing != "" && !t.variant {
			notes = append(notes, t.name+": "+t.missing)
		}
	}
	for _, measured := range r.rows {
		if measured.note != "" {
			notes = append(notes, measured.name+": "+measured.note)
		}
		for _, t := range r.tools {
			err := r.results[measured.name][t.name].err
			if err != nil && err != errSkipped {
				notes = append(notes, fmt.Sprintf("%s, %s: %v", measured.name, t.name, err))
			}
		}
	}
	return notes
}

// text writes the table for a terminal.
func (r *report) text(w io.Writer) {
	lines := r.table()
	widths := make([]int, len(lines[0]))
	for _, line := range lines {
		for i, c := range line {
			widths[i] = max(widths[i], utf8.RuneCountInString(c))
		}
	}
	for _, line := range lines {
		var b strings.Builder
		for i, c := range line {
			b.WriteString(c + strings.Repeat(" ", widths[i]-utf8.RuneCountInString(c)+2))
		}
		fmt.Fprintln(w, strings.TrimRight(b.String(), " "))
	}
	fmt.Fprintln(w)
	for _, f := range r.machine {
		fmt.Fprintf(w, "%s: %s\n", f.name, f.value)
	}
	fmt.Fprintln(w)
	for _, note := range r.notes() {
		fmt.Fprintln(w, note)
	}
}

// markdown writes the whole report: how it was made, the machine, the table.
func (r *report) markdown(w io.Writer) {
	fmt.Fprintf(w, `# Results

Written by `+"`make bench`"+` (`+"`go run ./bench`"+`); bench/README.md says how to measure again
and how to add a row. All columns come from one run of up to %d rounds, the tools
in turn within each; a tool that took more than its share of %v a row sat out
the later rounds. A figure is the median over the rounds. In parentheses stands
how many times slower than native: the median of the ratios within a round. ±
is half the distance between native's extremes. "=notify" and "=trace" are
penumbra run with that --intercept, for tests of transparency. "reached" says
which target penumbra keeps. "-" was not measured; an empty cell does not apply.

## Machine

| | |
| --- | --- |
`, r.plan.rounds, r.plan.budget)
	for _, f := range r.machine {
		markdownLine(w, []string{f.name, f.value})
	}
	fmt.Fprint(w, "\n## Table\n\n")
	r.markdownTable(w)
}

// markdownTable writes the table, and the notes to it.
func (r *report) markdownTable(w io.Writer) {
	for i, line := range r.table() {
		markdownLine(w, line)
		if i == 0 {
			fmt.Fprintln(w, "|"+strings.Repeat(" --- |", len(line)))
		}
	}
	fmt.Fprint(w, "\n## Notes\n\n")
	for _, note := range r.notes() {
		fmt.Fprintln(w, "- "+note)
	}
}

func markdownLine(w io.Writer, cells []string) {
	escaped := make([]string, len(cells))
	for i, c := range cells {
		escaped[i] = strings.ReplaceAll(c, "|", `\|`)
	}
	fmt.Fprintln(w, "| "+strings.Join(escaped, " | ")+" |")
}
