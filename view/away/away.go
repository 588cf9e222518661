// Package away makes calls of a guest at its shadow.
//
// In both remote modes, calls about no file are the shadow's to answer: what time it
// is, whose the process is, what the machine is called. In the mode that is unmapped
// too, so are all others with a name or a descriptor: a process of the guest has a
// representative there, which is made when it is first needed and forked with the
// process. Numbers of descriptors are those of the representative; positions,
// close-on-exec and whether calls wait are kept here, for the protocol knows none of it.
//
// Some descriptors are the guest's own, here: the standard streams, unless something
// else has been put in their place, what was duplicated from them, and what concerns
// the process's own memory. In such calls the kernel has the same number for them.
//
// # Locks
//
// Guest.mu guards the processes, process.mu the descriptors of one, openFile.mu a
// position; it is held while the shadow is asked, as the kernel holds its own. So is
// image.mu, of what is mapped. They are taken in the order openFile.mu, image.mu,
// Guest.mu, process.mu.
package away

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/guest"
	"penumbra/intercept"
	"penumbra/mode"
	"penumbra/shadow/client"
	"penumbra/shadow/wire"
)

// Mode is the mode in which all goes to the shadow.
var Mode = mode.Mode{Remote: true}

// Config says what a Guest needs.
type Config struct {
	Client *client.Client
	// Machine is what the shadow told of itself.
	Machine *client.Machine
	// Start returns where the representative of a thread's process begins, an
	// absolute path of the shadow.
	Start func(t *guest.Thread) string
	// Notice takes lines for the user.
	Notice func(string)
}

// Guest makes the calls of one guest.
type Guest struct {
	Config
	clock clock
	names wire.MachineNames
	user  wire.Credentials
	mine  bool // which is this process's user, too: the kernel knows better what becomes of it

	mapped sync.Once // a program was told that it cannot share a file that is mapped

	writes atomic.Uint64 // how many changes of files have been made

	ctx    context.Context // of everything that is asked
	cancel context.CancelFunc

	mu        sync.Mutex
	processes map[int]*process // by id, those that have a representative
	left      chan struct{}    // closed when all that have ended are freed; nil: none has
}

// New returns a Guest.
func New(cfg Config) (*Guest, error) {
	g := &Guest{Config: cfg, processes: map[int]*process{}, names: cfg.Machine.Names, user: cfg.Machine.User}
	g.clock.begin(cfg.Machine.Clock)
	var here unix.Utsname
	if err := unix.Uname(&here); err != nil {
		return nil, err
	}
	// What programs are made for is what they run on.
	g.names.Machine = unix.ByteSliceToString(here.Machine[:])
	g.mine = isOwn(&g.user)
	g.ctx, g.cancel = context.WithCancel(context.Background())
	go g.clock.keep(g.ctx, cfg.Client.Clock)
	return g, nil
}

// User returns whose the shadow is, and whether that is this process's user, too.
func (g *Guest) User() (user *wire.Credentials, mine bool) { return &g.user, g.mine }

// Close ends what goes on in the background. The guest must have ended.
func (g *Guest) Close() { g.cancel() }

// Concerns reports whether calls of s are ever made at a shadow.
func (g *Guest) Concerns(s *abi.Syscall) bool { return s.Axis != abi.AxisOwn && !s.Unimplemented }

// A handler makes a call, in a goroutine of its own.
type handler func(*task) intercept.Verdict

// Enter gives the verdict on a call of a thread in a remote mode. It reports false
// for what is not the shadow's in that mode.
func (g *Guest) Enter(c *intercept.Call, m mode.Mode) (intercept.Verdict, bool) {
	s := c.Syscall
	if !g.Concerns(s) {
		return intercept.Run, false
	}
	if h := machineHandlers()[s.Name]; h != nil {
		return h(g, c)
	}
	if m.Mapped || staysHere[s.Name] {
		return intercept.Run, false
	}
	c = unfold(c)
	h := fileHandlers()[c.Syscall.Name]
	if g.isHere(c) {
		return intercept.Run, false
	}
	if h == nil {
		return intercept.Fail(abi.ENOSYS), true
	}
	if c.Observed() {
		return intercept.Pass, true // the shadow may need long
	}
	return g.run(c, h), true
}

