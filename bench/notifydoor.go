package main

import (
	"context"

	"penumbra"
)

// runSkipping runs argv under Penumbra's Go package, with a hook that answers
// every getppid with 1 at the notify door, and gives the guest's standard
// output.
func runSkipping(ctx context.Context, argv []string) ([]byte, error) {
	cmd := penumbra.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Hooks = []penumbra.Hook{{
		Calls:  "getppid",
		Answer: func(*penumbra.Call) penumbra.Verdict { return penumbra.Skip(1) },
	}}
	return cmd.Output()
}

// skippedGetppid measures a getppid that never reaches the kernel, timed inside
// the guest as in every loop; natively it is an ordinary getppid.
func skippedGetppid(ctx context.Context, h *harness, t tool) (float64, error) {
	if t.name == native {
		return loop("getppid")(ctx, h, t)
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
