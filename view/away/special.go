package away

import (
	"time"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/intercept"
	"penumbra/shadow/client"
	"penumbra/shadow/wire"
)

// counter answers eventfd and eventfd2.
func (t *task) counter() intercept.Verdict {
	how := flags(t.Call, "flags")
	if how&^(unix.EFD_CLOEXEC|unix.EFD_NONBLOCK|unix.EFD_SEMAPHORE) != 0 {
		return intercept.Fail(abi.EINVAL)
	}
	return t.create(newStream(wire.OpenRead|wire.OpenWrite, how), how, func(p *client.Process, fd int32) error {
		return p.Counter(t.ctx, fd, uint32(t.Args[0]), how&unix.EFD_SEMAPHORE != 0)
	})
}

// watcher answers inotify_init and inotify_init1.
func (t *task) watcher() intercept.Verdict {
	how := flags(t.Call, "flags")
	if how&^(unix.IN_CLOEXEC|unix.IN_NONBLOCK) != 0 {
		return intercept.Fail(abi.EINVAL)
	}
	return t.create(newStream(wire.OpenRead, how), how, func(p *client.Process, fd int32) error { return p.Watcher(t.ctx, fd) })
}

func (t *task) watch() intercept.Verdict {
	_, f, err := t.descriptor()
	if err != nil {
		return fail(err)
	}
	path, err := t.Memory().String(t.Args.Addr(1), unix.PathMax-1)
	if err != nil {
		return intercept.Fail(errnoOf(err))
	}
	watch, err := f.Watch(t.ctx, path, uint32(t.Args[2]))
	if err != nil {
		return fail(err)
	}
	return intercept.Skip(int64(watch))
}

func (t *task) ignore() intercept.Verdict {
	_, f, err := t.descriptor()
	if err != nil {
		return fail(err)
	}
	return done(f.Ignore(t.ctx, t.Args.Int32(1)))
}

// memory answers memfd_create: what a process has in memory it has here.
func (t *task) memory() intercept.Verdict {
	const most = 249 // MFD_NAME_MAX_LEN, mm/memfd.c
	label, err := t.Memory().String(t.Args.Addr(0), most)
	if err != nil {
		return intercept.Fail(abi.EINVAL)
	}
	p, err := t.process()
	if err != nil {
		return fail(err)
	}
	how := int(uint32(t.Args[1]))
	fd, err := unix.MemfdCreate(label, how|unix.MFD_CLOEXEC)
	if err != nil {
		return fail(err)
	}
	return t.giveHere(p, fd, 0, how&unix.MFD_CLOEXEC != 0)
}

// timerClocks are the clocks of timers.
var timerClocks = map[int32]uint32{unix.CLOCK_REALTIME: wire.ClockRealtime, unix.CLOCK_MONOTONIC: wire.ClockMonotonic, unix.CLOCK_BOOTTIME: wire.ClockBoot}

func (t *task) timer() intercept.Verdict {
	clock, ok := timerClocks[t.Args.Int32(0)]
	how := flags(t.Call, "flags")
	if !ok || how&^(unix.TFD_CLOEXEC|unix.TFD_NONBLOCK) != 0 {
		return intercept.Fail(abi.EINVAL)
	}
	f := newStream(wire.OpenRead, how)
	f.clock = t.Args.Int32(0)
	return t.create(f, how, func(p *client.Process, fd int32) error { return p.Timer(t.ctx, fd, clock) })
}

// arm answers timerfd_settime. A point in time by a clock other than that of the day is
// one of this machine's: the shadow is told how far away it is.
func (t *task) arm() intercept.Verdict {
	d, f, err := t.descriptor()
	if err != nil {
		return fail(err)
	}
	how := uint32(t.Args[1])
	if how&^(wire.ArmAbsolute|wire.ArmCancelOnSet) != 0 {
		return intercept.Fail(abi.EINVAL)
	}
	l := t.Syscall.ArgsOn(t.Arch)[2].Layout
	b := make([]byte, l.Size(t.Arch))
	if _, err := t.Memory().ReadAt(b, t.Args.Addr(2)); err != nil {
		return intercept.Fail(abi.EFAULT)
	}
	read := func(prefix string) (wire.Time, bool) {
		sec, nsec := int64(l.Field(prefix+".tv_sec").Get(t.Arch, b)), int64(l.Field(prefix+".tv_nsec").Get(t.Arch, b))
		return wire.Time{Sec: sec, Nsec: uint32(nsec)}, sec >= 0 && nsec >= 0 && nsec < 1e9
	}
	interval, fine := read("it_interval")
	value, fine2 := read("it_value")
	if !fine || !fine2 {
		return intercept.Fail(abi.EINVAL)
	}
	if how&wire.ArmAbsolute != 0 && d.clock != unix.CLOCK_REALTIME && value != (wire.Time{}) {
		var now unix.Timespec
		if err := unix.ClockGettime(d.clock, &now); err != nil {
			return fail(err)
		}
		away := max(time.Duration(1), time.Unix(value.Sec, int64(value.Nsec)).Sub(time.Unix(now.Unix())))
		value = wire.Time{Sec: int64(away / time.Second), Nsec: uint32(away % time.Second)}
		how &^= wire.ArmAbsolute
	}
	oldInterval, oldValue, err := f.Arm(t.ctx, how, interval, value)
	if err != nil {
		return fail(err)
	}
	if t.Args[3] == 0 {
		return intercept.Skip(0)
	}
	return t.tellTimer(3, oldInterval, oldValue)
}

func (t *task) tellTimer(i int, interval, value wire.Time) intercept.Verdict {
	return answer(t.Call, i, values{"it_interval.tv_sec": uint64(interval.Sec), "it_interval.tv_nsec": uint64(interval.Nsec),
		"it_value.tv_sec": uint64(value.Sec), "it_value.tv_nsec": uint64(value.Nsec)})
}

func (t *task) remaining() intercept.Verdict {
	_, f, err := t.descriptor()
	if err != nil {
		return fail(err)
	}
	interval, value, err := f.Remaining(t.ctx)
	if err != nil {
		return fail(err)
	}
	return t.tellTimer(1, interval, value)
}
