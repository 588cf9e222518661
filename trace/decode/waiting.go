package decode

import "penumbra/abi"

// waitingCalls are those that wait for descriptors.
func waitingCalls() map[string]special {
	poll := special{arg: pollArg, early: 5, note: pollNote}
	selects := special{arg: selectArg, early: 5, note: selectNote}
	return map[string]special{
		"poll": poll, "ppoll": poll, "ppoll_time64": poll,
		"select": selects, "_newselect": selects, "pselect6": selects, "pselect6_time64": selects,
	}
}

func waitingStructures() map[string]structureWriter {
	return map[string]structureWriter{
		"pollfd":         pollfd,
		"epoll_event":    epollEvent,
		"sigset_argpack": packedSet("p", "sigmask", "size"),
		"aio_sigset":     packedSet("sigmask", "sigmask", "sigsetsize"),
	}
}

var (
	pollfdLayout = abi.LayoutOf("pollfd")
	pollFD       = pollfdLayout.Field("fd")
	pollEvents   = pollfdLayout.Field("events")
	pollRevents  = pollfdLayout.Field("revents")
)

// pollfd writes what a guest waits for; of nothing that is no descriptor.
func pollfd(d *Decoder, _ *abi.Layout, b []byte) {
	d.Out.Record()
	d.field(pollFD, b)
	if int32(pollFD.Get(d.call.Arch, b)) >= 0 {
		d.field(pollEvents, b)
	}
	d.Out.EndRecord()
}

// pollArg writes all descriptors, whatever the call will return.
func pollArg(d *Decoder, _ *Saved, i int) bool {
	if i != 0 {
		return false
	}
	d.Out.Arg(d.args[i].Name)
	d.arrayArg(d.call.Args.Addr(0), pollfdLayout, uint64(uint32(d.call.Args[1])))
	return true
}

// arrayArg writes n elements at an address that may be null.
func (d *Decoder) arrayArg(at abi.Addr, l *abi.Layout, n uint64) {
	if at == 0 {
		d.address(0)
		return
	}
	d.array(at, l, n)
}

// pollNote writes the descriptors that are ready, and the time that is left.
func pollNote(d *Decoder, _ *Saved) {
	if d.call.Value == 0 {
		d.timeout()
		return
	}
	d.Out.Part("")
	d.Out.List()
	ready := uint64(d.call.Value)
	left := d.shown(ready)
	d.pollfds(func(b []byte) bool {
		if left > 0 && pollRevents.Get(d.call.Arch, b) != 0 {
			left--
			d.Out.Item()
			d.Out.Record()
			d.Out.Field(pollFD.Name)
			d.Out.Int(int64(pollFD.Get(d.call.Arch, b)))
			d.field(pollRevents, b)
			d.Out.EndRecord()
		}
		return left > 0
	})
	if ready > d.shown(ready) {
		d.Out.Item()
		d.Out.More()
	}
	d.Out.EndList()
	if len(d.args) > 3 {
		d.timeLeft(2)
	}
}

// pollfds calls visit for each of the descriptors that poll is given, until
// that returns false.
func (d *Decoder) pollfds(visit func(b []byte) bool) {
	const chunk = 64
	own := d.take(8 * chunk)
	size := pollfdLayout.Size(d.call.Arch)
	at, n := d.call.Args.Addr(0), min(uint64(uint32(d.call.Args[1])), maxSet)
	for n > 0 {
		b := own[:min(n, chunk)*uint64(size)]
		if !d.readAll(b, at) {
			return
		}
		for k := 0; k < len(b); k += size {
			if !visit(b[k : k+size]) {
				return
			}
		}
		n -= uint64(len(b) / size)
		at += abi.Addr(len(b))
	}
}

func (d *Decoder) timeout() {
	d.Out.Part("")
	d.Out.Word("Timeout")
}

// timeLeft writes what the kernel has left of a time.
func (d *Decoder) timeLeft(i int) {
	if at := d.call.Args.Addr(i); at != 0 {
		d.Out.Part("left")
		d.structAt(at, d.args[i].Layout)
	}
}

// selectArg writes the sets as they were before the call.
func selectArg(d *Decoder, _ *Saved, i int) bool {
	if d.args[i].Kind != abi.KindFDSet {
		return false
	}
	d.Out.Arg(d.args[i].Name)
	d.fdSetArg(i)
	return true
}

func (d *Decoder) fdSetArg(i int) {
	at, n := d.call.Args.Addr(i), d.call.Args.Int32(0)
	if at == 0 || n < 0 {
		d.address(uint64(at))
		return
	}
	d.fdSet(at, int(n), d.fd)
}

// selectNote writes the descriptors that are ready, and the time that is left.
func selectNote(d *Decoder, _ *Saved) {
	if len(d.args) < 5 {
		return
	}
	if d.call.Value == 0 {
		d.timeout()
		return
	}
	for k, label := range []string{"in", "out", "except"} {
		i := k + 1
		if d.call.Args[i] == 0 || d.emptySet(i) {
			continue
		}
		d.Out.Part(label)
		d.fdSet(d.call.Args.Addr(i), int(d.call.Args.Int32(0)), func(fd int32) { d.Out.Int(int64(fd)) })
	}
	d.timeLeft(4)
}

// emptySet reports whether no descriptor is in the set of argument i.
func (d *Decoder) emptySet(i int) bool {
	n := min(max(d.call.Args.Int32(0), 0), maxSet)
	for _, c := range d.read(d.call.Args.Addr(i), int(n+7)/8) {
		if c != 0 {
			return false
		}
	}
	return true
}

var (
	epollLayout = abi.LayoutOf("epoll_event")
	epollEvents = epollLayout.Field("events")
	epollData   = epollLayout.Field("data")
)

// epollEvent writes the union in both its readings.
func epollEvent(d *Decoder, _ *abi.Layout, b []byte) {
	d.Out.Record()
	d.field(epollEvents, b)
	v := epollData.Get(d.call.Arch, b)
	d.Out.Field("data")
	d.Out.Record()
	d.Out.Field("u32")
	d.Out.Uint(uint64(uint32(v)))
	d.Out.Field("u64")
	d.Out.Uint(v)
	d.Out.EndRecord()
	d.Out.EndRecord()
}

// packedSet writes an argument that holds the address and the size of a set of
// signals.
func packedSet(set, name, size string) structureWriter {
	return func(d *Decoder, l *abi.Layout, b []byte) {
		at, n := l.Field(set).Get(d.call.Arch, b), l.Field(size).Get(d.call.Arch, b)
		d.Out.Record()
		d.Out.Field(name)
		if at == 0 || n != 8 {
			d.address(at)
		} else {
			d.structAt(abi.Addr(at), sigsetLayout)
		}
		d.Out.Field("sigsetsize")
		d.Out.Uint(n)
		d.Out.EndRecord()
	}
}

var sigsetLayout = abi.LayoutOf("sigset")
