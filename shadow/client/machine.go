package client

import (
	"context"
	"fmt"
	"time"

	"penumbra/shadow/wire"
)

// A Clock is that of the shadow's machine.
type Clock struct {
	Ahead time.Duration // of this machine's
	Doubt time.Duration // how far that may be off: half of what the round trip took
	Tick  wire.Time
}

// Clock returns what time it is at the shadow.
func (c *Client) Clock(ctx context.Context) (Clock, error) {
	before := time.Now()
	r, err := c.one(ctx, 0, nil, wire.Op{Code: wire.Clock})
	if err != nil {
		return Clock{}, err
	}
	return clockOf(r, before), nil
}

// clockOf returns the clock of which a result tells that was asked for before.
func clockOf(r *wire.Result, before time.Time) Clock {
	trip := time.Since(before)
	// The wall clock of before, and what has passed since by the monotonic one.
	return Clock{r.Now.Go().Sub(before.Round(0).Add(trip / 2)), trip / 2, r.Tick}
}

// A Machine is what there is to know of a shadow, and of the machine that it is on.
type Machine struct {
	Exports Exports
	Clock   Clock
	Names   wire.MachineNames
	User    wire.Credentials
}

// Begin is Dial, and asks the shadow about itself in the same round trip.
func Begin(ctx context.Context, cfg Config) (*Client, *Machine, error) {
	c := new(Client)
	k, err := c.newCall(0, nil, []wire.Op{{Code: wire.Exports}, {Code: wire.Clock}, {Code: wire.Names}, {Code: wire.User}})
	if err != nil {
		return nil, nil, err
	}
	cfg.First = &k.Call
	before := time.Now()
	if _, err = c.dial(ctx, cfg); err != nil {
		return nil, nil, err
	}
	var exports *Exports
	if err = k.reply.Err(); err == nil {
		exports, err = exportsOf(&k.reply.Results[0], k.data)
	}
	if err != nil {
		_ = c.Close()
		return nil, nil, fmt.Errorf("ask the shadow about itself: %w", err)
	}
	results := k.reply.Results
	return c, &Machine{*exports, clockOf(&results[1], before), *results[2].Names, *results[3].User}, nil
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
