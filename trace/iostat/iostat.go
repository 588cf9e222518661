// Package iostat finds out where the I/O of a run goes: for each file, process
// and thread how many calls it took, how many bytes they moved, in what sizes
// and order, how long that lasted and what went wrong; and what follows from
// it, as advice. What it keeps is bounded, however long a run takes.
//
// A Collector is a trace.Sink. It has to see the calls of Calls, from their
// beginning to their end. When the run is over it writes a report: Text for a
// terminal, HTML for a browser.
//
// # How descriptors are followed
//
// Package descriptors follows them, as far as the calls of Calls tell. What a
// descriptor refers to is looked up when it is met: at the open call that makes
// it, or at the first call that uses it. What appears unseen, by pipe(2) or
// pidfd_getfd(2), is simply met later, and the kernel is asked then whether it is
// another name of what is known (kcmp(2)). Only io_uring, and a pidfd_getfd upon a
// number whose close was not seen, can change a table unnoticed.
//
// Calls of i386's socketcall(2) are not taken apart; the C libraries have
// stopped using it.
package iostat

import (
	"time"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/trace"
	"penumbra/vft/descriptors"
)

// Collector is a trace.Sink that sums up I/O. Like every sink it is called by
// one goroutine at a time.
type Collector struct {
	trace.Quiet

	// Mount, if not nil, tells which mount a file of that name is seen through, by
	// its target; "" for none. It is set before the run.
	Mount func(name string) string
	// Closed, if not nil, is told of each file that nobody holds any more. It is
	// set before the run, and has the Collector look at all that makes descriptors.
	Closed func(*descriptors.File)

	host  host
	roles [abi.NumArch][]role
	table *holding

	start    time.Time
	last     time.Duration // when the last call ended
	calls    uint64
	quickest time.Duration // the least time that a read or write took

	command   []string
	threads   map[int]*thread
	recent    *thread          // the one that made the last call
	living    map[int]*process // by id
	processes []*process
	lanes     []*lane
	files     map[string]*file
	inodes    map[fileID]*file // regular files by what they are now

	// What was merged, because there was too much of it.
	others          *file
	otherProcesses  *process
	otherLanes      *lane
	merged          int
	mergedProcesses int
	mergedThreads   int

	findings     []*finding
	lostFindings uint64

	buf []byte
}

// New returns a Collector for a run that begins now. The command, which may
// be empty, is for the reports' titles alone.
func New(command []string) *Collector { return newCollector(procfs{}, command, time.Now()) }

func newCollector(h host, command []string, start time.Time) *Collector {
	c := &Collector{
		host: h, roles: roles(), command: command, start: start,
		threads:        map[int]*thread{},
		living:         map[int]*process{},
		files:          map[string]*file{},
		inodes:         map[fileID]*file{},
		others:         &file{name: "(other files)"},
		otherProcesses: &process{who: who{program: "(other processes)"}},
		otherLanes:     &lane{who: who{program: "(other threads)"}, line: newTimeline[threadBin](threadBins)},
	}
	c.table = descriptors.New(descriptors.Events[*description]{
		Released: func(tid int, h *held) {
			if t := c.threads[tid]; t != nil {
				c.closed(t, h.Data)
			}
		},
		Closed: func(f *descriptors.File) {
			if c.Closed != nil {
				c.Closed(f)
			}
		},
	})
	return c
}

// roleOf returns what a call does. A call that the table does not know does
// nothing.
func (c *Collector) roleOf(call *trace.Call) *role {
	if all := c.roles[call.Arch]; uint(call.Number) < uint(len(all)) {
		return &all[call.Number]
	}
	return &role{}
}

// Enter forgets what the call is about to close, before its number can be
// another's, and looks at the names that are about to change.
func (c *Collector) Enter(call *trace.Call) {
	r := c.roleOf(call)
	switch r.action {
	case closeOne:
		t, fd := c.thread(call.Thread), call.Args.Int32(int(r.fd))
		t.closing = c.known(t, fd)
		c.table.Close(t.guest.ID(), fd)
	case closeRange:
		c.enterCloseRange(c.thread(call.Thread), call)
	case dupTo:
		t, from, to := c.thread(call.Thread), call.Args.Int32(int(r.fd)), call.Args.Int32(int(r.fd2))
		if from != to && c.met(t, from) != nil { // else it fails, and closes nothing
			c.table.Close(t.guest.ID(), to)
		}
	case rename, unlink:
		c.enterMove(c.thread(call.Thread), call, r)
	case cloneFlags, cloneArgs:
		c.thread(call.Thread).shares = c.cloneFlags(call, r)&unix.CLONE_FILES != 0
	}
}

