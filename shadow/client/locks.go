package client

import (
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
