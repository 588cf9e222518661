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

// notifyDoor answers the calls that wait at the seccomp listener. Each worker
// takes a call and answers it itself; the last one to leave the door to do so
// posts another, so that a verdict that takes long holds up nobody.
type notifyDoor struct {
	guest    *Guest
	listener int
	wanted   bool         // by the policy, not only by the engine
	waiting  atomic.Int32 // workers at the door
	workers  atomic.Int32 // workers alive
	closing  atomic.Bool
	threads  sync.Map // ids of the workers' threads
}

// idleWorkers is how many workers stay at the door when there is little to do.
const idleWorkers = 4

func newNotifyDoor(g *Guest, listener int) (*notifyDoor, error) {
	d := &notifyDoor{guest: g, listener: listener, wanted: g.wantsAnswers()}
	if err := sys.NotifSyncWakeUp(listener); err != nil && !errors.Is(err, unix.EINVAL) {
		return nil, fmt.Errorf("notify door: set flags: %w", err)
	}
	d.post()
	return d, nil
}

// post puts one more worker at the door.
func (d *notifyDoor) post() {
	d.waiting.Add(1)
	d.workers.Add(1)
	go d.work()
}

func (d *notifyDoor) work() {
	// Its thread is what close interrupts.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	tid := unix.Gettid()
	d.threads.Store(tid, nil)
	defer d.workers.Add(-1)
	defer d.threads.Delete(tid)
	var n sys.Notification
	for {
		err := sys.NotifRecv(d.listener, &n)
		switch {
		case err == nil:
			if d.waiting.Add(-1) == 0 {
				d.post()
			}
			d.answer(&n)
			if d.waiting.Add(1) > idleWorkers {
				d.waiting.Add(-1)
				return
			}
		case d.closing.Load() || errors.Is(err, unix.ENOENT) && d.deserted():
			return
		}
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
func (d *notifyDoor) answer(n *sys.Notification) {
	c := d.call(n)
	v := d.guest.enter(c)
	resp := sys.Response{ID: n.ID}
	switch {
	case v.kind != skip:
		c.Thread.Admit(mark(c.Number, c.Args, uint64(c.IP)))
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

func (d *notifyDoor) call(n *sys.Notification) *Call {
	arch, _ := abi.ArchOfAudit(n.Arch)
	return &Call{
		Thread: d.guest.threads.Find(int(n.TID)),
		Arch:   arch, Number: int(n.Number), Syscall: abi.Lookup(arch, int(n.Number)),
		Args: n.Args, IP: abi.Addr(n.IP),
		door: d, id: n.ID,
	}
}

func (d *notifyDoor) alive(id uint64) bool { return sys.NotifIDValid(d.listener, id) }

// close sends the workers home and closes the listener. A worker at the door
// leaves it only for a signal, which may come just before it goes to wait:
// hence again and again.
func (d *notifyDoor) close() {
	d.closing.Store(true)
	go func() {
		for d.workers.Load() > 0 {
			d.threads.Range(func(tid, _ any) bool {
				unix.Tgkill(unix.Getpid(), tid.(int), unix.SIGURG)
				return true
			})
			time.Sleep(time.Millisecond)
		}
		unix.Close(d.listener)
	}()
}
