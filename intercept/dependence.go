package intercept

import (
	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/internal/sys"
)

// dependence says whose affinity a call reads, changes or hands on. Before it
// runs these have to be what they would be natively.
type dependence uint8

const (
	onNone dependence = iota
	onOwn             // the caller's
	onAny             // that of any thread
)

// dependences lists the calls that depend on affinities.
func dependences() map[*abi.Syscall]dependence {
	all := map[*abi.Syscall]dependence{}
	add := func(d dependence, names ...string) {
		for _, name := range names {
			all[abi.ByName(name)] = d
		}
	}
	// A deadline is granted only to a thread that may run everywhere.
	add(onAny, "sched_getaffinity", "sched_setaffinity", "sched_setattr")
	// A child inherits the mask.
	add(onOwn, "clone", "clone3", "fork", "vfork")
	if !sys.HasCapability(unix.CAP_SYS_NICE) {
		// The mask of another user's thread is out of reach.
		add(onOwn, "setuid", "setreuid", "setresuid", "setuid32", "setreuid32", "setresuid32")
		if sys.HasCapability(unix.CAP_SYS_ADMIN) {
			add(onOwn, "execve", "execveat") // set-id programs keep their meaning
		}
	}
	return all
}

// prepare gives back the masks on which a call at the trace door depends that
// is about to run.
func (a *affinity) prepare(b *binding, c *Call) {
	if !a.possible {
		return
	}
	switch a.dependenceOf(c) {
	case onOwn:
		a.letGo(b)
	case onAny:
		a.mu.Lock()
		a.look(true)
		a.mu.Unlock()
		b.asks = true
		a.asking++
	case onNone:
		if opensProc(c) {
			a.letGo(b)
			b.row = -reading
		}
	}
}

// prepareCaller does so for a call at the notify door, whose thread does not
// stop, and so is not bound, before the call has ended.
func (a *affinity) prepareCaller(c *Call) {
	if !a.possible || a.dependenceOf(c) != onOwn {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for b := range a.bound {
		if b.tid == c.Thread.ID() {
			a.unbind(b)
		}
	}
}

// answered notes that a call has ended, or its thread.
func (a *affinity) answered(b *binding) {
	if b.asks {
		b.asks = false
		a.asking--
	}
}

// dependenceOf returns that of a call as the kernel is about to run it.
func (a *affinity) dependenceOf(c *Call) dependence {
	s, _ := c.running()
	return a.calls[s]
}

// opensProc reports whether a call may open a file that tells an affinity, as
// /proc/self/status does. A path that is relative to a directory of procfs is
// beyond it.
func opensProc(c *Call) bool {
	s, args := c.running()
	if s == nil {
		return false
	}
	var path abi.Addr
	switch s.Name {
	case "open":
		path = args.Addr(0)
	case "openat", "openat2":
		path = args.Addr(1)
	default:
		return false
	}
	const proc = "/proc"
	var start [len(proc)]byte
	_, err := c.Memory().ReadAt(start[:], path)
	return err == nil && string(start[:]) == proc
}
