package server

import (
	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/shadow/wire"
)

func (t *task) opGathering(o *wire.Op, _ *wire.Result) error {
	fd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return err
	}
	return t.hold(fd, wire.OpenRead, nil, o.FD2)
}

// enlisting are the counterparts of flags of enlist in epoll_ctl(2).
var enlisting = map[uint32]int{wire.EnlistAdd: unix.EPOLL_CTL_ADD, wire.EnlistChange: unix.EPOLL_CTL_MOD, wire.EnlistDelete: unix.EPOLL_CTL_DEL}

func (t *task) opEnlist(o *wire.Op, _ *wire.Result) error {
	how, ok := enlisting[o.Flags]
	if !ok {
		return abi.EINVAL
	}
	return t.onStream(o.FD, func(fd int) error {
		f, err := t.file(t.proc, o.FD2)
		if err != nil {
			return err
		}
		defer t.done(f)
		// The token lies in two halves.
		return unix.EpollCtl(fd, how, f.fd, &unix.EpollEvent{Events: o.Events &^ unix.EPOLLWAKEUP, Fd: int32(o.Token), Pad: int32(o.Token >> 32)})
	})
}

// mostGathered bounds what one gather tells.
const mostGathered = 1024

func (t *task) opGather(o *wire.Op, r *wire.Result) error {
	return t.onStream(o.FD, func(fd int) error {
		if o.Length == 0 {
			return abi.EINVAL
		}
		events := make([]unix.EpollEvent, min(o.Length, mostGathered))
		n, err := restart(func() (int, error) { return unix.EpollWait(fd, events, 0) })
		if err != nil {
			return err
		}
		all := make([]wire.Gathered, n)
		for i, e := range events[:n] {
			all[i] = wire.Gathered{Events: e.Events, Token: uint64(uint32(e.Fd)) | uint64(uint32(e.Pad))<<32}
		}
		r.Data = [][]byte{wire.EncodeGathered(all)}
		return nil
	})
}
