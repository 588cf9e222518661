package sockets

import (
	"sync/atomic"

	"penumbra/shadow/wire"
)

// mostExtra bounds what the windows of a session's sockets are more than wire.Window,
// in bytes.
const mostExtra = 16 << 20

// A budget is what is left of that.
type budget struct{ used atomic.Int64 }

// take takes as much of want as there is.
func (b *budget) take(want int64) int64 {
	for {
		used := b.used.Load()
		n := min(want, mostExtra-used)
		if n <= 0 {
			return 0
		}
		if b.used.CompareAndSwap(used, used+n) {
			return n
		}
	}
}

// A window is how much of a flow may be under way. It grows while all that comes goes
// on at once, for then a larger one costs no memory; that of a socket of which the peer
// does not take what comes stays as it is.
type window struct {
	budget *budget
	extra  int64 // beyond wire.Window
	since  int64 // the offset at which it was last made larger
}

func (w *window) size() int64 { return wire.Window + w.extra }

// passed says that a flow has come as far as at without anything being kept.
func (w *window) passed(at int64) {
	if at-w.since >= w.size() && w.size() < wire.MaxWindow {
		w.extra += w.budget.take(min(w.size(), wire.MaxWindow-w.size()))
		w.since = at
	}
}

// reach makes w as large as want, if that can be.
func (w *window) reach(want int64) {
	if want > w.size() {
		w.extra += w.budget.take(want - w.size())
	}
}

// close gives back what w has taken.
func (w *window) close() {
	w.budget.used.Add(-w.extra)
	w.extra = 0
}
