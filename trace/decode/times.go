package decode

import (
	"time"

	"penumbra/abi"
)

// timeCalls are those on clocks and timers.
func timeCalls() map[string]special {
	nap, clockNap := special{arg: remaining(1)}, special{arg: remaining(3)}
	return map[string]special{
		"nanosleep":              nap,
		"clock_nanosleep":        clockNap,
		"clock_nanosleep_time64": clockNap,
		"adjtimex":               {note: clockState, values: map[int]valueWriter{0: adjusted}},
		"clock_adjtime":          {note: clockState, values: map[int]valueWriter{1: adjusted}},
		"clock_adjtime64":        {note: clockState, values: map[int]valueWriter{1: adjusted}},
		"time":                   {note: timeNote},
	}
}

func timeStructures() map[string]structureWriter {
	return map[string]structureWriter{
		"timeval":         unsignedMicroseconds,
		"utimbuf":         utimbuf,
		"statx_timestamp": datedTime,
	}
}

// date explains a time by the calendar, if it is one.
func (d *Decoder) date(sec, nsec int64) {
	if nsec < 0 || nsec >= 1e9 || sec == 0 && nsec == 0 {
		return
	}
	layout := "2006-01-02T15:04:05.000000000-0700"
	switch {
	case nsec == 0:
		layout = "2006-01-02T15:04:05-0700"
	}
	d.Out.Comment(time.Unix(sec, nsec).Format(layout))
}

func utimbuf(d *Decoder, l *abi.Layout, b []byte) {
	d.Out.Record()
	for f := range l.Fields(d.call.Arch) {
		d.field(f, b)
		d.date(int64(f.Get(d.call.Arch, b)), 0)
	}
	d.Out.EndRecord()
}

// datedTime writes a time of the calendar.
func datedTime(d *Decoder, l *abi.Layout, b []byte) {
	d.record(l, b)
	sec, part, perSecond := d.timeIn(l, b)
	if part < 0 || part >= perSecond || sec == 0 && part == 0 {
		return
	}
	layout := "2006-01-02T15:04:05-0700"
	switch {
	case part != 0 && perSecond == 1e9:
		layout = "2006-01-02T15:04:05.000000000-0700"
	case part != 0:
		layout = "2006-01-02T15:04:05.000000-0700"
	}
	d.Out.Comment(time.Unix(sec, part*(1e9/perSecond)).Format(layout))
}

// timeIn returns the seconds of the time in b, the part of a second, and how
// many parts a second has.
func (d *Decoder) timeIn(l *abi.Layout, b []byte) (sec, part, perSecond int64) {
	for f := range l.Fields(d.call.Arch) {
		switch v := int64(f.Get(d.call.Arch, b)); f.Name {
		case "tv_sec":
			sec = v
		case "tv_usec":
			part, perSecond = v, 1e6
		case "tv_nsec":
			part, perSecond = v, 1e9
		}
	}
	return sec, part, perSecond
}

// fileTimes writes the two times that a file is to get.
func fileTimes(d *Decoder, i int) {
	const now, omit = 1<<30 - 1, 1<<30 - 2 // UTIME_NOW, UTIME_OMIT
	at, l := d.call.Args.Addr(i), d.args[i].Layout
	size := l.Size(d.call.Arch)
	b := d.read(at, 2*size)
	if at == 0 || b == nil {
		d.address(uint64(at))
		return
	}
	d.Out.List()
	for k := range 2 {
		t := b[k*size : (k+1)*size]
		_, part, perSecond := d.timeIn(l, t)
		d.Out.Item()
		switch {
		case perSecond == 1e9 && part == now:
			d.Out.Word("UTIME_NOW")
		case perSecond == 1e9 && part == omit:
			d.Out.Word("UTIME_OMIT")
		default:
			datedTime(d, l, t)
		}
	}
	d.Out.EndList()
}

// remaining writes the time left of a sleep only if a signal has cut it short.
func remaining(left int) func(*Decoder, *Saved, int) bool {
	return func(d *Decoder, _ *Saved, i int) bool {
		if i != left {
			return false
		}
		d.Out.Arg(d.args[i].Name)
		at := d.call.Args.Addr(i)
		if at != 0 && (d.call.Restarts() || d.call.Err == abi.EINTR) {
			d.structAt(at, d.args[i].Layout)
			return true
		}
		d.address(uint64(at))
		return true
	}
}

// unsignedMicroseconds writes what is no part of a second as the kernel's
// unsigned number.
func unsignedMicroseconds(d *Decoder, l *abi.Layout, b []byte) {
	d.Out.Record()
	sec, part, _ := d.timeIn(l, b)
	d.Out.Field("tv_sec")
	d.Out.Int(sec)
	d.Out.Field("tv_usec")
	d.Out.Uint(uint64(part))
	d.Out.EndRecord()
}

var clockStates = abi.FlagSetOf("clock_state")

// clockState names the state of the clock that adjtimex tells.
func clockState(d *Decoder, _ *Saved) {
	d.Out.Part("")
	d.Out.Flags(clockStates, uint64(d.call.Value), d.call.Arch)
}

// adjusted writes the state of the clock that the call has filled in.
func adjusted(d *Decoder, i int) { d.filled(d.call.Args.Addr(i), d.args[i].Layout) }

// timeNote explains a time by the calendar.
func timeNote(d *Decoder, _ *Saved) {
	d.Out.Part("")
	d.Out.Word(time.Unix(d.call.Value, 0).Format("2006-01-02T15:04:05-0700"))
}
