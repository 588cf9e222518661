package iostat

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"time"
)

// What a report for a terminal shows.
const (
	columns       = 100
	textFiles     = 20
	textDetails   = 5
	textShare     = 10 // a file's least share of the time, in percent, for details
	textProcesses = 10
	textAdvice    = 10
)

// Text writes the report for a terminal, in lines of up to 100 columns: the
// advice, the busiest files and processes. It may be called once the run is
// over; an error is one of w.
func (c *Collector) Text(w io.Writer) error {
	b := bufio.NewWriter(w)
	files := c.sortedFiles()
	c.textHead(b)
	c.textAdvice(b)
	c.textFiles(b, files)
	textDetail(b, files)
	c.textProcesses(b)
	return b.Flush()
}

// summary is the line that says how much there was.
func (c *Collector) summary() string {
	sums := c.sums()
	s := fmt.Sprintf("%s in %s, %s of them inside; %s and %s. %s read, %s written",
		count(c.calls, "call", "calls"), duration(c.last), duration(sums.TotalTime()),
		count(uint64(len(c.processes)+c.mergedProcesses), "process", "processes"),
		count(uint64(len(c.files)+c.merged), "file", "files"),
		size(sums.Bytes[in]), size(sums.Bytes[out]))
	if sums.Mapped > 0 {
		s += ", " + size(sums.Mapped) + " mapped"
	}
	return s + "."
}

// overhead says what the times are worth.
func (c *Collector) overhead() string {
	if c.quickest == 0 {
		return ""
	}
	return fmt.Sprintf("Times are as seen while tracing. The quickest read or write took %s; without a tracer it takes less than a microsecond.", duration(c.quickest))
}

// sums returns the sums of all processes.
func (c *Collector) sums() *Stats {
	var sums Stats
	for _, p := range c.processes {
		sums.merge(&p.Stats)
	}
	sums.merge(&c.otherProcesses.Stats)
	return &sums
}

func (c *Collector) textHead(w io.Writer) {
	title := "Where the I/O went"
	if len(c.command) > 0 {
		title += ": " + clean(strings.Join(c.command, " "))
	}
	wrap(w, "", title)
	wrap(w, "", c.summary())
	if s := c.overhead(); s != "" {
		wrap(w, "", s)
	}
}

func (c *Collector) textAdvice(w io.Writer) {
	advice := c.advise()
	if len(advice) == 0 {
		fmt.Fprintln(w, "\nAdvice: none. Nothing here looks wasteful or wrong.")
		return
	}
	fmt.Fprintln(w, "\nAdvice")
	for i, a := range advice[:min(len(advice), textAdvice)] {
		fmt.Fprintln(w)
		wrap(w, "     ", fmt.Sprintf("%3d. %s [%s]", i+1, a.Title, a.Rule))
		wrap(w, "     ", "     "+a.Evidence)
		wrap(w, "     ", "     "+a.Remedy)
		if s := a.saving(); s != "" {
			wrap(w, "     ", "     Saves "+s+".")
		}
	}
	if n := len(advice) - textAdvice; n > 0 {
		fmt.Fprintf(w, "\n     And %d more, which cost less; the HTML report has all.\n", n)
	}
}

// saving says what following the advice is worth.
func (a *Advice) saving() string {
	switch {
	case a.Saved > 0 && a.Saves > 0:
		return fmt.Sprintf("%s, at least %s as measured", count(a.Saved, "call", "calls"), duration(a.Saves))
	case a.Saved > 0:
		return count(a.Saved, "call", "calls")
	}
	return ""
}

const fileLine = "%8s %7s %7s %9s %5s %7s %9s %5s %6s  %s\n"

