package client

import (
	"context"
	"math"

	"penumbra/shadow/wire"
)

// A lockRange is a part of a file that is locked, shared or exclusively.
type lockRange struct {
	begin, end int64 // end is behind the last byte
	action     uint32
}

// ranges are the locks of one owner on one file; they do not overlap.
type ranges []lockRange

// apply does to r what a lock operation does to a file: the newest wins.
func (r ranges) apply(o *wire.Op) ranges {
	n := lockRange{begin: o.Offset, end: math.MaxInt64, action: o.Flags & (wire.LockShared | wire.LockExclusive)}
	if o.Length > 0 && o.Length < math.MaxInt64-o.Offset {
		n.end = o.Offset + o.Length
	}
	var out ranges
	for _, old := range r {
		if old.begin < n.begin {
			out = append(out, lockRange{old.begin, min(old.end, n.begin), old.action})
		}
		if old.end > n.end {
			out = append(out, lockRange{max(old.begin, n.end), old.end, old.action})
		}
	}
	if n.action != 0 {
		out = append(out, n)
	}
	return out
}

// ops returns the operations that make these locks anew.
func (r ranges) ops(fd int32, kind uint32) []wire.Op {
	var ops []wire.Op
	for _, l := range r {
		o := wire.Op{Code: wire.Lock, FD: fd, Flags: l.action | kind, Offset: l.begin, Length: l.end - l.begin}
		if l.end == math.MaxInt64 {
			o.Length = 0
		}
		ops = append(ops, o)
	}
	return ops
}

// A Moment is how a file is at some time of the shadow's clock.
type Moment struct {
	wire.Attr
	Now wire.Time
}

// LockStat is Lock, and returns what the file is like under the lock, whether that is
// taken or released: one round trip.
func (f *File) LockStat(ctx context.Context, flags uint32, offset, length int64) (Moment, error) {
	lock := wire.Op{Code: wire.Lock, FD: f.fd, Flags: flags, Offset: offset, Length: length}
	ops := []wire.Op{lock, {Code: wire.Stat, FD: f.fd}, {Code: wire.Clock}}
	if lock.Flags&wire.LockRelease != 0 {
		ops = []wire.Op{ops[1], ops[2], lock}
	}
	reply, err := f.p.c.do(ctx, f.p.id, nil, ops...)
	if err != nil {
		return Moment{}, err
	}
	var m Moment
	for i := range reply.Results {
		switch r := &reply.Results[i]; r.Code {
		case wire.Stat:
			m.Attr = r.Attr
		case wire.Clock:
			m.Now = r.Now
		}
	}
	return m, nil
}

// Stale reports whether another shadow has taken the place of the one that had f
// open, and could not open it again, or not have its locks again.
func (f *File) Stale() bool {
	l := &f.p.c.ledger
	l.mu.Lock()
	defer l.mu.Unlock()
	h := l.procs[f.p.id]
	return h == nil || h.files[f.fd] == nil || h.files[f.fd].stale
}
