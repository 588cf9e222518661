package client

import (
	"context"
	"fmt"

	"penumbra/shadow/wire"
)

// A Listing is what Process.List found.
type Listing struct {
	Path    string // without links
	Attr    wire.Attr
	Entries []wire.Dirent // with . and ..
	// Lease is the number of the lease, or 0 if there is none: nobody asked for
	// one, or the shadow cannot watch the directory, or not any more.
	Lease uint32
}

// List returns a directory with the attributes of all that is in it, and what its
// links say. It is one round trip, if wire.MaxPayload bytes hold it, which are
// about 7,000 names.
//
// If begin is not nil, and Config.Changed is set, List asks for a lease. begin is
// called with the listing before Changed is told anything of it, and as Changed
// is: in order, by the goroutine that reads the link, before List returns.
func (p *Process) List(ctx context.Context, dir int32, path string, begin func(*Listing)) (*Listing, error) {
	fd := p.c.ledger.reserve(p.id)
	defer p.c.ledger.unreserve(p.id, fd)
	r := &reading{p: p, fd: fd, begin: begin}
	if begin != nil {
		r.lease = p.c.leases.number()
	}
	open := openOp(dir, path, wire.OpenRead|wire.OpenDirectory, 0, fd)
	// The attributes come last: nobody is told what changed before the lease.
	err := r.ask(ctx, open, r.readdir(), wire.Op{Code: wire.Stat, FD: fd}, wire.Op{Code: wire.Close, FD: fd})
	if err == nil && !r.end {
		return r.pieces(ctx, open)
	}
	if err != nil {
		return nil, err
	}
	return &r.listing, nil
}

// A reading is a directory being listed.
type reading struct {
	p       *Process
	fd      int32
	begin   func(*Listing)
	lease   uint32 // that is asked for
	filling bool
	listing Listing
	end     bool
}

// readdir returns the operation that goes on with the listing.
func (r *reading) readdir() wire.Op {
	o := wire.Op{Code: wire.Readdir, FD: r.fd, Length: wire.MaxPayload, Lease: r.lease}
	if n := len(r.listing.Entries); n > 0 {
		o.Offset = r.listing.Entries[n-1].Cookie
	}
	return o
}

// ask performs operations, and adds to the listing what they say.
func (r *reading) ask(ctx context.Context, ops ...wire.Op) error {
	k, err := r.p.c.newCall(r.p.id, nil, ops)
	if err != nil {
		return err
	}
	note := k.Finish
	k.Finish = func() {
		note()
		if k.reply.Err() != nil {
			return
		}
		for i := range k.reply.Results {
			if err == nil {
				err = r.add(&k.reply.Results[i], k.data)
			}
		}
		if r.end && err == nil {
			r.install()
		}
	}
	if err := r.p.c.session.Do(ctx, &k.Call); err != nil {
		return err
	}
	if failed := k.reply.Err(); failed != nil {
		return failed
	}
	return err
}

func (r *reading) add(result *wire.Result, data []byte) error {
	switch result.Code {
	case wire.Open:
		r.listing.Path = result.Path
	case wire.Stat:
		r.listing.Attr = result.Attr
	case wire.Readdir:
		entries, err := wire.DecodeDirents(data)
		if err != nil {
			return err
		}
		if len(entries) == 0 && !result.End {
			return fmt.Errorf("%w: a piece of a directory without an entry", wire.ErrMalformed)
		}
		r.listing.Entries, r.end, r.listing.Lease = append(r.listing.Entries, entries...), result.End, result.Lease
	}
	return nil
}

// install gives the listing to the caller, and then what has changed meanwhile.
func (r *reading) install() {
	if r.begin == nil {
		return
	}
	var changes []Change
	if r.filling {
		var ok bool
		if changes, ok = r.p.c.leases.filled(r.lease); !ok {
			r.listing.Lease = 0
		}
	}
	r.begin(&r.listing)
	if len(changes) > 0 {
		r.p.c.leases.changed(changes)
	}
}

// pieces lists a directory that is too large for one reply, by a descriptor that
// stays open for so long: only so no name can be missed.
func (r *reading) pieces(ctx context.Context, open wire.Op) (*Listing, error) {
	old := r.lease
	*r = reading{p: r.p, fd: r.fd, begin: r.begin}
	ops := []wire.Op{open}
	if old != 0 {
		r.lease, r.filling = r.p.c.leases.number(), true
		r.p.c.leases.fill(r.lease)
		ops = append(ops, wire.Op{Code: wire.Unwatch, Lease: old})
	}
	err := r.ask(ctx, ops...)
	opened := err == nil
	for err == nil && !r.end {
		err = r.ask(ctx, r.readdir(), wire.Op{Code: wire.Stat, FD: r.fd})
	}
	var last []wire.Op
	if opened {
		last = append(last, wire.Op{Code: wire.Close, FD: r.fd})
	}
	if r.filling && (err != nil || r.listing.Lease == 0) {
		r.p.c.leases.filled(r.lease)
		last = append(last, wire.Op{Code: wire.Unwatch, Lease: r.lease})
	}
	if len(last) > 0 {
		if _, failed := r.p.c.do(context.WithoutCancel(ctx), r.p.id, nil, last...); err == nil {
			err = failed
		}
	}
	if err != nil {
		return nil, err
	}
	return &r.listing, nil
}
