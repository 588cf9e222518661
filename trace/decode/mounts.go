package decode

import "penumbra/abi"

// mountCalls are those that change what file systems are where.
func mountCalls() map[string]special {
	return map[string]special{
		"mount":         {values: map[int]valueWriter{0: pathValue, 2: textValue, 4: mountData}},
		"fsopen":        {values: map[int]valueWriter{0: textValue}},
		"fsconfig":      {arg: fsconfigArg},
		"mount_setattr": {values: map[int]valueWriter{3: sizedStructure("mount_attr")}},
		"landlock_create_ruleset": {
			values: map[int]valueWriter{0: sizedStructure("landlock_ruleset_attr")}, result: landlockVersion,
		},
		"landlock_add_rule": {values: map[int]valueWriter{2: landlockRule}},
	}
}

// mountData writes the options of a mount, which for most file systems are
// text.
func mountData(d *Decoder, i int) {
	const ignored = 0x1000 | 0x2000 | 0x20000 | 0x40000 | 0x80000 | 0x100000 // MS_BIND, MS_MOVE, the propagations
	const magic, magicMask = 0xc0ed0000, 0xffff0000                          // MS_MGC_VAL: the high half of the flags means nothing
	at, flags := d.call.Args.Addr(i), d.call.Args[i-1]
	if flags&magicMask == magic {
		flags &^= magicMask
	}
	if at == 0 || flags&ignored != 0 {
		d.address(uint64(at))
		return
	}
	d.textUpTo(at, d.Limit)
}

// fsconfigArg writes what a command of fsconfig takes as key, value and number.
func fsconfigArg(d *Decoder, s *Saved, i int) bool {
	const flag, text, binary, path, emptyPath, fd, create, reconfigure = 0, 1, 2, 3, 4, 5, 6, 7 // FSCONFIG_*
	if i != 2 {
		return false
	}
	switch d.call.Args.Int32(1) {
	case flag:
		d.rest(s, i, textValue, addressValue, intValue)
	case text:
		d.rest(s, i, textValue, textValue, intValue)
	case binary:
		d.rest(s, i, textValue, fsconfigBytes, intValue)
	case path, emptyPath:
		d.rest(s, i, textValue, pathValue, dirFDValue)
	case fd:
		d.rest(s, i, textValue, addressValue, fdValue)
	case create, reconfigure:
		d.rest(s, i, addressValue, addressValue, intValue)
	default:
		d.rest(s, i, addressValue, addressValue, intValue)
	}
	return true
}

func fsconfigBytes(d *Decoder, i int) {
	at, n := d.call.Args.Addr(i), uint64(max(d.call.Args.Int32(i+1), 0))
	shown := min(n, uint64(d.Limit))
	b := d.read(at, int(shown))
	if at == 0 || b == nil {
		d.address(uint64(at))
		return
	}
	d.Out.Bytes(b, n > shown)
}

// sizedStructure writes a structure whose size is the next argument: nothing
// of one that is smaller than any kernel takes.
func sizedStructure(name string) valueWriter {
	l := abi.LayoutOf(name)
	least := smallest[name]
	return func(d *Decoder, i int) {
		at, size := d.call.Args.Addr(i), d.call.Args[i+1]
		known := uint64(l.Size(d.call.Arch))
		if at == 0 || size < least {
			d.address(uint64(at))
			return
		}
		b := d.read(at, int(min(size, known)))
		if b == nil {
			d.address(uint64(at))
			return
		}
		d.Out.Record()
		for f := range l.Fields(d.call.Arch) {
			if f.Offset(d.call.Arch)+f.Size(d.call.Arch) <= len(b) {
				d.field(f, b)
			}
		}
		if size > known {
			d.Out.Rest()
		}
		d.Out.EndRecord()
	}
}

// smallest are the sizes that structures had when they were new.
var smallest = map[string]uint64{"mount_attr": 32, "landlock_ruleset_attr": 8}

// landlockVersion knows that the result may be a version, no descriptor.
func landlockVersion(d *Decoder) bool {
	const version, errata = 1, 2
	if d.call.Args[2]&(version|errata) == 0 {
		return false
	}
	d.Out.Int(d.call.Value)
	return true
}

var beneathLayout, portLayout = abi.LayoutOf("landlock_path_beneath_attr"), abi.LayoutOf("landlock_net_port_attr")

func landlockRule(d *Decoder, i int) {
	const pathBeneath, netPort = 1, 2
	switch d.call.Args.Int32(1) {
	case pathBeneath:
		d.structArg(d.call.Args.Addr(i), beneathLayout)
	case netPort:
		d.structArg(d.call.Args.Addr(i), portLayout)
	default:
		d.address(d.call.Args[i])
	}
}
