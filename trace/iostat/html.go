package iostat

import (
	"bufio"
	"cmp"
	_ "embed"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"time"
)

// What a page shows. All files that are kept are in its table.
const (
	pageLanes   = 20
	pageDetails = 40 // files with plots
)

//go:embed report.css
var pageStyle string

//go:embed report.js
var pageScript string

// pageScriptHash is what a browser wants to know of the script that it may run.
const pageScriptHash = "sha256-MKDWt1ZztDMmSmQiyuAZgOggh9LdGT1sMSqcJbAi5Co="

// A page is what the template shows.
type page struct {
	Title     string
	Command   string
	Summary   string
	Notes     []string
	Tiles     []tile
	Advice    []pageAdvice
	Lanes     []pageLane
	Ticks     []tick
	Bin       int64  // how long a bin of a lane is, in ns
	Shares    markup // by lane, activity and bin, in percent
	Files     []pageFile
	Details   []pageFile
	Processes []pageProcess
	Policy    string
	Style     markup
	Script    markup
}

type tile struct{ Value, Label string }

type pageAdvice struct {
	Advice
	Saving string
	Link   string // to the file's details, or ""
}

type pageLane struct {
	Name, Thread string
	Sum          string
	Plot         markup
	shares       [numActivities][]int
}

// A tick is a mark on an axis.
type tick struct {
	Percent float64
	Label   string
}

type pageFile struct {
	*Stats
	ID      string // of its details, or ""
	Name    string
	Kind    string
	Total   cell
	Open    cell
	Read    cell
	In      cell
	InSeq   cell
	Write   cell
	Out     cell
	OutSeq  cell
	Syncs   cell
	Wrong   cell
	Lines   []string
	Sizes   markup
	Course  markup // of offsets or bytes over time
	Caption string
}

// A cell is a number as it is sorted and as it is shown.
type cell struct {
	Value int64
	Text  string
}

type pageProcess struct {
	Name  string
	Total cell
	Calls cell
	Read  cell
	In    cell
	Write cell
	Out   cell
	Names cell
	Wrong cell
}

// HTML writes the report as one page that needs nothing else: no network, no
// fonts, and scripts only for sorting and filtering. It may be called once the
// run is over; an error is one of w.
func (c *Collector) HTML(w io.Writer) error {
	b := bufio.NewWriter(w)
	if err := pageTemplate().Execute(b, c.page()); err != nil {
		return err
	}
	return b.Flush()
}

func (c *Collector) page() *page {
	files := c.sortedFiles()
	p := &page{
		Title:   "Where the I/O went",
		Command: clean(strings.Join(c.command, " ")),
		Summary: c.summary(),
		Notes:   c.notes(),
		Tiles:   c.tiles(),
		Policy:  "default-src 'none'; style-src 'unsafe-inline'; script-src '" + pageScriptHash + "'",
		Style:   markup(pageStyle),
		Script:  markup(pageScript),
	}
	c.pageFiles(p, files)
	c.pageLanes(p)
	c.pageProcesses(p)
	links := map[string]string{}
	for _, f := range p.Details {
		links[f.Name] = f.ID
	}
	for _, a := range c.advise() {
		p.Advice = append(p.Advice, pageAdvice{a, a.saving(), links[clean(a.File)]})
	}
	return p
}

func (c *Collector) tiles() []tile {
	sums := c.sums()
	return []tile{
		{duration(c.last), "run"},
		{duration(sums.TotalTime()), "in these calls"},
		{number(c.calls), "calls"},
		{size(sums.Bytes[in]), "read"},
		{size(sums.Bytes[out]), "written"},
		{number(sums.TotalErrors()), "errors"},
	}
}

// notes say what to keep in mind when reading the numbers.
func (c *Collector) notes() (notes []string) {
	if s := c.overhead(); s != "" {
		notes = append(notes, s)
	}
	notes = append(notes,
		"Several threads can be in calls at the same time, so that the time in calls may exceed that of the run.",
		"A call that copies between two files (sendfile, copy_file_range, splice) counts as a read of one and a write of the other, with half of its time each.")
	if c.merged > 0 {
		notes = append(notes, "There were too many files to keep all apart: the "+count(uint64(c.merged), "least busy one is", "least busy ones are")+" summed up as others.")
	}
	if c.mergedProcesses > 0 {
		notes = append(notes, "Likewise "+count(uint64(c.mergedProcesses), "process is", "processes are")+" summed up.")
	}
	if c.lostFindings > 0 {
		notes = append(notes, "The advice leaves out "+count(c.lostFindings, "finding", "findings")+" beyond the first.")
	}
	return notes
}

func numberCell(n uint64) cell { return cell{int64(n), number(n)} }
func sizeCell(n uint64) cell   { return cell{int64(n), size(n)} }

func durationCell(d time.Duration) cell { return cell{int64(d), duration(d)} }

