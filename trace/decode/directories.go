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
			for r := d.entries(at, l); r.next() != nil; {
				n++
			}
			d.address(uint64(at))
			d.Out.Count(n, "entries")
			return
		}
		d.Out.List()
		r := d.entries(at, l)
		for b := r.next(); b != nil; b = r.next() {
			d.entry(l, b)
		}
		d.Out.EndList()
	}
}

// An entryReader reads the directory entries that a call has filled in.
type entryReader struct {
	d      *Decoder
	at     abi.Addr // of what is not in b
	left   int      // how many bytes lie there
	b      []byte   // read and not yet returned
	head   int      // how many bytes an entry has at least
	length *abi.Field
}

func (d *Decoder) entries(at abi.Addr, l *abi.Layout) entryReader {
	const most = 1 << 20 // bytes
	return entryReader{d, at, int(min(d.call.Value, most)), nil, l.Size(d.call.Arch), l.Field("d_reclen")}
}

// next returns the next entry, or nil.
func (r *entryReader) next() []byte {
	if entry := r.cut(); entry != nil {
		return entry
	}
	// What is left in b begins an entry that goes on behind it, or is none.
	r.at -= abi.Addr(len(r.b))
	r.left += len(r.b)
	r.b = r.d.page[:min(max(r.left, 0), len(r.d.page))]
	if !r.d.readAll(r.b, r.at) {
		return nil
	}
	r.at += abi.Addr(len(r.b))
	r.left -= len(r.b)
	return r.cut()
}

// cut takes an entry off b, or returns nil if none lies there whole.
func (r *entryReader) cut() []byte {
	if len(r.b) < r.head {
		return nil
	}
	n := int(r.length.Get(r.d.call.Arch, r.b))
	if n < r.head || n > len(r.b) {
		return nil
	}
	entry := r.b[:n]
	r.b = r.b[n:]
	return entry
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
