package client

import (
	"context"

	"penumbra/abi"
	"penumbra/shadow/wire"
)

// Modify performs o, an operation that changes a file or makes one, and returns
// the attributes that the file then has, in the same round trip: of what o's path
// or descriptor leads to, or of the new name, which for rename and link is the
// second. The type of the attributes is unknown if the file is gone already. o's
// fields are those that docs/protocol.md has for its code; data of a result are
// not read.
func (p *Process) Modify(ctx context.Context, o wire.Op) (wire.Result, wire.Attr, error) {
	reply, err := p.c.do(ctx, p.id, nil, o, statAfter(&o))
	switch {
	case reply == nil:
		return wire.Result{}, wire.Attr{}, err
	case err != nil && len(reply.Results) < 2:
		return reply.Results[0], wire.Attr{}, err
	case err != nil: // only the attributes could not be had
		return reply.Results[0], wire.Attr{}, nil
	}
	return reply.Results[0], reply.Results[1].Attr, nil
}

// statAfter returns the operation that asks for the attributes of what o changes.
func statAfter(o *wire.Op) wire.Op {
	stat := wire.Op{Code: wire.Stat, FD: o.FD, Path: o.Path}
	switch {
	case o.Code == wire.Rename || o.Code == wire.Link:
		stat.FD, stat.Path, stat.Flags = o.FD2, o.Path2, wire.AtNoFollow
	case o.Code == wire.Symlink || o.Code == wire.Mkdir || o.Code == wire.Mknod:
		stat.Flags = wire.AtNoFollow
	case o.Code.Has("at"):
		stat.Flags = o.Flags & wire.AtNoFollow
	}
	return stat
}

// WriteAtStat is WriteAt, and returns the attributes that the file then has: in
// the same round trip, if b has at most wire.MaxPayload bytes, else in one more.
func (f *File) WriteAtStat(ctx context.Context, b []byte, offset int64) (int, wire.Attr, error) {
	if len(b) <= wire.MaxPayload {
		if offset < 0 {
			return 0, wire.Attr{}, abi.EINVAL
		}
		r, attr, err := f.p.Modify(ctx, wire.Op{Code: wire.Write, FD: f.fd, Offset: offset, Data: [][]byte{b}})
		return int(r.Length), attr, err
	}
	n, err := f.WriteAt(ctx, b, offset)
	if err != nil {
		return n, wire.Attr{}, err
	}
	attr, err := f.Stat(ctx)
	if err != nil {
		attr = wire.Attr{} // what was written is written
	}
	return n, attr, nil
}

// AppendStat is Append, and returns the attributes that the file then has, in the
// same round trip.
func (f *File) AppendStat(ctx context.Context, data ...[]byte) (n int, end int64, attr wire.Attr, err error) {
	if size(data) > wire.MaxPayload {
		return 0, 0, wire.Attr{}, abi.EINVAL
	}
	r, attr, err := f.p.Modify(ctx, wire.Op{Code: wire.Append, FD: f.fd, Data: data})
	if err != nil {
		return 0, 0, attr, err
	}
	return int(r.Length), r.Offset + r.Length, attr, nil
}
