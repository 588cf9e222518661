package decode

import (
	"penumbra/abi"
	"penumbra/trace"
)

// Result writes the result of a call that has ended without an error, and what
// is to be told beside it, as "Timeout".
func (d *Decoder) Result(c *trace.Call, s *Saved) {
	d.set(c)
	if d.special.result == nil || !d.special.result(d) {
		d.resultValue()
	}
	if d.special.note != nil {
		d.Out.Note()
		d.special.note(d, s)
		d.Out.EndNote()
	}
}

func (d *Decoder) resultValue() {
	c := d.call
	if c.Syscall == nil {
		d.Out.Hex(uint64(c.Value))
		return
	}
	switch c.Syscall.Returns {
	case abi.KindFD:
		d.fd(int32(c.Value))
	case abi.KindAddr, abi.KindPtr:
		v := uint64(c.Value)
		if c.Arch.PointerSize() == 4 {
			v = uint64(uint32(v))
		}
		d.address(v)
	case abi.KindFlags:
		d.Out.Flags(c.Syscall.Set, uint64(c.Value), c.Arch)
	case abi.KindMode:
		d.Out.Octal(uint64(c.Value))
	default:
		d.Out.Int(c.Value)
	}
}
