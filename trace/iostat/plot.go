package iostat

import (
	"fmt"
	"html"
	"strings"
	"time"
)

// A plot is an SVG that is being drawn. Its colours are classes of the page's
// style, so that they follow the reader's choice of light or dark.
type plot struct{ strings.Builder }

// The plots of files, in units of about a CSS pixel.
const (
	plotWidth  = 360
	plotHeight = 200
	plotLeft   = 60 // room for the labels of the vertical axis
	plotRight  = 10
	plotTop    = 18
	plotBottom = 40 // room for the labels of the horizontal axis
	plotRoom   = plotWidth - plotLeft - plotRight
	plotRise   = plotHeight - plotTop - plotBottom
	plotFloor  = plotHeight - plotBottom
)

// newPlot begins a plot with its axes' names.
func newPlot(title, across, up string) *plot {
	p := &plot{}
	fmt.Fprintf(p, `<svg class="plot" viewBox="0 0 %d %d" role="img" aria-label="%s">`, plotWidth, plotHeight, html.EscapeString(title))
	p.text("axis", plotLeft, 10, up, "start")
	p.text("axis", plotLeft+plotRoom/2, plotHeight-4, across, "middle")
	fmt.Fprintf(p, `<path class="frame" d="M%d %dV%dH%d"/>`, plotLeft, plotTop, plotFloor, plotWidth-plotRight)
	return p
}

func (p *plot) end() markup {
	p.WriteString("</svg>")
	return markup(p.String()) // made of numbers and escaped text alone
}

func (p *plot) text(class string, x, y float64, s, anchor string) {
	fmt.Fprintf(p, `<text class="%s" x="%.1f" y="%.1f" text-anchor="%s">%s</text>`, class, x, y, anchor, html.EscapeString(s))
}

// bar draws a rectangle with a text that appears when it is pointed at.
func (p *plot) bar(class string, x, y, width, height float64, what string) {
	fmt.Fprintf(p, `<rect class="%s" x="%.1f" y="%.1f" width="%.1f" height="%.1f"><title>%s</title></rect>`,
		class, x, y, width, height, html.EscapeString(what))
}

// level draws a mark on the vertical axis and a line across.
func (p *plot) level(y float64, label string) {
	fmt.Fprintf(p, `<path class="grid" d="M%d %.1fH%d"/>`, plotLeft, y, plotWidth-plotRight)
	p.text("tick", plotLeft-5, y+3.5, label, "end")
}

// sideWords name the directions as classes of the style and for people.
var sideWords = [2]struct{ class, one, many string }{{"reading", "read", "reads"}, {"writing", "write", "writes"}}

// sizePlot draws the histogram of request sizes.
func (f *file) sizePlot() markup {
	first, last, top := f.sizeRange()
	if top == 0 {
		return ""
	}
	p := newPlot("How many requests of which size", "bytes asked for in one call", "requests")
	for _, part := range []uint64{1, 2} {
		if n := top * part / 2; n > 0 {
			p.level(plotFloor-plotRise*float64(n)/float64(top), short(n))
		}
	}
	step := float64(plotRoom) / float64(last-first+1)
	for class := first; class <= last; class++ {
		x := plotLeft + step*float64(class-first)
		for dir, words := range sideWords {
			n := f.Sizes[dir][class]
			if n == 0 {
				continue
			}
			height := max(plotRise*float64(n)/float64(top), 1.5)
			p.bar(words.class, x+step*(0.08+0.42*float64(dir)), plotFloor-height, step*0.42, height,
				fmt.Sprintf("%s of %s", count(n, words.one, words.many), sizeLabel(class)))
		}
		if every := (last-first)/7 + 1; (class-first)%every == 0 {
			p.text("tick", x+step/2, plotFloor+14, lowest(class), "middle")
		}
	}
	return p.end()
}

// sizeRange returns the classes that have requests, with some on either side,
// and the greatest number of requests in one.
func (f *file) sizeRange() (first, last int, top uint64) {
	first = sizeClasses
	for class := range sizeClasses {
		for dir := range f.Sizes {
			if n := f.Sizes[dir][class]; n > 0 {
				first, last, top = min(first, class), class, max(top, n)
			}
		}
	}
	// A single bar across the whole plot would look like a mistake.
	for last-first < 5 && last < sizeClasses-1 {
		last++
		first = max(first-1, 0)
	}
	return first, last, top
}

// lowest names a class by its least size.
func lowest(class int) string {
	if class == 0 {
		return "0"
	}
	return strings.TrimSuffix(strings.Replace(compact(1<<(class-1)), "iB", "", 1), " B")
}

