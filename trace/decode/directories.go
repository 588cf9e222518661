package decode

import (
	"bytes"

	"penumbra/abi"
)

// directoryCalls are those that read directories.
func directoryCalls() map[string]special {
	return map[string]special{
		"getdents":   {values: map[int]valueWriter{1: entriesOf("linux_dirent")}},
		"getdents64": {values: map[int]valueWriter{1: entriesOf("linux_dirent64")}},
	}
}

// entriesOf writes directory entries, or where they are and how many.
func entriesOf(layout string) valueWriter {
	l := abi.LayoutOf(layout)
	return func(d *Decoder, i int) {
		at := d.call.Args.Addr(i)
		if at == 0 || d.failed() {
			d.address(uint64(at))
			return
		}
		if !d.Whole {
			n := 0
			d.entries(at, l, func([]byte) { n++ })
			d.address(uint64(at))
			d.Out.Comment(decimal(uint64(n)) + " entries")
			return
		}
		d.Out.List()
		d.entries(at, l, func(b []byte) { d.entry(l, b) })
		d.Out.EndList()
	}
}

// entries calls visit for each of the directory entries that the call has
// filled in.
func (d *Decoder) entries(at abi.Addr, l *abi.Layout, visit func(entry []byte)) {
	const most = 1 << 20 // bytes
	length := l.Field("d_reclen")
	head := l.Size(d.call.Arch)
	for left := int(min(d.call.Value, most)); left >= head; {
		b := d.page[:min(left, len(d.page))]
		if !d.readAll(b, at) {
			return
		}
		done := 0
		for done+head <= len(b) {
			step := int(length.Get(d.call.Arch, b[done:]))
			if step < head || done+step > len(b) {
				break // the rest begins the next read, or is no entry
			}
			visit(b[done : done+step])
			done += step
		}
		if done == 0 {
			return
		}
		left -= done
		at += abi.Addr(done)
	}
}

// entry writes one directory entry. Where no field holds its type, that is the
// last byte.
func (d *Decoder) entry(l *abi.Layout, b []byte) {
	name := l.Field("d_name")
	kind := l.Field("d_type")
	d.Out.Item()
	d.Out.Record()
	for f := range l.Fields(d.call.Arch) {
		if f != name {
			d.field(f, b)
		}
	}
	text := b[name.Offset(d.call.Arch):]
	if i := bytes.IndexByte(text, 0); i >= 0 {
		text = text[:i]
	}
	d.Out.Field(name.Name)
	d.Out.String(text, false)
	if kind == nil {
		d.Out.Field("d_type")
		d.Out.Flags(direntTypes, uint64(b[len(b)-1]), d.call.Arch)
	}
	d.Out.EndRecord()
}

var direntTypes = abi.FlagSetOf("dirent_type")
