package decode

import (
	"strconv"

	"penumbra/abi"
)

// schedulingCalls are those on limits, priorities and processors.
func schedulingCalls() map[string]special {
	policy := special{note: policyNote}
	return map[string]special{
		"sched_getscheduler": policy,
		"sched_setaffinity":  {values: map[int]valueWriter{2: processors}},
		"sched_getaffinity":  {values: map[int]valueWriter{2: filledProcessors}},
		"sched_setattr":      {enter: keepAttrSize, arg: setAttr, waits: setAttrWaits},
		"ioprio_set":         {values: map[int]valueWriter{2: ioPriority}},
		"ioprio_get":         {note: ioPriorityNote},
	}
}

// limits writes the two values of a limit.
func limits(d *Decoder, l *abi.Layout, b []byte) {
	d.Out.Record()
	for f := range l.Fields(d.call.Arch) {
		d.Out.Field(f.Name)
		d.limit(f.Get(d.call.Arch, b), f.Size(d.call.Arch))
	}
	d.Out.EndRecord()
}

// limit writes a value of a limit, round ones in units of 1024.
func (d *Decoder) limit(v uint64, size int) {
	const unit = 1024
	switch {
	case size == 4 && v == 1<<32-1:
		d.Out.Word("RLIM_INFINITY")
	case v == 1<<64-1:
		d.Out.Word("RLIM64_INFINITY")
	case v > unit && v%unit == 0:
		d.Out.Word(strconv.FormatUint(v/unit, 10) + "*1024")
	default:
		d.Out.Uint(v)
	}
}

// schedParam writes the one priority of a policy.
func schedParam(d *Decoder, l *abi.Layout, b []byte) {
	d.Out.List()
	d.Out.Item()
	for f := range l.Fields(d.call.Arch) {
		d.Out.Int(int64(f.Get(d.call.Arch, b)))
	}
	d.Out.EndList()
}

var schedFlags = abi.FlagSetOf("sched")

// policyNote names a policy that the table knows.
func policyNote(d *Decoder, _ *Saved) {
	if v := uint64(d.call.Value); isNamed(schedFlags, v, d.call.Arch) {
		d.Out.Part("")
		d.Out.Flags(schedFlags, v, d.call.Arch)
	}
}

func processors(d *Decoder, i int) {
	d.processorSet(d.call.Args.Addr(i), uint64(uint32(d.call.Args[i-1])))
}

func filledProcessors(d *Decoder, i int) {
	if d.failed() {
		d.address(d.call.Args[i])
		return
	}
	d.processorSet(d.call.Args.Addr(i), uint64(d.call.Value))
}

// processorSet writes a set of processors of n bytes.
func (d *Decoder) processorSet(at abi.Addr, n uint64) {
	const most = 1 << 13 / 8 // bytes of CONFIG_NR_CPUS
	b := d.read(at, int(min(n, most)))
	if at == 0 || b == nil {
		d.address(uint64(at))
		return
	}
	d.Out.List()
	for cpu := range 8 * len(b) {
		if b[cpu/8]>>(cpu%8)&1 != 0 {
			d.Out.Item()
			d.Out.Int(int64(cpu))
		}
	}
	d.Out.EndList()
}

var (
	attrLayout = abi.LayoutOf("sched_attr")
	attrSize   = attrLayout.Field("size")
)

// setAttr writes what sched_setattr is given. To one that is too small the
// kernel answers with the size that it wants.
func setAttr(d *Decoder, s *Saved, i int) bool {
	if i != 1 {
		return false
	}
	d.Out.Arg(d.args[i].Name)
	at := d.call.Args.Addr(i)
	size, ok := d.word(at, 4)
	switch {
	case at == 0 || !ok:
		d.address(uint64(at))
	case s.was < attrLeast:
		d.attrSize(s.was)
		if d.call.Err == abi.E2BIG && size != s.was {
			d.Out.Becomes()
			d.attrSize(size)
		}
	default:
		d.structAt(at, attrLayout)
	}
	return true
}

const attrLeast = 48 // SCHED_ATTR_SIZE_VER0

func (d *Decoder) attrSize(n uint64) {
	d.Out.Record()
	d.Out.Field(attrSize.Name)
	d.Out.Uint(n)
	d.Out.EndRecord()
}

// keepAttrSize keeps the size that the guest gives; 0 means the first.
func keepAttrSize(d *Decoder, s *Saved) {
	if s.was, _ = d.word(d.call.Args.Addr(1), 4); s.was == 0 {
		s.was = attrLeast
	}
}

func setAttrWaits(_ *Decoder, s *Saved, i int) bool { return i == 1 && s.was < attrLeast }

// ioPriority writes a class and a level (ioprio_set(2)).
func ioPriority(d *Decoder, i int) { d.Out.Word(ioPriorityWords(uint32(d.call.Args[i]))) }

func ioPriorityNote(d *Decoder, _ *Saved) {
	d.Out.Part("")
	d.Out.Word(ioPriorityWords(uint32(d.call.Value)))
}

var ioClasses = abi.FlagSetOf("ioprio_class")

func ioPriorityWords(v uint32) string {
	b := append([]byte(nil), "IOPRIO_PRIO_VALUE("...)
	b = ioClasses.Append(b, uint64(v>>13), abi.Native)
	b = strconv.AppendUint(append(b, ", "...), uint64(v&(1<<13-1)), 10)
	return string(append(b, ')'))
}
