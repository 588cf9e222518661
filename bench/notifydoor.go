package main

import (
	"context"
	"fmt"
)

// runSkipping runs argv under Penumbra's Go package, with a hook that answers
// every getppid with 1 at the notify door, and gives the guest's standard
// output. It is nil as long as the package offers no hook.
var runSkipping func(ctx context.Context, argv []string) ([]byte, error)

// skippedGetppid measures a getppid that never reaches the kernel, timed inside
// the guest as in every loop; natively it is an ordinary getppid.
func skippedGetppid(ctx context.Context, h *harness, t tool) (float64, error) {
	if t.name == native {
		return loop("getppid")(ctx, h, t)
	}
	if runSkipping == nil {
		return 0, fmt.Errorf("%w: the Go package offers no hook for calls yet", errSkipped)
	}
	argv, err := loopCommand(ctx, h, "getppid")
	if err != nil {
		return 0, err
	}
	out, err := runSkipping(ctx, argv)
	if err != nil {
		return 0, err
	}
	return parseLoop(out)
}
