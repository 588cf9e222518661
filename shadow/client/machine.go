package client

import (
	"context"
	"time"

	"penumbra/shadow/wire"
)

// Clock returns what time it is at the shadow, by how much its clock is ahead of
// this machine's, and how far that may be off: half of what the round trip took.
func (c *Client) Clock(ctx context.Context) (ahead, doubt time.Duration, tick wire.Time, err error) {
	before := time.Now()
	r, err := c.one(ctx, 0, nil, wire.Op{Code: wire.Clock})
	if err != nil {
		return 0, 0, wire.Time{}, err
	}
	trip := time.Since(before)
	// The wall clock of before, and what has passed since by the monotonic one.
	return r.Now.Go().Sub(before.Round(0).Add(trip / 2)), trip / 2, r.Tick, nil
}

// About returns the names of the shadow's machine and whose the shadow is, in one
// round trip.
func (c *Client) About(ctx context.Context) (wire.MachineNames, wire.Credentials, error) {
	r, err := c.do(ctx, 0, nil, wire.Op{Code: wire.Names}, wire.Op{Code: wire.User})
	if err != nil {
		return wire.MachineNames{}, wire.Credentials{}, err
	}
	return *r.Results[0].Names, *r.Results[1].User, nil
}

// Load returns the load of the shadow's machine.
func (c *Client) Load(ctx context.Context) (wire.MachineLoad, error) {
	r, err := c.one(ctx, 0, nil, wire.Op{Code: wire.Load})
	if err != nil {
		return wire.MachineLoad{}, err
	}
	return *r.Load, nil
}

// Limits returns what bounds the session's files.
func (c *Client) Limits(ctx context.Context) (wire.Bounds, error) {
	r, err := c.one(ctx, 0, nil, wire.Op{Code: wire.Limits})
	if err != nil {
		return wire.Bounds{}, err
	}
	return *r.Limits, nil
}

// Kill sends a signal to processes of the shadow's machine; kill(2).
func (c *Client) Kill(ctx context.Context, pid int32, signal uint32) error {
	_, err := c.one(ctx, 0, nil, wire.Op{Code: wire.Kill, PID: pid, Signal: signal})
	return err
}
