package intercept

import (
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/internal/sys"
)

// notifyDoor answers the calls that wait at the seccomp listener. One worker
// waits at the door, takes a call, answers it and comes back: a hand-over to
// and fro between the same two threads is the cheapest that the kernel knows.
// When a verdict takes long, another worker takes the place at the door.
type notifyDoor struct {
	guest    *Guest
	listener int
	wanted   bool          // by the policy, not only by the engine
	waiting  atomic.Int32  // workers at the door
	workers  atomic.Int32  // workers alive
	taken    atomic.Uint64 // calls that workers took
	closing  atomic.Bool
	threads  sync.Map // ids of the workers' threads
	closed   sync.Once

	watched atomic.Bool   // the watch is awake
	wake    chan struct{} // wakes it
}

func newNotifyDoor(g *Guest, listener int) (*notifyDoor, error) {
	d := &notifyDoor{guest: g, listener: listener, wanted: g.wants(Answer) || g.passes(), wake: make(chan struct{}, 1)}
	if err := sys.NotifSyncWakeUp(listener); err != nil && !errors.Is(err, unix.EINVAL) {
		return nil, fmt.Errorf("notify door: set flags: %w", err)
	}
	d.waiting.Store(1)
	d.workers.Store(1)
	go d.work()
	go d.watch()
	return d, nil
}

// work is a worker's life; it begins as one that waits at the door.
func (d *notifyDoor) work() {
	// Its thread is what close interrupts. It has a working directory and a
	// umask of its own, and so ends with the worker.
	runtime.LockOSThread()
	if err := unix.Unshare(unix.CLONE_FS); err != nil {
		d.guest.config.Notice(fmt.Sprintf("cannot give a thread a working directory of its own: %v", err))
	}
	tid := unix.Gettid()
	d.threads.Store(tid, nil)
	defer func() {
		d.threads.Delete(tid)
		d.leave()
	}()
	var n sys.Notification
	var c Call // one for all, so that a call costs no allocation
	for d.receive(&n) {
		d.waiting.Add(-1)
		d.taken.Add(1)
		if !d.watched.Load() && d.watched.CompareAndSwap(false, true) {
			d.wake <- struct{}{}
		}
		d.read(&c, &n)
		d.answer(&c)
		if !d.waiting.CompareAndSwap(0, 1) {
			return // another has taken the place
		}
	}
	d.waiting.Add(-1)
}

// watch looks, while calls come, whether the worker that left the door for one
// stays away long, and then posts another.
func (d *notifyDoor) watch() {
	for range d.wake {
		for !d.closing.Load() {
			d.watchUntilIdle()
			d.watched.Store(false)
			// A worker that left the door just before did not wake anybody.
			if d.waiting.Load() != 0 || !d.watched.CompareAndSwap(false, true) {
				break
			}
		}
		if d.closing.Load() {
			return
		}
	}
}

func (d *notifyDoor) watchUntilIdle() {
	const interval, patience = time.Millisecond, 20
	for idle := 0; idle < patience && !d.closing.Load(); {
		before := d.taken.Load()
		time.Sleep(interval)
		switch {
		case d.taken.Load() != before:
			idle = 0
		case d.waiting.Load() == 0:
			d.relieve()
		default:
			idle++
		}
	}
}

// relieve posts a worker if none is at the door.
func (d *notifyDoor) relieve() {
	for {
		n := d.workers.Load()
		if n == 0 {
			return // the last one has taken the listener along
		}
		if d.workers.CompareAndSwap(n, n+1) {
			break
		}
	}
	if d.waiting.CompareAndSwap(0, 1) {
		go d.work()
	} else {
		d.leave()
	}
}

// receive waits at the door for a call, and reports false when none will come.
func (d *notifyDoor) receive(n *sys.Notification) bool {
	for !d.closing.Load() {
		switch err := sys.NotifRecv(d.listener, n); {
		case err == nil:
			return true
		case errors.Is(err, unix.EINTR):
		case errors.Is(err, unix.ENOENT): // the call's thread died
			if d.deserted() {
				d.closing.Store(true)
				return false
			}
		default:
			d.guest.config.Notice(fmt.Sprintf("cannot take calls from the guest any more: %v", err))
			return false
		}
	}
	return false
}