// staysHere are calls of which some have no process of the shadow's machine in mind:
// by the ids of processes, which run here.
var staysHere = map[string]bool{
	"getpgid": true, "setpgid": true, "getsid": true, "getpriority": true, "setpriority": true, "kcmp": true,
	"sched_setparam": true, "sched_getparam": true, "sched_setscheduler": true, "sched_getscheduler": true,
	"sched_setattr": true, "sched_getattr": true, "sched_rr_get_interval": true, "sched_rr_get_interval_time64": true,
	"sched_setaffinity": true, "sched_getaffinity": true, "ioprio_set": true, "ioprio_get": true, "ptrace": true,
	"get_robust_list": true, "process_vm_readv": true, "process_vm_writev": true, "migrate_pages": true, "move_pages": true,
	"setrlimit":       true,
	"clock_nanosleep": true, "clock_nanosleep_time64": true, "timer_settime": true, "timer_settime64": true, "ulimit": true, "sysfs": true,
}

// A task is a call that is being made.
type task struct {
	*Guest
	*intercept.Call
	ctx    context.Context
	cancel context.CancelFunc
	// waits is set when a signal for the guest ends the call.
	waits atomic.Bool
	fate  atomic.Uint32
	// mask, if not nil, are the signals that are blocked while the call waits.
	mask atomic.Pointer[uint64]
	// withheld is set when only such signals have ended the call as the thread blocks.
	withheld atomic.Bool
}

// The fates of a task that may be made again: what it found is handed to the guest, or
// the guest has turned to a signal and will make the call once more.
const (
	committed = 1 + iota
	abandoned
)

// commit reports whether what a call found may be handed to the guest: it has to be
// asked before anything is done that the guest can see, by all that repeats.
func (t *task) commit() bool { return t.fate.CompareAndSwap(0, committed) }

// repeats are the calls that do no harm when they are made again.
var repeats = sync.OnceValue(func() map[string]bool {
	all := map[string]bool{}
	for name := range strings.FieldsSeq("read readv pread64 preadv preadv2 stat lstat fstat newfstatat stat64 lstat64 fstat64 fstatat64 statx " +
		"statfs statfs64 fstatfs fstatfs64 access faccessat faccessat2 readlink readlinkat mmap mmap2 " +
		"getxattr lgetxattr fgetxattr listxattr llistxattr flistxattr fsync fdatasync syncfs sync_file_range") {
		all[name] = true
	}
	return all
})

// run makes a call. It waits for as long as the link takes: the thread's death ends
// that, and a signal if the call waits by its nature, or can be made again after it.
func (g *Guest) run(c *intercept.Call, h handler) intercept.Verdict {
	const soon, interval = 200 * time.Microsecond, 10 * time.Millisecond
	own := *c // the worker's goes on to another call
	t := &task{Guest: g, Call: &own}
	t.ctx, t.cancel = context.WithCancel(g.ctx)
	done := make(chan intercept.Verdict, 1)
	go func() {
		defer t.cancel()
		done <- h(t)
	}()
	select {
	case verdict := <-done:
		return verdict
	case <-time.After(soon):
		c.Leave()
	}
	look := time.NewTicker(interval)
	defer look.Stop()
	for {
		select {
		case verdict := <-done:
			return verdict
		case <-look.C:
			switch {
			case !c.Alive():
				t.cancel()
				return intercept.Run // nobody is there any more
			case t.waits.Load() && t.isSignalled():
				t.cancel()
			case repeats()[c.Syscall.Name] && c.Thread.Signalled() && t.fate.CompareAndSwap(0, abandoned):
				t.cancel()
				return intercept.Fail(abi.ERESTARTNOINTR)
			}
		}
	}
}

// isSignalled reports whether a signal ends the call. One that a mask of the call's own
// lets in, and the thread does not, ends it, too, though it cannot be delivered then.
func (t *task) isSignalled() bool {
	pending, blocked := t.Thread.PendingSignals()
	if mask := t.mask.Load(); mask != nil {
		t.withheld.Store(pending&^blocked == 0)
		blocked = *mask
	}
	return pending&^blocked != 0
}

// wait calls f, which a signal for the guest interrupts, by its context's end.
func (t *task) wait(f func() error) error {
	t.waits.Store(true)
	return f()
}

// fail returns the verdict that an error of the shadow comes to.
func fail(err error) intercept.Verdict { return intercept.Fail(client.Errno(err)) }

// done returns the verdict on a call that gives nothing but success.
func done(err error) intercept.Verdict {
	if err != nil {
		return fail(err)
	}
	return intercept.Skip(0)
}
