package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// runRemote measures the rows about files of another machine, and reports them.
func runRemote(ctx context.Context, opts options, stdout, progress io.Writer) error {
	chosen := selectRows(remoteRows(), opts.rows)
	if len(chosen) == 0 {
		return fmt.Errorf("no row matches %q", opts.rows)
	}
	h := &harness{cache: opts.cache}
	if err := os.MkdirAll(h.cache, 0o755); err != nil {
		return fmt.Errorf("make the cache directory: %w", err)
	}
	files, err := farFiles(ctx, h)
	if err != nil {
		return err
	}
	if h.neighbour, err = meet(ctx, opts.penumbra, files); err != nil {
		return err
	}
	defer h.neighbour.leave()
	results := &remoteResults{rows: map[string]result{}}
	if results.trip, err = roundTrip(farAway); err != nil {
		return fmt.Errorf("measure the delay: %w", err)
	}
	results.between = h.neighbour.describeCable()
	tools := selectTools(remoteTools(h.neighbour, opts.penumbra), opts.tools)
	plan := schedule{rounds: opts.rounds, budget: opts.budget, now: time.Now}
	report := newReport(describeMachine(ctx, tools), tools, plan)
	for i, r := range chosen {
		fmt.Fprintf(progress, "bench: %d/%d %s\n", i+1, len(chosen), r.name)
		results.rows[r.name] = plan.measure(ctx, h, r, tools)
		report.add(r, results.rows[r.name])
		if ctx.Err() != nil {
			return fmt.Errorf("interrupted while measuring %s: nothing is written", r.name)
		}
	}
	report.text(stdout)
	markdownGoals(stdout, results)
	if opts.output == "" {
		return nil
	}
	return errors.Join(
		write(opts.output, func(w io.Writer) { report.remoteMarkdown(w, results) }),
		write(strings.TrimSuffix(opts.output, ".md")+".svg", func(w io.Writer) { plot(w, results) }))
}

func write(name string, content func(io.Writer)) error {
	file, err := os.Create(name)
	if err != nil {
		return fmt.Errorf("write the results: %w", err)
	}
	content(file)
	return file.Close()
}

// remoteOutput is where a whole run is written.
var remoteOutput = filepath.Join("bench", "REMOTE.md")

// remoteMarkdown writes the report.
func (r *report) remoteMarkdown(w io.Writer, results *remoteResults) {
	fmt.Fprintf(w, `# Files of another machine

Written by `+"`make bench-remote`"+` (`+"`go run ./bench -remote`"+`). The guest's files are a
shadow's, or are mounted by sshfs from an SFTP server, both on this machine. The
link is a Unix socket for the shadow and TCP on loopback for sshfs, neither of them
encrypted. "+ 20 ms" is through a proxy that passes each byte on 10 ms later, in
both directions (bench/wire.go): a round trip then takes %.1f ms. Without that there
is no proxy. "By TLS" the shadow listens in another network namespace, at the other end
of a veth pair, and the link is encrypted%s. Each sample is a new session, or a new mount, so that it begins cold.
The file system's caches of the other machine are warm.

All columns come from one run of up to %d rounds, in turn within each; who took more
than a share of %v a row sat out the later rounds. A figure is the median, and among
the goals the best: what else the machine does only adds to a time. Round trips are
what they cost: the time with delay less the time without, divided by %.1f ms. What
comes before the program, as the link's begin, is not counted. Parrot with a Chirp
server is no package of this system and was not measured.

![Times over the delay](remote.svg)

## Goals

`, results.trip.Seconds()*1000, results.between, r.plan.rounds, r.plan.budget, results.trip.Seconds()*1000)
	markdownGoals(w, results)
	fmt.Fprint(w, "\n\"hope\" and \"must\" say which is kept. \"none\" means less than ", nothing, ".\n\n## All figures\n\n")
	r.markdownTable(w)
	fmt.Fprint(w, "\n## Machine\n\n| | |\n| --- | --- |\n")
	for _, f := range r.machine {
		markdownLine(w, []string{f.name, f.value})
	}
}
