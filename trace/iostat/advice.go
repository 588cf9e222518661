package iostat

import (
	"cmp"
	"slices"
	"time"
)

// A rule is a piece of advice on one kind of mistake. docs/io.md explains each
// under its name.
type rule string

const (
	tinyWrites   rule = "tiny-writes"
	tinyReads    rule = "tiny-reads"
	smallBlocks  rule = "small-blocks"
	shortRead    rule = "short-read"
	shortWrite   rule = "short-write"
	tornRecords  rule = "torn-records"
	renamed      rule = "rename-without-fsync"
	readBackRule rule = "read-back"
	reopened     rule = "reopened"
	syncEach     rule = "sync-each-write"
	idleSeeks    rule = "idle-seeks"
	busyLoop     rule = "busy-loop"
)

// Advice is something to do about a program's I/O, and why.
type Advice struct {
	Rule     string
	Title    string
	File     string
	Evidence string        // what was seen, with its numbers
	Remedy   string        // what to do
	Saved    uint64        // calls that would not be made
	Saves    time.Duration // of the time as it was measured, at least; or 0
	Wrong    bool          // it may give wrong results, not only cost time
}

// Thresholds. Each is where a teacher would begin to say something: below, the
// loss is one that nobody could notice.
const (
	// A thousand calls cost a good half of a millisecond without a tracer.
	manyTiny   = 1000
	manyBlocks = 1000
	manySeeks  = 1000
	// An open with its close costs some microseconds without a tracer, a path
	// on a network file system a round trip.
	manyOpens = 100
	// A sync costs from some 0.1 ms (flash with a capacitor) to 10 ms (disk).
	manySyncs = 50
	// What is smaller than this fits into the program's memory without any
	// thought, and into the page cache, so that nothing is gained.
	muchReadBack = 1 << 20
	// Records torn apart on a pipe: one may be a message of another length.
	manyRecords = 3

	// Share of all calls on a file, in percent, that a habit has to make up.
	mostly = 90
	half   = 50
	// Shorter reads than these make a stream one of records (in percent).
	seldom = 10

	// What block the remedies count with: fewer, larger ones gain no more.
	goodBlock = 64 << 10
	// How many writes the remedy against syncs puts before one of them.
	goodBatch = 10
)

// rules are what is looked for in the sums of each file.
var rules = []func(*file) (Advice, bool){
	adviseTinyWrites, adviseTinyReads, adviseBlocksRead, adviseBlocksWritten,
	adviseRecords, adviseReadBack, adviseReopened, adviseSyncs, adviseSeeks, adviseBusyLoop,
}

// advise returns all advice: first what may be wrong, then what costs most.
func (c *Collector) advise() []Advice {
	var all []Advice
	for _, f := range c.findings {
		all = append(all, f.advice())
	}
	for _, f := range c.sortedFiles() {
		for _, advise := range rules {
			if a, ok := advise(f); ok {
				all = append(all, a)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b Advice) int {
		if a.Wrong != b.Wrong {
			if a.Wrong {
				return -1
			}
			return 1
		}
		return cmp.Compare(b.Saves, a.Saves)
	})
	return all
}

// sortedFiles returns all files, those of the most time first.
func (c *Collector) sortedFiles() []*file {
	all := make([]*file, 0, len(c.files))
	for _, f := range c.files {
		all = append(all, f)
	}
	slices.SortFunc(all, func(a, b *file) int {
		return cmp.Or(cmp.Compare(b.TotalTime(), a.TotalTime()), cmp.Compare(a.name, b.name))
	})
	return all
}

// blocks returns how many requests of goodBlock bytes move so many.
func blocks(bytes uint64) uint64 { return (bytes + goodBlock - 1) / goodBlock }

// percent returns part in percent of whole.
func percent(part, whole uint64) uint64 {
	if whole == 0 {
		return 0
	}
	return 100 * part / whole
}

// spared returns what so many calls took at least.
func spared(calls uint64, each time.Duration) time.Duration {
	return time.Duration(calls) * each
}