// sequentialCell sorts what has no share behind all that has one.
func (s *Stats) sequentialCell(dir direction) cell {
	if s.Placed[dir] == 0 {
		return cell{-1, "–"}
	}
	return cell{int64(percent(s.Sequential[dir], s.Placed[dir])), s.sequential(dir)}
}

// errorCell sorts by how many errors there were and says which.
func (s *Stats) errorCell() cell {
	n := s.TotalErrors() + s.Interrupted
	if n == 0 {
		return cell{0, "0"}
	}
	return cell{int64(n), s.errors()}
}

func newPageFile(name, kind string, s *Stats) pageFile {
	return pageFile{
		Stats: s, Name: name, Kind: kind,
		Total: durationCell(s.TotalTime()), Open: numberCell(s.Calls[Open]),
		Read: numberCell(s.Calls[Read]), In: sizeCell(s.Bytes[in]), InSeq: s.sequentialCell(in),
		Write: numberCell(s.Calls[Write]), Out: sizeCell(s.Bytes[out]), OutSeq: s.sequentialCell(out),
		Syncs: numberCell(s.Calls[Sync]), Wrong: s.errorCell(),
	}
}

func (c *Collector) pageFiles(p *page, files []*file) {
	for i, f := range files {
		row := newPageFile(clean(f.name), f.kind.String(), &f.Stats)
		if i < pageDetails && f.kind != Missing && f.TotalCalls() > 0 {
			row.ID = "file-" + number(uint64(i+1))
			row.Lines = f.details()
			row.Sizes = f.sizePlot()
			row.Course, row.Caption = f.coursePlot(c.last)
			p.Details = append(p.Details, row)
		}
		p.Files = append(p.Files, row)
	}
	if c.merged > 0 {
		name := "(" + count(uint64(c.merged), "other file", "other files") + ")"
		p.Files = append(p.Files, newPageFile(name, "various", &c.others.Stats))
	}
}

// pageLanes makes the timeline. The lanes are in the order in which the
// threads began.
func (c *Collector) pageLanes(p *page) {
	shown, rest := cull(c.lanes, pageLanes)
	others := &lane{who: c.otherLanes.who, line: newTimeline[threadBin](threadBins)}
	others.add(c.otherLanes)
	for _, l := range rest {
		others.add(l)
	}
	slices.SortStableFunc(shown, func(a, b *lane) int {
		return cmp.Compare(slices.Index(c.lanes, a), slices.Index(c.lanes, b))
	})
	for _, l := range shown {
		if l.total > 0 {
			p.Lanes = append(p.Lanes, newPageLane(l, c.last))
		}
	}
	if others.total > 0 {
		p.Lanes = append(p.Lanes, newPageLane(others, c.last))
	}
	shares := [][numActivities][]int{}
	for _, l := range p.Lanes {
		shares = append(shares, l.shares)
	}
	text, _ := json.Marshal(shares) // numbers can be told
	p.Shares = markup(text)
	p.Ticks = ticks(c.last)
	line := newTimeline[threadBin](threadBins)
	line.reach(c.last)
	p.Bin = int64(line.width())
}

func newPageLane(l *lane, last time.Duration) pageLane {
	l.line.reach(last)
	bins := l.line.bins[:last/l.line.width()+1]
	spent := l.spent()
	var parts []string
	for what, t := range spent {
		if t > 0 {
			parts = append(parts, activityWords[what]+" "+duration(t))
		}
	}
	row := pageLane{Name: clean(l.program), Sum: strings.Join(parts, ", "), Plot: lanePlot(bins, l.line.width(), last)}
	if l.tid != 0 {
		row.Thread = threadLabel(l)
	}
	for what := range row.shares {
		for _, b := range bins {
			row.shares[what] = append(row.shares[what], int(min(100*b[what]/l.line.width(), 100)))
		}
	}
	return row
}

var activityWords = [numActivities]string{"reading", "writing", "syncing", "other"}

func (c *Collector) pageProcesses(p *page) {
	row := func(name string, s *Stats) {
		p.Processes = append(p.Processes, pageProcess{
			Name: name, Total: durationCell(s.TotalTime()), Calls: numberCell(s.TotalCalls()),
			Read: numberCell(s.Calls[Read]), In: sizeCell(s.Bytes[in]),
			Write: numberCell(s.Calls[Write]), Out: sizeCell(s.Bytes[out]),
			Names: numberCell(s.Calls[Name]), Wrong: s.errorCell(),
		})
	}
	all, _ := cull(c.processes, len(c.processes))
	for _, q := range all {
		row(q.who.String(), &q.Stats)
	}
	if c.mergedProcesses > 0 {
		row("("+count(uint64(c.mergedProcesses), "other process", "other processes")+")", &c.otherProcesses.Stats)
	}
}