func (c *Collector) enterCloseRange(t *thread, call *trace.Call) {
	flags, first, last := call.Args[2], uint32(call.Args[0]), uint32(call.Args[1])
	if flags&unix.CLOSE_RANGE_UNSHARE != 0 {
		c.table.Unshare(t.guest.ID())
	}
	if flags&unix.CLOSE_RANGE_CLOEXEC != 0 {
		c.table.SetCloseOnExec(t.guest.ID(), first, last, true)
	} else {
		c.table.CloseRange(t.guest.ID(), first, last)
	}
}

// cloneFlags returns what a new thread shares with the one that makes it.
func (c *Collector) cloneFlags(call *trace.Call, r *role) uint64 {
	if r.action == cloneFlags {
		return call.Args[r.flags]
	}
	var flags [8]byte // the first field of struct clone_args
	if !c.host.read(call.Thread, flags[:], call.Args.Addr(0)) {
		return 0
	}
	return wordAt(flags[:], len(flags))
}

// Exit sums up a call that has ended.
func (c *Collector) Exit(call *trace.Call) {
	r := c.roleOf(call)
	if r.action == ignore {
		c.made(call)
		return
	}
	t := c.thread(call.Thread)
	c.calls++
	c.last = max(c.last, call.End.Sub(c.start))
	switch r.action {
	case transfer, message, messages:
		c.transfer(t, call, r)
		if r.action == message && !call.Failed() {
			c.rights(t, call, r)
		}
	case copyBytes:
		c.copied(t, call, r)
	case open, accept:
		c.exitOpen(t, call, r)
	case closeOne:
		c.exitClose(t, call)
	case closeRange:
		c.fileless(t, call, Close) // it belongs to many files, or to none
	case dup, dupTo, fcntl:
		c.exitDup(t, call, r)
	case seek, seekResult:
		c.exitSeek(t, call, r)
	case syncFile, syncAll:
		c.exitSync(t, call, r)
	case resize:
		c.exitResize(t, call, r)
	case mapFile:
		c.exitMap(t, call, r)
	case name:
		c.exitName(t, call, r)
	case rename, unlink:
		c.exitMove(t, call, r)
	case unshare:
		if !call.Failed() && call.Args[r.flags]&unix.CLONE_FILES != 0 {
			c.table.Unshare(t.guest.ID())
		}
		c.calls--
	case cloneFlags, cloneArgs:
		t.shares = false
		c.calls-- // makes threads, and is here only for what they share
	default:
		c.managed(t, call, r)
	}
}

// noteQuickest keeps the least time that a read or write took: most of it is
// what tracing adds.
func (c *Collector) noteQuickest(q *request) {
	if took := q.took(); c.quickest == 0 || took < c.quickest {
		c.quickest = max(took, 1)
	}
}

// count enters a call that moved nothing, for its process and, unless that is
// nil, for a file.
func (c *Collector) count(t *thread, f *file, op Op, call *trace.Call) {
	sums := t.process.sums()
	sums.call(op, call.Duration())
	t.lane.spend(activities[op], call.Begin.Sub(c.start), call.End.Sub(c.start))
	if f != nil {
		f.call(op, call.Duration())
	}
	if call.Failed() {
		sums.fail(call.Err, 1)
		if f != nil {
			f.fail(call.Err, 1)
		}
	}
}

// fileless enters a call that is not known to belong to a file.
func (c *Collector) fileless(t *thread, call *trace.Call, op Op) { c.count(t, nil, op, call) }

// managed enters a call on a descriptor that moved nothing.
func (c *Collector) managed(t *thread, call *trace.Call, r *role) {
	c.count(t, c.fileOf(t, call, r), Manage, call)
}

// fileOf returns the file of the descriptor that a call works on, or nil.
func (c *Collector) fileOf(t *thread, call *trace.Call, r *role) *file {
	if r.fd < 0 {
		return nil
	}
	fd := call.Args.Int32(int(r.fd))
	d := c.met(t, fd)
	if d == nil {
		return nil
	}
	f, _ := d.target(t.process, fd)
	return f
}
