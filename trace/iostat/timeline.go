package iostat

import "time"

// A bin is the part of a timeline that belongs to one stretch of time.
type bin[B any] interface {
	*B
	// add takes in what a later stretch held.
	add(later *B)
}

// A timeline is a fixed number of bins. When time runs out of them each two
// become one, so that its size is the same however long a run takes.
type timeline[B any, P bin[B]] struct {
	bins  []B
	shift uint // a bin is firstBin << shift long
}

// firstBin is how long a bin is at first: short enough for a run of some
// milliseconds to show its shape.
const firstBin = 16 * time.Microsecond

func newTimeline[B any, P bin[B]](bins int) *timeline[B, P] {
	return &timeline[B, P]{bins: make([]B, bins)}
}

// width returns how long a bin is.
func (l *timeline[B, P]) width() time.Duration { return firstBin << l.shift }

// at returns the bin of time t since the start, and how much of it, in the
// direction of time, is left.
func (l *timeline[B, P]) at(t time.Duration) (b P, left time.Duration) {
	l.reach(t)
	i := t / l.width()
	return &l.bins[i], (i+1)*l.width() - t
}

// reach makes bins longer until they hold t.
func (l *timeline[B, P]) reach(t time.Duration) {
	for t >= l.width()*time.Duration(len(l.bins)) {
		l.fold()
	}
}

// fold makes each two bins one.
func (l *timeline[B, P]) fold() {
	half := len(l.bins) / 2
	for i := range half {
		b := l.bins[2*i]
		P(&b).add(&l.bins[2*i+1])
		l.bins[i] = b
	}
	clear(l.bins[half:])
	l.shift++
}

// merge adds what other holds, which it may fold.
func (l *timeline[B, P]) merge(other *timeline[B, P]) {
	for l.shift < other.shift {
		l.fold()
	}
	for other.shift < l.shift {
		other.fold()
	}
	for i := range l.bins {
		P(&l.bins[i]).add(&other.bins[i])
	}
}

// A threadBin holds the time that a thread spent in calls, by what they did.
type threadBin [numActivities]time.Duration

// An activity is what the timeline of a thread tells apart.
type activity uint8

const (
	reading activity = iota
	writing
	syncing
	other // opening, closing, names, seeks …
	numActivities
)

// activities maps operations to what a timeline tells apart.
var activities = [numOps]activity{
	Read: reading, Write: writing, Sync: syncing,
	Open: other, Seek: other, Map: other, Close: other, Name: other, Manage: other,
}

func (b *threadBin) add(later *threadBin) {
	for i := range b {
		b[i] += later[i]
	}
}

// A fileBin holds what was moved to and from a file, and which part of the
// file that was. Where hi is 0 no offset was seen.
type fileBin struct {
	bytes  [2]int64
	lo, hi [2]int64
}

func (b *fileBin) add(later *fileBin) {
	for dir := range b.bytes {
		b.bytes[dir] += later.bytes[dir]
		if later.hi[dir] > 0 {
			b.touch(direction(dir), later.lo[dir], later.hi[dir])
		}
	}
}

// touch notes that bytes from offset lo to before hi were moved.
func (b *fileBin) touch(dir direction, lo, hi int64) {
	if b.hi[dir] == 0 || lo < b.lo[dir] {
		b.lo[dir] = lo
	}
	b.hi[dir] = max(b.hi[dir], hi)
}

type (
	threadTimeline = timeline[threadBin, *threadBin]
	fileTimeline   = timeline[fileBin, *fileBin]
)

// How many bins there are: as many as a plot has room for.
const (
	threadBins = 256
	fileBins   = 64
)
