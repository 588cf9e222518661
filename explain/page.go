package explain

import (
	"fmt"
	"strings"
)

// The columns of a page.
const (
	width  = 80
	indent = 4
)

// page is a text in the making.
type page struct{ strings.Builder }

// title begins a page with a name and what it is.
func (p *page) title(name, text string) {
	p.write("", name+": ", text, 4)
}

// heading begins a section.
func (p *page) heading(text string) { fmt.Fprintf(p, "\n%s\n", text) }

// paragraph writes text below a heading.
func (p *page) paragraph(text string) {
	p.write(strings.Repeat(" ", indent), "", text, indent)
}

// item writes text behind a label in a column of that width, and its further
// lines below it.
func (p *page) item(label string, column int, text string) {
	p.nested(indent, label, column, text)
}

// nested writes an item that is indented by from.
func (p *page) nested(from int, label string, column int, text string) {
	p.write(strings.Repeat(" ", from), fmt.Sprintf("%-*s", column-1, label)+" ", text, from+column)
}

// write writes text behind a prefix and a label, in lines that fit, the later
// ones indented by hang.
func (p *page) write(prefix, label, text string, hang int) {
	p.fill(prefix+label, strings.Fields(text), hang)
}

// fill appends words to a line, and to more lines indented by hang if they do
// not fit. A word may have blanks in it, at which no line ends.
func (p *page) fill(line string, words []string, hang int) {
	for i, word := range words {
		if i > 0 && len(line)+1+len(word) > width {
			p.line(line)
			line = strings.Repeat(" ", hang)
		} else if i > 0 {
			line += " "
		}
		line += word
	}
	p.line(line)
}

func (p *page) line(text string) {
	p.WriteString(strings.TrimRight(text, " ") + "\n")
}

// columnFor returns the width of a column that holds labels and two blanks,
// but leaves more than half of a page to the text.
func columnFor(labels []string) int {
	column := 0
	for _, label := range labels {
		column = max(column, len(label)+2)
	}
	return min(column, 3*width/8)
}
