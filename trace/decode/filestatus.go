package decode

import "penumbra/abi"

// statStructures are those that tell of files and file systems.
func statStructures() map[string]structureWriter {
	return map[string]structureWriter{
		"stat": statWriter("stat"), "stat64": statWriter("stat64"), "oldstat": statWriter("oldstat"),
		"statx":  writeStatx(),
		"statfs": statfsWriter("statfs"), "statfs64": statfsWriter("statfs64"),
	}
}

// named returns the fields of a layout, which has them all.
func named(layout string, names ...string) []*abi.Field {
	l := abi.LayoutOf(layout)
	var fields []*abi.Field
	for _, name := range names {
		fields = append(fields, l.Field(name))
	}
	return fields
}

// write writes fields of the structure in b.
func (d *Decoder) write(b []byte, fields ...*abi.Field) {
	for _, f := range fields {
		d.field(f, b)
	}
}

// statWriter writes the mode and the size; of devices the device.
func statWriter(layout string) structureWriter {
	l := abi.LayoutOf(layout)
	mode, size, rdev := l.Field("st_mode"), l.Field("st_size"), l.Field("st_rdev")
	before := named(layout, "st_dev", "st_ino", "st_mode", "st_nlink", "st_uid", "st_gid")
	blocks := []*abi.Field{l.Field("st_blksize"), l.Field("st_blocks")}
	times := named(layout, "st_atime", "st_atime_nsec", "st_mtime", "st_mtime_nsec", "st_ctime", "st_ctime_nsec")
	return func(d *Decoder, _ *abi.Layout, b []byte) {
		d.Out.Record()
		last := size
		if isDevice(mode.Get(d.call.Arch, b)) {
			last = rdev
		}
		if !d.Whole {
			d.write(b, mode, last)
			d.Out.Rest()
			d.Out.EndRecord()
			return
		}
		d.write(b, before...)
		if blocks[0] != nil {
			d.write(b, blocks...)
		}
		d.write(b, last)
		for i := 0; i < len(times); i += 2 {
			d.statTime(b, times[i], times[i+1])
		}
		d.Out.EndRecord()
	}
}

func isDevice(mode uint64) bool {
	const char, block = 0o020000, 0o060000
	return mode&modeType == char || mode&modeType == block
}

// statTime writes a time in two fields.
func (d *Decoder) statTime(b []byte, sec, nsec *abi.Field) {
	a := d.call.Arch
	d.Out.Field(sec.Name)
	s, n := int64(sec.Get(a, b)), int64(0)
	if nsec != nil {
		n = int64(nsec.Get(a, b))
	}
	d.Out.Int(s)
	d.date(s, n)
	if nsec != nil {
		d.field(nsec, b)
	}
}

// writeStatx writes what the kernel has filled in.
func writeStatx() structureWriter {
	const atime, mtime, ctime, btime, mountID = 0x20, 0x40, 0x80, 0x800, 0x1000 // STATX_*
	l := abi.LayoutOf("statx")
	mask := l.Field("stx_mask")
	brief := named("statx", "stx_mask", "stx_attributes", "stx_mode", "stx_size")
	whole := named("statx", "stx_mask", "stx_blksize", "stx_attributes", "stx_nlink", "stx_uid", "stx_gid",
		"stx_mode", "stx_ino", "stx_size", "stx_blocks", "stx_attributes_mask")
	times := []struct {
		bit uint64
		*abi.Field
	}{
		{atime, l.Field("stx_atime")}, {btime, l.Field("stx_btime")},
		{ctime, l.Field("stx_ctime")}, {mtime, l.Field("stx_mtime")},
	}
	devices := named("statx", "stx_rdev_major", "stx_rdev_minor", "stx_dev_major", "stx_dev_minor")
	id := l.Field("stx_mnt_id")
	return func(d *Decoder, _ *abi.Layout, b []byte) {
		d.Out.Record()
		if !d.Whole {
			d.write(b, brief...)
			d.Out.Rest()
			d.Out.EndRecord()
			return
		}
		d.write(b, whole...)
		has := mask.Get(d.call.Arch, b)
		for _, t := range times {
			if has&t.bit != 0 {
				d.write(b, t.Field)
			}
		}
		d.write(b, devices...)
		if has&mountID != 0 {
			d.Out.Field(id.Name)
			d.Out.Hex(id.Get(d.call.Arch, b))
		}
		d.Out.EndRecord()
	}
}

// statfsWriter writes a file system's id as its two words in hexadecimal.
func statfsWriter(layout string) structureWriter {
	l := abi.LayoutOf(layout)
	before := named(layout, "f_type", "f_bsize", "f_blocks", "f_bfree", "f_bavail", "f_files", "f_ffree")
	id := l.Field("f_fsid")
	after := named(layout, "f_namelen", "f_frsize", "f_flags")
	return func(d *Decoder, _ *abi.Layout, b []byte) {
		d.Out.Record()
		d.write(b, before...)
		d.Out.Field("f_fsid")
		d.Out.Record()
		d.Out.Field("val")
		d.Out.List()
		at := b[id.Offset(d.call.Arch):]
		for k := range 2 {
			d.Out.Item()
			d.Out.Hex(pointerIn(at[4*k:], 4))
		}
		d.Out.EndList()
		d.Out.EndRecord()
		d.write(b, after...)
		d.Out.EndRecord()
	}
}
