package decode

import (
	"penumbra/abi"
)

// segmentCalls are those on x86's segments (set_thread_area(2), modify_ldt(2)).
func segmentCalls() map[string]special {
	return map[string]special{
		"set_thread_area": {early: 1, result: newSegment},
		"get_thread_area": {arg: askedSegment},
		"modify_ldt":      {late: 1, arg: segmentOfTable},
	}
}

func segmentStructures() map[string]structureWriter {
	return map[string]structureWriter{"user_desc": (*Decoder).segment}
}

// segment writes a user_desc.
func (d *Decoder) segment(l *abi.Layout, b []byte) {
	const width = 6 // digits at least
	a := d.call.Arch
	d.Out.Record()
	d.int("entry_number", l.Field("entry_number").Get(a, b))
	for _, name := range []string{"base_addr", "limit"} {
		d.Out.Field(name)
		v := l.Field(name).Get(a, b)
		d.Out.Number(fixedHex(v, width), v)
	}
	flags := l.Field("flags").Get(a, b)
	d.bitFields(flags, []bitField{
		{"seg_32bit", 0, 1}, {"contents", 1, 2}, {"read_exec_only", 3, 1}, {"limit_in_pages", 4, 1},
		{"seg_not_present", 5, 1}, {"useable", 6, 1},
	})
	if a == abi.AMD64 {
		d.bitFields(flags, []bitField{{"lm", 7, 1}})
	}
	d.Out.EndRecord()
}

// bitField is a field of so many bits, from that on.
type bitField struct {
	name        string
	from, width int
}

func (d *Decoder) bitFields(v uint64, fields []bitField) {
	for _, f := range fields {
		d.Out.Field(f.name)
		d.Out.Uint(v >> f.from & (1<<f.width - 1))
	}
}

// newSegment writes, beside the result, the entry that the kernel has chosen.
func newSegment(d *Decoder) bool {
	entry, ok := d.word(d.call.Args.Addr(0), 4)
	d.Out.Int(d.call.Value)
	if ok {
		d.Out.Note()
		d.Out.Part("")
		d.Out.Word("entry_number=" + decimal(entry))
		d.Out.EndNote()
	}
	return true
}

// askedSegment writes of a user_desc that was not filled in which entry was
// asked for.
func askedSegment(d *Decoder, _ *Saved, i int) bool {
	entry, ok := d.word(d.call.Args.Addr(i), 4)
	if !ok || !d.failed() {
		return false
	}
	d.Out.Arg(d.args[i].Name)
	d.Out.Record()
	d.int("entry_number", entry)
	d.Out.Rest()
	d.Out.EndRecord()
	return true
}

// segmentOfTable writes an entry of the local descriptor table where memory has
// the size of one.
func segmentOfTable(d *Decoder, _ *Saved, i int) bool {
	l := abi.LayoutOf("user_desc")
	if i != 1 || d.call.Args[2] != uint64(l.Size(d.call.Arch)) || d.call.Args[1] == 0 {
		return false
	}
	d.Out.Arg(d.args[i].Name)
	d.structAt(d.call.Args.Addr(i), l)
	return true
}
