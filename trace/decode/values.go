package decode

import "penumbra/abi"

// What the values of special arguments are made of.

// flagsOf writes a value in the words of a set.
func flagsOf(name string) valueWriter {
	set := abi.FlagSetOf(name)
	return func(d *Decoder, i int) { d.Out.Flags(set, d.call.Args[i], d.call.Arch) }
}

// structureOf writes the structure that an argument points to.
func structureOf(name string) valueWriter {
	l := abi.LayoutOf(name)
	return func(d *Decoder, i int) { d.structArg(d.call.Args.Addr(i), l) }
}

// cellOf writes the number that an argument points to.
func cellOf(name string) valueWriter {
	l := abi.LayoutOf(name)
	return func(d *Decoder, i int) {
		at := d.call.Args.Addr(i)
		if at == 0 || d.failed() {
			d.address(uint64(at))
			return
		}
		d.array(at, l, 1)
	}
}

// flagCellOf writes the flags, an int, that an argument points to; given says
// that the guest has set them.
func flagCellOf(name string, given bool) valueWriter {
	set := abi.FlagSetOf(name)
	return func(d *Decoder, i int) {
		at := d.call.Args.Addr(i)
		v, ok := d.word(at, 4)
		if at == 0 || d.failed() && !given || !ok {
			d.address(uint64(at))
			return
		}
		d.Out.List()
		d.Out.Item()
		d.Out.Flags(set, v, d.call.Arch)
		d.Out.EndList()
	}
}

// structArg writes the structure at an address that may be null.
func (d *Decoder) structArg(at abi.Addr, l *abi.Layout) {
	if at == 0 {
		d.address(0)
		return
	}
	d.structAt(at, l)
}

func intValue(d *Decoder, i int)     { d.Out.Int(int64(d.call.Args.Int32(i))) }
func uintValue(d *Decoder, i int)    { d.Out.Uint(uint64(uint32(d.call.Args[i]))) }
func uintHexValue(d *Decoder, i int) { d.Out.Hex(uint64(uint32(d.call.Args[i]))) }
func ulongValue(d *Decoder, i int)   { d.Out.Uint(d.call.Args[i]) }
func hexValue(d *Decoder, i int)     { d.Out.Hex(d.call.Args[i]) }
func addressValue(d *Decoder, i int) { d.address(d.call.Args[i]) }
func textValue(d *Decoder, i int)    { d.textArg(d.call.Args.Addr(i), d.Limit) }
func pathValue(d *Decoder, i int)    { d.textArg(d.call.Args.Addr(i), pathMax-1) }
func fdValue(d *Decoder, i int)      { d.fd(d.call.Args.Int32(i)) }
func dirFDValue(d *Decoder, i int)   { d.dirFD(d.call.Args.Int32(i)) }
func signalValue(d *Decoder, i int)  { d.signal(d.call.Args.Int32(i)) }

// textArg writes the string at an address that may be null.
func (d *Decoder) textArg(at abi.Addr, limit int) {
	if at == 0 {
		d.address(0)
		return
	}
	d.textUpTo(at, limit)
}

// write arguments from i on by writers, and no others.
func (d *Decoder) rest(s *Saved, i int, writers ...valueWriter) {
	for k, write := range writers {
		d.Out.Arg(d.args[i+k].Name)
		write(d, i+k)
	}
	s.next = len(d.args)
}

// isNamed reports whether a value has a name by itself.
func isNamed(set *abi.FlagSet, v uint64, a abi.Arch) bool {
	_, ok := set.NameOf(v, a)
	return ok
}
