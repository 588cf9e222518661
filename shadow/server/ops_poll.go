package server

import (
	"bytes"
	"context"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/shadow/wire"
)

// opPoll tells which descriptors are ready, of any representatives of the session.
// Whoever waits takes no thread of this process's meanwhile.
func (t *task) opPoll(o *wire.Op, r *wire.Result) error {
	entries, err := wire.DecodePoll(bytes.Join(o.Data, nil))
	if err != nil {
		return abi.EINVAL
	}
	q := &query{fds: make([]unix.PollFd, len(entries)), events: make([]uint16, len(entries))}
	for i, e := range entries {
		f, err := t.file(e.Proc, e.FD)
		switch wire.ErrnoOf(err) {
		case 0:
			defer t.done(f)
			q.fds[i] = unix.PollFd{Fd: int32(f.fd), Events: int16(e.Events)}
		case abi.ESTALE: // a read or write of it says so
			q.fds[i].Fd = -1
			q.events[i] = e.Events&(unix.POLLIN|unix.POLLOUT) | unix.POLLERR
		default:
			q.fds[i].Fd = -1
			q.events[i] = unix.POLLNVAL
		}
	}
	if err := q.look(); err != nil {
		return err
	}
	if o.Flags&wire.PollWait != 0 && !q.ready() {
		if err := q.wait(t.ctx); err != nil {
			return err
		}
	}
	r.Data = [][]byte{wire.EncodeEvents(q.events)}
	return nil
}

// A query is about what is ready of some descriptors.
type query struct {
	fds    []unix.PollFd
	events []uint16
}

func (q *query) ready() bool {
	for _, e := range q.events {
		if e != 0 {
			return true
		}
	}
	return false
}

// look finds out what is ready now.
func (q *query) look() error {
	if _, err := restart(func() (int, error) { return unix.Poll(q.fds, 0) }); err != nil {
		return err
	}
	for i, fd := range q.fds {
		if fd.Fd >= 0 {
			q.events[i] = uint16(fd.Revents)
		}
	}
	return nil
}

// wait waits until something is ready: it has epoll(7) watch all, and Go's runtime
// watch that.
func (q *query) wait(ctx context.Context) error {
	fd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return err
	}
	if err := unix.SetNonblock(fd, true); err != nil {
		unix.Close(fd)
		return err
	}
	all := os.NewFile(uintptr(fd), "epoll")
	defer all.Close()
	wanted := map[int32]uint32{}
	for _, p := range q.fds {
		if p.Fd >= 0 {
			wanted[p.Fd] |= uint32(uint16(p.Events))
		}
	}
	for p, events := range wanted {
		if err := unix.EpollCtl(fd, unix.EPOLL_CTL_ADD, int(p), &unix.EpollEvent{Events: events}); err != nil {
			return err
		}
	}
	raw, err := all.SyscallConn()
	if err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { _ = all.SetReadDeadline(time.Unix(1, 0)) })
	defer stop()
	err = raw.Read(func(uintptr) bool {
		return q.look() != nil || q.ready()
	})
	if err != nil {
		return abi.EINTR
	}
	return nil
}
