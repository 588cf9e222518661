package main

import (
	"context"
	"time"
)

// program measures a whole program from outside, from before the tool starts
// until it has ended, in milliseconds. A sample is the mean over that many runs.
// prepare is not timed.
func program(runs int, prepare func(ctx context.Context, h *harness) (command, error)) measure {
	return func(ctx context.Context, h *harness, t tool) (float64, error) {
		c, err := prepare(ctx, h)
		if err != nil {
			return 0, err
		}
		c.args = t.command(c.args...)
		start := time.Now()
		for range runs {
			if err := c.discard(ctx); err != nil {
				return 0, err
			}
		}
		return time.Since(start).Seconds() * 1000 / float64(runs), nil
	}
}

// fixed is a command that needs no preparation.
func fixed(args ...string) func(context.Context, *harness) (command, error) {
	return func(context.Context, *harness) (command, error) {
		return command{args: args}, nil
	}
}