// coursePlot draws what was moved when: at which offsets of a file, or how
// many bytes in all of a stream. It returns a caption too.
func (f *file) coursePlot(last time.Duration) (markup, string) {
	if f.series == nil {
		return "", ""
	}
	f.series.reach(last)
	p := newPlot("What was moved when", "time", map[bool]string{true: "offset in the file", false: "bytes so far"}[f.kind == Regular])
	for _, t := range ticks(last) {
		p.text("tick", plotLeft+plotRoom*t.Percent/100, plotFloor+14, t.Label, "middle")
	}
	if f.kind == Regular {
		f.drawOffsets(p, last)
		return p.end(), "Where in the file bytes were moved, over time"
	}
	f.drawBytes(p, last)
	return p.end(), "How many bytes were moved, over time"
}

func (f *file) drawOffsets(p *plot, last time.Duration) {
	var top int64
	for _, b := range f.series.bins {
		top = max(top, b.hi[in], b.hi[out])
	}
	p.level(plotFloor-plotRise/2, size(uint64(top/2)))
	p.level(plotTop, size(uint64(top)))
	y := func(at int64) float64 { return plotFloor - plotRise*float64(at)/float64(max(top, 1)) }
	step := plotRoom * float64(f.series.width()) / float64(last)
	for i, b := range f.series.bins {
		x := plotLeft + step*float64(i)
		for dir, words := range sideWords {
			if b.hi[dir] == 0 || x >= plotWidth-plotRight {
				continue
			}
			width := min(step*0.46, plotWidth-plotRight-x)
			height := max(y(b.lo[dir])-y(b.hi[dir]), 2)
			p.bar(words.class, x+step*0.5*float64(dir), y(b.hi[dir]), max(width, 1), height, fmt.Sprintf("%s from %s to %s, %s in all",
				words.many, size(uint64(b.lo[dir])), size(uint64(b.hi[dir])), size(uint64(b.bytes[dir]))))
		}
	}
}

func (f *file) drawBytes(p *plot, last time.Duration) {
	top := max(f.Bytes[in], f.Bytes[out], 1)
	p.level(plotFloor-plotRise/2, size(top/2))
	p.level(plotTop, size(top))
	step := plotRoom * float64(f.series.width()) / float64(last)
	for dir, words := range sideWords {
		if f.Bytes[dir] == 0 {
			continue
		}
		var sum int64
		path := fmt.Sprintf("M%d %d", plotLeft, plotFloor)
		for i, b := range f.series.bins {
			sum += b.bytes[dir]
			x := min(plotLeft+step*float64(i+1), plotWidth-plotRight)
			path += fmt.Sprintf("L%.1f %.1f", x, plotFloor-plotRise*float64(sum)/float64(top))
		}
		fmt.Fprintf(p, `<path class="line %s" d="%s"><title>%s</title></path>`, words.class, path,
			html.EscapeString(fmt.Sprintf("%s %s", size(f.Bytes[dir]), map[int]string{0: "read", 1: "written"}[dir])))
	}
}

// laneHeight is the height of a lane, which stands for all of a bin's time.
const laneHeight = 40

// lanePlot draws a lane: for each bin a column of what its time was spent with.
func lanePlot(bins []threadBin, width, last time.Duration) markup {
	p := &plot{}
	fmt.Fprintf(p, `<svg viewBox="0 0 %.3f %d" preserveAspectRatio="none" aria-hidden="true">`,
		max(float64(last)/float64(width), 0.001), laneHeight)
	var paths [numActivities]strings.Builder
	for i, b := range bins {
		floor := float64(laneHeight)
		for what, t := range b {
			if t == 0 {
				continue
			}
			height := max(min(laneHeight*float64(t)/float64(width), floor), 0.6)
			floor -= height
			fmt.Fprintf(&paths[what], "M%d %.2fh1v%.2fh-1z", i, floor, height)
		}
	}
	for what := range paths {
		if paths[what].Len() > 0 {
			fmt.Fprintf(p, `<path class="%s" d="%s"/>`, activityWords[what], paths[what].String())
		}
	}
	return p.end()
}

// ticks returns marks for an axis of time: round numbers, five or so.
func ticks(last time.Duration) (all []tick) {
	if last <= 0 {
		return nil
	}
	step := time.Duration(1)
	for i := 0; last/step > 5; i++ {
		step = step * [3]time.Duration{2, 5, 2}[i%3] / [3]time.Duration{1, 2, 1}[i%3]
	}
	for t := time.Duration(0); t <= last; t += step {
		all = append(all, tick{100 * float64(t) / float64(last), axisTime(t)})
	}
	return all
}

// axisTime writes a round number of time.
func axisTime(t time.Duration) string {
	switch {
	case t == 0:
		return "0"
	case t < time.Microsecond:
		return fmt.Sprintf("%d ns", t)
	case t < time.Millisecond:
		return fmt.Sprintf("%g µs", float64(t)/1e3)
	case t < time.Second:
		return fmt.Sprintf("%g ms", float64(t)/1e6)
	}
	return fmt.Sprintf("%g s", float64(t)/1e9)
}
