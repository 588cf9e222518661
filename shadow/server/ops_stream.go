package server

import (
	"bytes"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/shadow/sockets"
	"penumbra/shadow/wire"
)

// nowhere is the export of what no path leads to.
var nowhere = &export{name: "\x00", real: "\x00", root: -1}

// hold gives the representative a descriptor for what no path leads to.
func (t *task) hold(fd int, flags uint32, e *sockets.Endpoint, want int32) error {
	err := error(abi.EBADF)
	if want >= 0 {
		_, err = t.install(t.proc, &file{handle: handle{fd, nowhere}, flags: flags, stream: true, endpoint: e, uses: 1}, want)
	}
	if err != nil {
		unix.Close(fd)
		return err
	}
	t.opened = append(t.opened, want)
	return nil
}

// both gives it two descriptors, or none.
func (t *task) both(fds [2]int, flags [2]uint32, ends [2]*sockets.Endpoint, wants [2]int32) error {
	if wants[0] == wants[1] {
		unix.Close(fds[0])
		unix.Close(fds[1])
		return abi.EINVAL
	}
	if err := t.hold(fds[0], flags[0], ends[0], wants[0]); err != nil {
		unix.Close(fds[1])
		return err
	}
	return t.hold(fds[1], flags[1], ends[1], wants[1]) // undo closes the other
}

const readWrite = wire.OpenRead | wire.OpenWrite

func (t *task) opPipe(o *wire.Op, _ *wire.Result) error {
	var fds [2]int
	if err := unix.Pipe2(fds[:], unix.O_CLOEXEC|unix.O_NONBLOCK); err != nil {
		return err
	}
	return t.both(fds, [2]uint32{wire.OpenRead, wire.OpenWrite}, [2]*sockets.Endpoint{}, [2]int32{o.FD, o.FD2})
}

// streamAt returns the open file behind a descriptor if that has no positions; done has
// to be called for it.
func (t *task) streamAt(fd int32) (*file, error) {
	f, err := t.file(t.proc, fd)
	if err == nil && !f.stream {
		t.done(f)
		return nil, abi.EINVAL
	}
	return f, err
}

// onStream calls do with a descriptor here.
func (t *task) onStream(fd int32, do func(fd int) error) error {
	f, err := t.streamAt(fd)
	if err != nil {
		return err
	}
	defer t.done(f)
	return do(f.fd)
}

func (t *task) opTake(o *wire.Op, r *wire.Result) error {
	return t.onStream(o.FD, func(fd int) error {
		most, err := t.most(o.Length)
		if err != nil {
			return err
		}
		buf, err := t.request.Buffer(most)
		if err != nil {
			return err
		}
		n, err := restart(func() (int, error) { return unix.Read(fd, buf) })
		if err == nil {
			r.Data = [][]byte{buf[:n]}
		}
		return err
	})
}

func (t *task) opPut(o *wire.Op, r *wire.Result) error {
	return t.onStream(o.FD, func(fd int) error {
		n, err := restart(func() (int, error) { return unix.Write(fd, bytes.Join(o.Data, nil)) })
		r.Length = int64(max(n, 0))
		return err
	})
}

func (t *task) opPending(o *wire.Op, r *wire.Result) error {
	return t.onStream(o.FD, func(fd int) error {
		n, err := unix.IoctlGetInt(fd, unix.TIOCINQ)
		r.Length = int64(max(n, 0))
		return err
	})
}

func (t *task) opCounter(o *wire.Op, _ *wire.Result) error {
	flags := unix.EFD_CLOEXEC | unix.EFD_NONBLOCK
	if o.Flags&wire.CounterSemaphore != 0 {
		flags |= unix.EFD_SEMAPHORE
	}
	if o.Length > 1<<32-1 {
		return abi.EINVAL
	}
	fd, err := unix.Eventfd(uint(o.Length), flags)
	if err != nil {
		return err
	}
	return t.hold(fd, readWrite, nil, o.FD2)
}

var timerClocks = map[uint32]int{wire.ClockRealtime: unix.CLOCK_REALTIME, wire.ClockMonotonic: unix.CLOCK_MONOTONIC, wire.ClockBoot: unix.CLOCK_BOOTTIME}

func (t *task) opTimer(o *wire.Op, _ *wire.Result) error {
	clock, ok := timerClocks[o.Flags]
	if !ok {
		return abi.EINVAL
	}
	fd, err := unix.TimerfdCreate(clock, unix.TFD_CLOEXEC|unix.TFD_NONBLOCK)
	if err != nil {
		return err
	}
	return t.hold(fd, wire.OpenRead, nil, o.FD2)
}

func (t *task) opArm(o *wire.Op, r *wire.Result) error {
	if o.Value.Nsec >= 1e9 || o.Interval.Nsec >= 1e9 {
		return abi.EINVAL
	}
	flags := 0
	if o.Flags&wire.ArmAbsolute != 0 {
		flags |= unix.TFD_TIMER_ABSTIME
	}
	if o.Flags&wire.ArmCancelOnSet != 0 {
		flags |= unix.TFD_TIMER_CANCEL_ON_SET
	}
	return t.onStream(o.FD, func(fd int) error {
		now := unix.ItimerSpec{Interval: timespec(o.Interval), Value: timespec(o.Value)}
		var old unix.ItimerSpec
		err := unix.TimerfdSettime(fd, flags, &now, &old)
		r.Interval, r.Value = timeOf(old.Interval), timeOf(old.Value)
		return err
	})
}

func (t *task) opRemaining(o *wire.Op, r *wire.Result) error {
	return t.onStream(o.FD, func(fd int) error {
		var now unix.ItimerSpec
		err := unix.TimerfdGettime(fd, &now)
		r.Interval, r.Value = timeOf(now.Interval), timeOf(now.Value)
		return err
	})
}

func timespec(t wire.Time) unix.Timespec { return unix.Timespec{Sec: t.Sec, Nsec: int64(t.Nsec)} }

func timeOf(ts unix.Timespec) wire.Time { return wire.Time{Sec: ts.Sec, Nsec: uint32(ts.Nsec)} }
