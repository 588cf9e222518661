package iostat

import (
	"time"

	"penumbra/abi"
)

// facts are what is kept of a file for the advice alone.
type facts struct {
	tiny  [2]tally // tiny requests, one behind the other
	block [2]block

	idleSeeks  uint64 // that left the offset where it was
	opener     int    // the process that opened it last
	reopens    uint64 // times that a process opened it again
	smallSyncs uint64 // syncs after few bytes
	records    uint64 // short reads after which as much was asked for again
	record     uint64 // how many bytes that was
	refusals   uint64 // EAGAIN in busy loops
	refusal    time.Duration

	unsynced     uint64 // writes since the last sync
	unsyncedSize uint64 // their bytes
	extent       int64  // up to where it was written in this run
	reader       who
	writer       who
	readBack     uint64 // bytes that were read after they were written
	removed      bool   // its name was removed
}

// replaced forgets what does not hold for another file of the same name.
func (f *facts) replaced() {
	f.opener, f.unsynced, f.unsyncedSize, f.extent, f.removed = 0, 0, 0, 0, false
}

// synced notes that what was written lasts.
func (f *facts) synced() { f.unsynced, f.unsyncedSize = 0, 0 }

// loops reports whether one process reads from a pipe what it wrote: to wake
// itself up, or to hand out tokens.
func (f *facts) loops() bool { return f.reader.pid == f.writer.pid }

// A tally counts requests.
type tally struct {
	calls, bytes, placed uint64 // placed: with an offset of their own
}

// A block is the size that most requests of a file have in common, which the
// majority vote of Boyer and Moore finds: hits is exact if there is one.
type block struct {
	size, hits, votes uint64
}

// vote enters a request of a size, or with 0 one that counts for none.
func (b *block) vote(size uint64) {
	switch {
	case size != 0 && size == b.size:
		b.hits++
		b.votes++
	case b.votes > 0:
		b.votes--
	case size != 0:
		*b = block{size, 1, 1}
	}
}

// A request is one to move bytes.
type request struct {
	dir    direction
	asked  uint64
	got    uint64
	at     int64 // the offset, or -1
	placed bool  // the call gave the offset
	mem    abi.Addr
	begin  time.Duration
	end    time.Duration
}

// took returns how long r lasted.
func (r *request) took() time.Duration { return r.end - r.begin }

// Limits by which requests are sorted while a run goes on.
const (
	// A request of up to so many bytes does less than it costs: copying 32
	// bytes takes some nanoseconds, the call some hundred.
	tinyRequest = 32
	// Up to this size the call itself is still a noticeable part of its cost.
	smallBlock = 16 << 10
	// Requests on pipes and sockets that are farther apart answer somebody
	// or wait for something, and a buffer would delay them.
	burstGap = time.Millisecond
	// What lasts by a sync for fewer bytes pays for the sync, not the bytes.
	smallSync = 16 << 10
	// So many EAGAINs in a row, no further apart than busyGap, are no event
	// loop that drains its descriptors.
	busyRun = 100
	busyGap = time.Millisecond
)

// learn takes in what a successful request says. Continues says whether it
// began where the last one ended, which for a stream it does if it came soon.
func (f *file) learn(r *request, continues bool, by who) {
	if r.dir == out {
		f.writer = by
		f.unsynced++
		f.unsyncedSize += r.got
	} else {
		f.reader = by
		if f.kind == Regular && r.at >= 0 && r.at < f.extent {
			f.readBack += uint64(min(int64(r.got), f.extent-r.at))
		}
	}
	if r.dir == out && r.at >= 0 {
		f.extent = max(f.extent, r.at+int64(r.got))
	}
	if continues && r.asked <= tinyRequest {
		t := &f.tiny[r.dir]
		t.calls++
		t.bytes += r.got
		if r.placed {
			t.placed++
		}
	}
	if continues && r.asked > tinyRequest && r.asked <= smallBlock && r.got == r.asked {
		f.block[r.dir].vote(r.asked)
	} else {
		f.block[r.dir].vote(0)
	}
}

// sync notes a sync of the file.
func (f *file) sync() {
	if f.unsynced > 0 && f.unsyncedSize <= smallSync {
		f.smallSyncs++
	}
	f.synced()
}

// refusals are EAGAINs in a row.
type refusals struct {
	count uint64
	since time.Duration
}

// refuse enters an EAGAIN and reports how many of them belong to a busy loop
// that was not known to be one before.
func (r *refusals) refuse(begin, end time.Duration) uint64 {
	if r.count == 0 {
		r.since = begin
	}
	r.count++
	switch busy := (end-r.since)/time.Duration(r.count) < busyGap; {
	case busy && r.count == busyRun:
		return busyRun
	case busy && r.count > busyRun:
		return 1
	}
	return 0
}
