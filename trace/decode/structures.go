package decode

import (
	"strings"

	"penumbra/abi"
)

// selection says which fields of a structure are shown, in which order.
type selection struct {
	brief string // if not Whole; "" if all are shown then too
	whole string // "" for all, as they lie
}

// selections are those of structures that are not shown whole, as they lie, by the
// name of the layout.
var selections = map[string]selection{
	"rusage": {brief: "ru_utime ru_stime"},
}

// fieldList is a selection made ready for one decoder.
type fieldList struct {
	fields [abi.NumArch][]*abi.Field
	more   bool // there is more than these
}

// fieldsOf returns what d shows of l.
func (d *Decoder) fieldsOf(l *abi.Layout) *fieldList {
	if list := d.lists[l]; list != nil {
		return list
	}
	list := &fieldList{}
	f := selections[l.Name]
	names := f.whole
	if !d.Whole && f.brief != "" {
		names, list.more = f.brief, true
	}
	for a := range abi.Arch(abi.NumArch) {
		if names == "" {
			for field := range l.Fields(a) {
				list.fields[a] = append(list.fields[a], field)
			}
		}
		for name := range strings.FieldsSeq(names) {
			if field := l.Field(name); field.Offset(a) >= 0 {
				list.fields[a] = append(list.fields[a], field)
			}
		}
	}
	d.lists[l] = list
	return list
}

// record writes the structure in b field by field.
func (d *Decoder) record(l *abi.Layout, b []byte) {
	list := d.fieldsOf(l)
	d.Out.Record()
	for _, f := range list.fields[d.call.Arch] {
		d.field(f, b)
	}
	if list.more {
		d.Out.Rest()
	}
	d.Out.EndRecord()
}
