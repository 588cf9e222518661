package main

import (
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"strings"
)

// A panel of the plot shows one row: a bar for each column, on a logarithmic scale.
const (
	panelWidth, panelHeight = 260, 190
	panelsAcross            = 3
	barTop, barBottom       = 40, 150
)

// colours of the columns' bars: native, penumbra, sshfs. The farther away the
// darker.
var colours = map[string]string{
	native: "#9a9a9a", ours: "#9ecae1", overDistance(ours, farAway/4): "#4292c6", far(ours): "#08519c",
	"sshfs": "#fdae6b", far("sshfs"): "#d94801",
}

var plotted = []struct {
	row  string
	unit unit
}{
	{openFresh, ms}, {openListed, ms}, {statListed, ms},
	{manyFiles, ms}, {listMany, ms}, {"git status, 1,000 files", ms},
	{readSome, mbs}, {readMuch, mbs}, {writeSome, mbs},
}

var plotColumns = []string{native, ours, overDistance(ours, farAway/4), far(ours), "sshfs", far("sshfs")}

// plot draws results as SVG.
func plot(w io.Writer, results *remoteResults) {
	rows := (len(plotted) + panelsAcross - 1) / panelsAcross
	width, height := panelsAcross*panelWidth+20, rows*panelHeight+40
	fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" font-size="11">`+"\n", width, height)
	fmt.Fprintf(w, `<rect width="%d" height="%d" fill="white"/>`+"\n", width, height)
	for i, column := range plotColumns {
		x := 20 + i*width/len(plotColumns)
		fmt.Fprintf(w, `<rect x="%d" y="12" width="10" height="10" fill="%s"/><text x="%d" y="21">%s</text>`+"\n",
			x, colours[column], x+14, escape(column))
	}
	for i, p := range plotted {
		fmt.Fprintf(w, `<g transform="translate(%d,%d)">`+"\n", 10+i%panelsAcross*panelWidth, 30+i/panelsAcross*panelHeight)
		panel(w, results, p.row, p.unit)
		fmt.Fprintln(w, "</g>")
	}
	fmt.Fprintln(w, "</svg>")
}

func panel(w io.Writer, results *remoteResults, row string, u unit) {
	better := "less is better"
	if u.rate {
		better = "more is better"
	}
	fmt.Fprintf(w, `<text x="0" y="14" font-weight="bold">%s</text><text x="0" y="28" fill="#666">%s, %s, logarithmic</text>`+"\n",
		escape(shortened(row)), escape(u.name), better)
	lowest, highest := math.Inf(1), math.Inf(-1)
	for _, column := range plotColumns {
		if v, ok := results.median(column, row); ok && v > 0 {
			lowest, highest = min(lowest, v), max(highest, v)
		}
	}
	low, high := math.Floor(math.Log10(lowest)), math.Ceil(math.Log10(highest))
	for i, column := range plotColumns {
		v, ok := results.median(column, row)
		if !ok || v <= 0 {
			continue
		}
		part := (math.Log10(v) - low) / max(1, high-low)
		tall := 4 + part*(barBottom-barTop-4)
		x := float64(i * 41)
		fmt.Fprintf(w, `<rect x="%.0f" y="%.1f" width="34" height="%.1f" fill="%s"/>`, x, barBottom-tall, tall, colours[column])
		fmt.Fprintf(w, `<text x="%.0f" y="%d" text-anchor="middle" font-size="9">%s</text>`+"\n", x+17, barBottom+12, escape(figure(v)))
	}
}

// figure writes a number with the digits that a plot has room for.
func figure(v float64) string { return strings.TrimSuffix(unit{}.format(v), " ") }

func shortened(row string) string {
	return strings.Replace(row, "open + fstat + read + close", "open … close", 1)
}

func escape(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a strings.Builder takes all
	return b.String()
}
