package main

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"time"
)

// microSource is the guest of the rows of single calls.
//
//go:embed guest/micro.c
var microSource []byte

// longestLoop bounds one sample of a loop: beyond it the median over more
// rounds gains more than a longer round.
const longestLoop = 200 * time.Millisecond

// microGuest compiles the guest, static, so that nothing but its loop calls
// the kernel.
func microGuest(ctx context.Context, h *harness) (string, error) {
	name := fmt.Sprintf("micro-%.4x", sha256.Sum256(microSource))
	return h.fixture(name, func(path string) error {
		source := path + ".c"
		if err := os.WriteFile(source, microSource, 0o644); err != nil {
			return err
		}
		defer os.Remove(source)
		_, err := command{args: []string{"gcc", "-O2", "-static", "-pthread", "-o", path, source}}.run(ctx)
		return err
	})
}

// loopCommand gives the words that run a loop of the guest, without a tool.
func loopCommand(ctx context.Context, h *harness, name string) ([]string, error) {
	guest, err := microGuest(ctx, h)
	if err != nil {
		return nil, err
	}
	file, err := h.fixture("scratch", func(path string) error {
		return os.WriteFile(path, make([]byte, 8192), 0o644)
	})
	if err != nil {
		return nil, err
	}
	milliseconds := strconv.FormatFloat(h.sample.Seconds()*1000, 'f', 3, 64)
	return []string{guest, name, milliseconds, file}, nil
}

// crowd is what else there is while a loop runs in a mount.
type crowd struct{ mounts, files, processes int }

// inMount measures one turn of a loop that works on a file in a mount; natively
// on an ordinary file.
func inMount(name string, c crowd) measure {
	return func(ctx context.Context, h *harness, t tool) (float64, error) {
		argv, err := loopCommand(ctx, h, name)
		if err != nil {
			return 0, err
		}
		if t.name == ours {
			argv[len(argv)-1] = mountTarget + "/scratch"
		}
		t = t.withMount()
		for i := range c.mounts {
			t = t.with("--mount=type=tmpfs,target=" + mountTarget + "/" + strconv.Itoa(i))
		}
		var settings []string
		if c.files > 0 {
			settings = append(settings, "MICRO_FILES="+strconv.Itoa(c.files))
		}
		if c.processes > 0 {
			settings = append(settings, "MICRO_PROCESSES="+strconv.Itoa(c.processes))
		}
		if settings != nil {
			argv = slices.Concat([]string{"env"}, settings, argv)
		}
		out, err := command{args: t.command(argv...)}.run(ctx)
		if err != nil {
			return 0, err
		}
		return parseLoop(out)
	}
}

// holding measures one turn of a loop while the guest holds an emulated file: one
// of an archive that is too large to be copied. Natively there is no such file.
func holding(name string) measure {
	return func(ctx context.Context, h *harness, t tool) (float64, error) {
		argv, err := loopCommand(ctx, h, name)
		if err != nil {
			return 0, err
		}
		archive, err := h.fixture("large.tar", makeLargeArchive)
		if err != nil {
			return 0, err
		}
		if t.name == ours {
			argv = append([]string{"env", "MICRO_HOLD=" + mountTarget + "/large"}, argv...)
		}
		out, err := command{args: t.with("--mount=type=tar,source=" + archive + ",target=" + mountTarget).command(argv...)}.run(ctx)
		if err != nil {
			return 0, err
		}
		return parseLoop(out)
	}
}

// makeLargeArchive makes an archive of one file of 300 MiB, all holes.
func makeLargeArchive(path string) error {
	const size = 300 << 20
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := tar.NewWriter(f)
	if err := w.WriteHeader(&tar.Header{Name: "large", Mode: 0o644, Size: size}); err != nil {
		return errors.Join(err, f.Close())
	}
	// What follows is the file's content and the archive's end: zeros.
	return errors.Join(f.Truncate(size+4<<10), f.Close())
}

// loop measures one turn of a loop of the guest, in nanoseconds.
func loop(name string) measure {
	return func(ctx context.Context, h *harness, t tool) (float64, error) {
		argv, err := loopCommand(ctx, h, name)
		if err != nil {
			return 0, err
		}
		out, err := command{args: t.command(argv...)}.run(ctx)
		if err != nil {
			return 0, err
		}
		return parseLoop(out)
	}
}

// parseLoop reads what the guest prints: nanoseconds a turn, and the turns.
func parseLoop(out []byte) (float64, error) {
	var cost float64
	var turns int64
	if _, err := fmt.Sscanf(string(out), "%g %d\n", &cost, &turns); err != nil || cost <= 0 || turns < 1 {
		return 0, fmt.Errorf("the guest printed %q, not its figures", out)
	}
	return cost, nil
}