// leave ends a worker; the last one takes the listener along.
func (d *notifyDoor) leave() {
	if d.workers.Add(-1) == 0 {
		d.closed.Do(func() { unix.Close(d.listener) })
	}
}

// deserted reports whether no thread is left that could come to the door.
func (d *notifyDoor) deserted() bool {
	fds := []unix.PollFd{{Fd: int32(d.listener)}}
	n, _ := unix.Poll(fds, 0)
	return n == 1 && fds[0].Revents&unix.POLLHUP != 0
}

// answer gives a call its verdict. A call whose thread has died meanwhile has
// no address any more: the kernel drops the answer.
func (d *notifyDoor) answer(c *Call) {
	v := d.guest.enter(c)
	if v.delay > 0 {
		d.relieve()
		select {
		case <-time.After(v.delay):
		case <-d.guest.done:
		}
	}
	if v.Runs() {
		d.guest.affinity.prepareCaller(c)
		if d.guest.inner != nil {
			d.guest.inner.passed(c)
		}
	}
	if v.gives() {
		v = d.give(c, v)
	}
	if v.kind == runAs {
		d.guest.promises.make(c, v.value)
	}
	if v.value == -int64(abi.ERESTARTSYS) && v.kind == skip {
		d.guest.restarts.add(c.Thread.ID())
	}
	resp := sys.Response{ID: c.id}
	switch {
	case v.Runs():
		resp.Flags = sys.RespContinue
	case v.value < 0 && v.value >= -maxErrno:
		resp.Error = int32(v.value)
	default:
		resp.Value = v.value
	}
	for {
		if err := sys.NotifSend(d.listener, &resp); !errors.Is(err, unix.EINTR) {
			return
		}
	}
}

// give places a descriptor in the guest and returns the verdict that tells its
// number. Ours is closed before the guest goes on: it must not count as another
// holder of the file when the guest executes it or waits for its end.
func (d *notifyDoor) give(c *Call, v Verdict) Verdict {
	n, e := d.install(c, int(v.value), v.kind == giveCloseOnExec)
	unix.Close(int(v.value))
	if e != 0 {
		return Fail(e)
	}
	return Skip(int64(n))
}

func (d *notifyDoor) install(c *Call, fd int, closeOnExec bool) (int, abi.Errno) {
	add := sys.AddFD{ID: c.id, SrcFD: uint32(fd)}
	if closeOnExec {
		add.NewFlags = unix.O_CLOEXEC
	}
	n, err := sys.NotifAddFD(d.listener, &add)
	for errors.Is(err, unix.EINTR) {
		n, err = sys.NotifAddFD(d.listener, &add)
	}
	if err != nil { // ENOENT, the thread died, goes to nobody
		refusal, _ := errors.AsType[unix.Errno](err)
		return -1, abi.Errno(refusal)
	}
	return n, 0
}

// read makes c the call that n tells of.
func (d *notifyDoor) read(c *Call, n *sys.Notification) {
	d.guest.restarts.take(int(n.TID)) // the signal has been somebody else's
	arch, _ := abi.ArchOfAudit(n.Arch)
	*c = Call{
		Thread: d.guest.threads.Find(int(n.TID)),
		Arch:   arch, Number: int(n.Number), Syscall: abi.Lookup(arch, int(n.Number)),
		Args: n.Args, IP: abi.Addr(n.IP),
		door: d, id: n.ID,
	}
	if isPassed(n.IP) {
		c.comeFrom(d.guest.takePassed(int(n.TID)))
	}
}

func (d *notifyDoor) alive(id uint64) bool { return sys.NotifIDValid(d.listener, id) }

// close sends the workers home. One at the door leaves it only for a signal,
// which may come just before it goes to wait: hence again and again. One that
// is still about a verdict, for a guest that is gone, leaves when it is done.
func (d *notifyDoor) close() {
	d.closing.Store(true)
	if d.watched.CompareAndSwap(false, true) {
		d.wake <- struct{}{}
	}
	go func() {
		for d.waiting.Load() > 0 {
			d.threads.Range(func(tid, _ any) bool {
				unix.Tgkill(unix.Getpid(), tid.(int), unix.SIGURG)
				return true
			})
			time.Sleep(time.Millisecond)
		}
	}()
}
