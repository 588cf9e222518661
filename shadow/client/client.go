// Package client makes calls to a shadow: what a guest's process would do to
// files here, done by its representative there.
//
// A Client is one session; it has a Process for each process of the guest, and a
// File for each descriptor. Errors that the guest may see are abi.Errno. When
// the session ends, calls fail with a session.EndedError, which is EIO.
//
// Positions are the caller's: reads and writes say where. A call that needs no
// answer from another call before it is one round trip, and so are some that
// come together: Process.ReadFile, Process.WriteFile, Process.List, and changes
// with the attributes that come of them (Process.Modify).
//
// # Leases
//
// A lease on a directory, which Process.List asks for, has Config.Changed told
// what others change in it, and what the client itself changes, too. When a call
// returns whose result tells something, Changed has been told all that happened
// before the shadow performed it. Calls that only write or close are excepted, and
// a file that is being written is told of every 50 ms at most until then.
//
// So who keeps what a lease covers takes it from listings and changes alone, in the
// order in which they come: a reply may hold what was so before a change that has
// been told already. Of what the client changes itself it has been told when a call
// of Modify, WriteAtStat or AppendStat returns.
//
// A lease is on a directory, not on a path: who concludes something from a path
// needs leases on all directories on the way. docs/protocol.md says what a lease
// does not cover.
//
// # Locks
//
// ledger.mu guards the ledger, and leases.mu the leases. No call is made while one
// of them is held, nor is Config.Changed called.
package client

import (
	"context"
	"errors"
	"fmt"

	"penumbra/abi"
	"penumbra/shadow/session"
	"penumbra/shadow/wire"
)

// Config says how to reach the shadow; see session.ClientConfig, whose Recover
// the Client sets itself.
type Config = session.ClientConfig

// Client is a session with a shadow. Its methods and those of what it gives out
// may be called at the same time.
type Client struct {
	session *session.Client
	ledger  ledger
	leases  leases
	sockets sockets
	waiters waiters
}

// Dial begins a session.
func Dial(ctx context.Context, cfg Config) (*Client, error) {
	return new(Client).dial(ctx, cfg)
}

func (c *Client) dial(ctx context.Context, cfg Config) (*Client, error) {
	c.ledger.procs = map[uint32]*holdings{}
	cfg.Recover = c.recover
	if c.leases.changed = cfg.Changed; cfg.Changed != nil {
		cfg.Changed = c.leases.tell
	}
	notice := cfg.Notice
	cfg.Notice = func(err error) {
		c.linked(err)
		if notice != nil {
			notice(err)
		}
	}
	cfg.Pushed = c.pushed
	var err error
	c.session, err = session.Dial(ctx, cfg)
	if err != nil {
		return nil, err
	}
	go func() {
		<-c.session.Done()
		c.resetSockets(abi.EIO)
	}()
	return c, nil
}

// Close ends the session. The shadow frees all that it holds for it.
func (c *Client) Close() error { return c.session.Close() }

// Done is closed when the session has ended, and Err then says why.
func (c *Client) Done() <-chan struct{} { return c.session.Done() }

// Err returns why the session has ended, or nil.
func (c *Client) Err() error { return c.session.Err() }

// call is what a session.Call is about.
type call struct {
	request wire.Request
	reply   *wire.Reply
	data    []byte // of the reply, if it has not been said where they belong
	session.Call
}

// newCall encodes a request. Data of its reply is read into the slices of into, or
// if that is nil into the call's data.
func (c *Client) newCall(proc uint32, into [][]byte, ops []wire.Op) (*call, error) {
	k := &call{request: wire.Request{Proc: proc, Ops: ops}}
	var err error
	k.Head, k.Payload, err = k.request.Encode(nil)
	if err != nil {
		return nil, abi.ENAMETOOLONG // the only limit that a caller can break without knowing
	}
	k.About = k
	k.Place = func(head []byte, n int) ([][]byte, error) {
		k.reply, err = wire.DecodeReply(head, n)
		if err != nil {
			return nil, err
		}
		if into == nil && n > 0 {
			k.data = make([]byte, n) // a frame has a limit
			return [][]byte{k.data}, k.check(n, [][]byte{k.data})
		}
		return into, k.check(n, into)
	}
	k.Finish = func() { c.ledger.note(&k.request, k.reply) }
	return k, nil
}

// check returns an error if the reply does not answer the request.
func (k *call) check(n int, into [][]byte) error {
	room := 0
	for _, b := range into {
		room += len(b)
	}
	if n > room {
		return fmt.Errorf("%w: %d bytes of data, and %d were asked for", wire.ErrMalformed, n, room)
	}
	results := k.reply.Results
	for i := range results {
		if i >= len(k.request.Ops) || results[i].Code != k.request.Ops[i].Code && results[i].Errno == 0 {
			return fmt.Errorf("%w: the reply is to another request", wire.ErrMalformed)
		}
	}
	if len(results) < len(k.request.Ops) && k.reply.Err() == nil {
		return fmt.Errorf("%w: the reply lacks results", wire.ErrMalformed)
	}
	return nil
}

// do performs operations, the representative's one after the other, in one round
// trip. The error is that of the operation that failed; the reply then holds the
// results of those before it.
func (c *Client) do(ctx context.Context, proc uint32, into [][]byte, ops ...wire.Op) (*wire.Reply, error) {
	k, err := c.newCall(proc, into, ops)
	if err != nil {
		return nil, err
	}
	if err := c.session.Do(ctx, &k.Call); err != nil {
		return nil, err
	}
	return k.reply, k.reply.Err()
}

// fetch performs a single operation whose result has data, however many.
func (c *Client) fetch(ctx context.Context, proc uint32, o wire.Op) ([]byte, error) {
	k, err := c.newCall(proc, nil, []wire.Op{o})
	if err != nil {
		return nil, err
	}
	if err := c.session.Do(ctx, &k.Call); err != nil {
		return nil, err
	}
	return k.data, k.reply.Err()
}

// one performs a single operation.
func (c *Client) one(ctx context.Context, proc uint32, into [][]byte, o wire.Op) (*wire.Result, error) {
	reply, err := c.do(ctx, proc, into, o)
	if reply == nil {
		return nil, err
	}
	return &reply.Results[0], err
}

// Errno returns what a guest sees of an error of this package: its number, EIO if
// it has none, 0 for nil.
func Errno(err error) abi.Errno {
	var e abi.Errno
	switch {
	case err == nil:
		return 0
	case errors.As(err, &e):
		return e
	}
	return abi.EIO
}
