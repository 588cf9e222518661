package away

import (
	"encoding/binary"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/intercept"
	"penumbra/shadow/wire"
)

// An interest is in what is ready of a descriptor.
type interest struct {
	fd     int32
	events uint16 // of poll(2)
	found  uint16
}

// watchList sorts interests by who knows about them: the shadow, or this kernel by
// copies of the guest's own.
type watchList struct {
	all    []*interest
	there  []*interest
	asked  []wire.PollEntry // of each in there
	here   []*interest
	copies []unix.PollFd // of each in here
}

// sort returns a watchList. What is no descriptor at all is found to be POLLNVAL.
func (t *task) sort(p *process, all []*interest) *watchList {
	l := &watchList{all: all}
	for _, i := range all {
		d, err := p.entry(i.fd)
		switch {
		case err != nil:
			i.found = unix.POLLNVAL
		case d.here:
			own, err := t.Thread.CopyFD(i.fd)
			if err != nil {
				i.found = unix.POLLNVAL
				continue
			}
			l.here = append(l.here, i)
			l.copies = append(l.copies, unix.PollFd{Fd: int32(own), Events: int16(i.events)})
		default:
			l.there = append(l.there, i)
			l.asked = append(l.asked, p.rep.File(i.fd, 0).PollEntry(i.events))
		}
	}
	return l
}

func (l *watchList) close() {
	for _, c := range l.copies {
		unix.Close(int(c.Fd))
	}
}

// look finds out what is ready now, and of how many descriptors.
func (t *task) look(l *watchList) (n int, e abi.Errno) {
	if len(l.asked) > 0 {
		events, err := t.Client.Poll(t.ctx, l.asked)
		if err != nil {
			return 0, wire.ErrnoOf(err)
		}
		for i, found := range events {
			l.there[i].found = found
		}
	}
	if len(l.copies) > 0 {
		if _, err := unix.Poll(l.copies, 0); err != nil && err != unix.EINTR {
			return 0, errnoOf(err)
		}
		for i, c := range l.copies {
			l.here[i].found = uint16(c.Revents)
		}
	}
	for _, i := range l.all {
		if i.found != 0 {
			n++
		}
	}
	return n, 0
}

// waitFor waits until something is ready or the deadline has come, and returns of how
// many descriptors.
func (t *task) waitFor(l *watchList, w *patience) (int, abi.Errno) {
	for {
		n, e := t.look(l)
		switch {
		case e == abi.EINTR && t.ctx.Err() != nil:
			return 0, t.interruption(w)
		case e != 0 || n > 0 || !w.wait:
			return n, e
		}
		switch e := t.await(w, l.asked, l.copies); e {
		case 0:
		case abi.ETIMEDOUT:
			return t.look(l)
		default:
			return 0, e
		}
	}
}

// pollPatience returns that of poll and its like: there is no limit if d is negative.
func pollPatience(d time.Duration) *patience {
	w := &patience{wait: d != 0, signal: abi.ERESTARTNOHAND}
	if d > 0 {
		w.deadline = time.Now().Add(d)
	}
	return w
}

// limit reads the time that argument i points to; -1 if it does not.
func (t *task) limit(i int) (time.Duration, abi.Errno) {
	l := t.Syscall.Args[i].Layout
	if t.Args[i] == 0 {
		return -1, 0
	}
	b := make([]byte, l.Size(t.Arch))
	if _, err := t.Memory().ReadAt(b, t.Args.Addr(i)); err != nil {
		return 0, abi.EFAULT
	}
	const most = int64(1 << 32) // seconds that a Duration can hold
	seconds := int64(l.Field("tv_sec").Get(t.Arch, b))
	fraction, unit := l.Field("tv_nsec"), time.Nanosecond
	if fraction == nil {
		fraction, unit = l.Field("tv_usec"), time.Microsecond
	}
	part := int64(fraction.Get(t.Arch, b))
	if seconds < 0 || part < 0 || unit == time.Nanosecond && part >= 1e9 {
		return 0, abi.EINVAL
	}
	return time.Duration(min(seconds, most))*time.Second + time.Duration(min(part, 1e15))*unit, 0
}

// tellRest writes to where argument i points how much of the time is left, as Linux does.
func (t *task) tellRest(i int, w *patience) {
	if t.Args[i] == 0 {
		return
	}
	left := time.Duration(0)
	if !w.deadline.IsZero() {
		left = max(0, time.Until(w.deadline))
	}
	l := t.Syscall.Args[i].Layout
	b := make([]byte, l.Size(t.Arch))
	l.Field("tv_sec").Put(t.Arch, b, uint64(left/time.Second))
	if f := l.Field("tv_nsec"); f != nil {
		f.Put(t.Arch, b, uint64(left%time.Second))
	} else {
		l.Field("tv_usec").Put(t.Arch, b, uint64(left%time.Second/time.Microsecond))
	}
	_, _ = t.Memory().WriteAt(b, t.Args.Addr(i)) // nobody is told if it cannot be
}

// poll answers poll and ppoll. If all descriptors are the guest's own here it is the
// kernel's.
func (t *task) poll() intercept.Verdict {
	const entrySize = 8 // struct pollfd: fd, events, revents
	count := uint64(uint32(t.Args[1]))
	limit := time.Duration(t.Args.Int32(2)) * time.Millisecond
	var e abi.Errno
	if t.Syscall.Name != "poll" {
		limit, e = t.limit(2)
	}
	switch {
	case e != 0:
		return intercept.Fail(e)
	case count > wire.MaxPoll:
		return intercept.Fail(abi.EINVAL)
	}
	b := make([]byte, count*entrySize)
	if _, err := t.Memory().ReadAt(b, t.Args.Addr(0)); err != nil && count > 0 {
		return intercept.Fail(abi.EFAULT)
	}
	var all []*interest
	places := map[*interest]int{}
	local := true
	for at := 0; at < len(b); at += entrySize {
		i := &interest{fd: int32(binary.LittleEndian.Uint32(b[at:])), events: binary.LittleEndian.Uint16(b[at+4:])}
		binary.LittleEndian.PutUint16(b[at+6:], 0)
		if i.fd >= 0 {
			all, places[i] = append(all, i), at
			local = local && t.owns(t.Thread, i.fd)
		}
	}
	if local {
		return intercept.Run
	}
	if t.Syscall.Name != "poll" {
		if e := t.readMask(t.Args.Addr(3), t.Args[4]); e != 0 {
			return intercept.Fail(e)
		}
	}
	p, err := t.process()
	if err != nil {
		return fail(err)
	}
	l := t.sort(p, all)
	defer l.close()
	w := pollPatience(limit)
	n, e := t.waitFor(l, w)
	if e != 0 {
		return intercept.Fail(e)
	}
	for _, i := range all {
		binary.LittleEndian.PutUint16(b[places[i]+6:], i.found)
	}
	if _, err := t.Memory().WriteAt(b, t.Args.Addr(0)); err != nil {
		return intercept.Fail(abi.EFAULT)
	}
	if t.Syscall.Name != "poll" {
		t.tellRest(2, w)
	}
	return intercept.Skip(int64(n))
}