func (c *Collector) textFiles(w io.Writer, files []*file) {
	fmt.Fprintf(w, "\nFiles, by time spent (seq: share of requests that continue where the last one ended)\n\n")
	fmt.Fprintf(w, fileLine, "time", "opens", "reads", "read", "seq", "writes", "written", "seq", "errors", "name")
	shown := files[:min(len(files), textFiles)]
	for _, f := range shown {
		textFile(w, f.name, &f.Stats)
	}
	var rest Stats
	for _, f := range files[len(shown):] {
		rest.merge(&f.Stats)
	}
	rest.merge(&c.others.Stats)
	if n := len(files) - len(shown) + c.merged; n > 0 {
		textFile(w, fmt.Sprintf("(%s, less busy)", count(uint64(n), "other file", "other files")), &rest)
	}
}

func textFile(w io.Writer, name string, s *Stats) {
	fmt.Fprintf(w, fileLine, duration(s.TotalTime()), short(s.Calls[Open]),
		short(s.Calls[Read]), size(s.Bytes[in]), s.sequential(in),
		short(s.Calls[Write]), size(s.Bytes[out]), s.sequential(out),
		short(s.TotalErrors()+s.Interrupted), shorten(clean(name), 27))
}

// short writes a number in at most seven columns.
func short(n uint64) string {
	switch {
	case n == 0:
		return "-"
	case n < 1e6:
		return number(n)
	case n < 1e9:
		return digits(float64(n)/1e6) + " M"
	}
	return digits(float64(n)/1e9) + " G"
}

// sequential writes the share of requests that continue where the last ended.
func (s *Stats) sequential(dir direction) string {
	if s.Placed[dir] == 0 {
		return "-"
	}
	return fmt.Sprintf("%d %%", percent(s.Sequential[dir], s.Placed[dir]))
}

// textDetail writes more about the busiest files.
func textDetail(w io.Writer, files []*file) {
	var all time.Duration
	for _, f := range files {
		all += f.TotalTime()
	}
	for _, f := range files[:min(len(files), textDetails)] {
		if f.TotalTime() < all*textShare/100 {
			break
		}
		fmt.Fprintln(w)
		wrap(w, "    ", clean(f.name)+" ("+f.kind.String()+")")
		for _, line := range f.details() {
			wrap(w, "        ", "    "+line)
		}
	}
}

func (c *Collector) textProcesses(w io.Writer) {
	all, rest := cull(c.processes, textProcesses)
	fmt.Fprintf(w, "\nProcesses, by time spent\n\n")
	const line = "%8s %8s %7s %9s %7s %9s %7s %7s  %s\n"
	fmt.Fprintf(w, line, "time", "calls", "reads", "read", "writes", "written", "names", "errors", "process")
	row := func(name string, s *Stats) {
		fmt.Fprintf(w, line, duration(s.TotalTime()), short(s.TotalCalls()), short(s.Calls[Read]), size(s.Bytes[in]),
			short(s.Calls[Write]), size(s.Bytes[out]), short(s.Calls[Name]), short(s.TotalErrors()+s.Interrupted), shorten(name, 26))
	}
	for _, p := range all {
		row(p.who.String(), &p.Stats)
	}
	if n := len(rest) + c.mergedProcesses; n > 0 {
		var sums Stats
		sums.merge(&c.otherProcesses.Stats)
		for _, p := range rest {
			sums.merge(&p.Stats)
		}
		row(count(uint64(n), "other", "others"), &sums)
	}
	if c.lostFindings > 0 {
		fmt.Fprintf(w, "\n%s were left out of the advice.\n", count(c.lostFindings, "finding", "findings"))
	}
}

// wrap writes text in lines of up to so many columns, those behind the first
// behind indent. What has no blank to break at is broken where it must be.
func wrap(w io.Writer, indent, text string) {
	room := columns
	line := []rune(text)
	for len(line) > room {
		at := room
		for i := room; i > room/2; i-- {
			if line[i] == ' ' {
				at = i
				break
			}
		}
		fmt.Fprintln(w, strings.TrimRight(string(line[:at]), " "))
		line = []rune(indent + strings.TrimLeft(string(line[at:]), " "))
	}
	fmt.Fprintln(w, string(line))
}
