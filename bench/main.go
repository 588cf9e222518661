// Command bench compares Penumbra with running natively and with other tools
// that intercept system calls. It prints a table and writes it, with a
// description of the machine, to bench/RESULTS.md.
//
//	go run ./bench                       everything, about ten minutes
//	go run ./bench -rows 'getppid|stat'  a few rows, nothing written
//	go run ./bench -tools '^penumbra$'   penumbra and native only
//	go run ./bench -rounds 9 -time 60s   more precise
//	go run ./bench -remote               files of another machine
//
// Run it from the root of the repository. All tools are measured in turn within
// one run, round after round, and each round begins with another tool. A figure
// is the median over the rounds; a ratio is the median of the ratios to native
// within a round, so that what slows a whole round down cancels out.
//
// A row is one entry of the table in rows.go, a tool one entry of the table in
// tool.go. README.md beside this file says how to add one.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"syscall"
	"time"
)

// options are the command line's flags.
type options struct {
	rows     *regexp.Regexp
	tools    *regexp.Regexp
	rounds   int
	budget   time.Duration
	penumbra string
	output   string // "" writes no file
	cache    string
	remote   bool
}

func main() {
	opts, err := parseOptions(os.Args[1:], os.Stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		os.Exit(0)
	case err != nil:
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(2)
	}
	// What was started has to be ended also if nobody reads the table.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGPIPE)
	defer stop()
	if err := run(ctx, opts, os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// parseOptions reads the flags. Its errors are errors of usage.
func parseOptions(args []string, stderr io.Writer) (options, error) {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(stderr)
	rows := flags.String("rows", "", "measure only the rows whose name matches this regular `expression`")
	tools := flags.String("tools", "", "compare native with only the tools whose name matches this regular `expression`")
	rounds := flags.Int("rounds", 5, "how often each tool is measured")
	budget := flags.Duration("time", 20*time.Second, "`time` for one row; a tool that used up its share sits out the remaining rounds")
	penumbra := flags.String("penumbra", "bin/penumbra", "`path` of the penumbra command")
	output := flags.String("o", "", "`file` to write the results to (default bench/RESULTS.md, or none with -rows or -tools)")
	remote := flags.Bool("remote", false, "measure files of another machine instead, at several distances")
	cache := flags.String("cache", "", "`directory` for what the programs work on (default in the user's cache directory)")
	if err := flags.Parse(args); err != nil {
		return options{}, err
	}
	opts := options{rounds: *rounds, budget: *budget, penumbra: *penumbra, output: *output, cache: *cache, remote: *remote}
	if flags.NArg() > 0 {
		return options{}, fmt.Errorf("unexpected argument %q: rows are chosen with -rows", flags.Arg(0))
	}
	if *rounds < 1 || *budget <= 0 {
		return options{}, errors.New("-rounds and -time have to be positive")
	}
	var err error
	if opts.rows, err = regexp.Compile(*rows); err != nil {
		return options{}, fmt.Errorf("-rows: %w", err)
	}
	if opts.tools, err = regexp.Compile(*tools); err != nil {
		return options{}, fmt.Errorf("-tools: %w", err)
	}
	// A part of the table does not replace the whole one unasked.
	if opts.output == "" && *rows == "" && *tools == "" {
		opts.output = filepath.Join("bench", "RESULTS.md")
		if opts.remote {
			opts.output = remoteOutput
		}
	}
	if opts.cache == "" {
		dir, err := os.UserCacheDir()
		if err != nil {
			dir = os.TempDir()
		}
		opts.cache = filepath.Join(dir, "penumbra-bench")
	}
	// Commands run in other directories than this one.
	for _, p := range []*string{&opts.cache, &opts.penumbra} {
		if *p, err = filepath.Abs(*p); err != nil {
			return options{}, err
		}
	}
	return opts, nil
}

// run measures the chosen rows and reports them.
func run(ctx context.Context, opts options, stdout, progress io.Writer) error {
	if opts.remote {
		return runRemote(ctx, opts, stdout, progress)
	}
	chosen := selectRows(allRows(), opts.rows)
	if len(chosen) == 0 {
		return fmt.Errorf("no row matches %q", opts.rows)
	}
	if opts.output != "" {
		if _, err := os.Stat(filepath.Dir(opts.output)); err != nil {
			return fmt.Errorf("the results cannot be written (run from the root of the repository, or use -o): %w", err)
		}
	}
	h := &harness{cache: opts.cache}
	if err := os.MkdirAll(h.cache, 0o755); err != nil {
		return fmt.Errorf("make the cache directory: %w", err)
	}
	tools := selectTools(allTools(opts.penumbra), opts.tools)
	plan := schedule{rounds: opts.rounds, budget: opts.budget, now: time.Now}
	report := newReport(describeMachine(ctx, tools), tools, plan)
	for i, r := range chosen {
		fmt.Fprintf(progress, "bench: %d/%d %s\n", i+1, len(chosen), r.name)
		report.add(r, plan.measure(ctx, h, r, tools))
		if ctx.Err() != nil {
			report.text(stdout)
			return fmt.Errorf("interrupted while measuring %s: the table above is not complete, and not written", r.name)
		}
	}
	report.text(stdout)
	if opts.output == "" {
		return nil
	}
	file, err := os.Create(opts.output)
	if err != nil {
		return fmt.Errorf("write the results: %w", err)
	}
	report.markdown(file)
	return file.Close()
}
