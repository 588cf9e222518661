package decode

import (
	"strings"

	"penumbra/abi"
)

// Calls of i386 have 64-bit numbers in two arguments.

// halves returns the number that begins with argument i.
func (d *Decoder) halves(i int) (v uint64, ok bool) {
	if i+1 >= len(d.args) {
		return 0, false
	}
	first, second := uint64(uint32(d.call.Args[i])), uint64(uint32(d.call.Args[i+1]))
	switch d.args[i].Kind {
	case abi.KindOffsetLow, abi.KindLow:
		return first | second<<32, true
	case abi.KindOffsetHigh, abi.KindHigh:
		return first<<32 | second, true
	}
	return 0, false
}

// half writes the number that begins with argument i, if one does.
func (d *Decoder) half(i int) bool {
	v, ok := d.halves(i)
	if !ok {
		return false
	}
	if k := d.args[i].Kind; k == abi.KindOffsetLow || k == abi.KindOffsetHigh {
		d.Out.Int(int64(v))
	} else {
		d.Out.Uint(v)
	}
	return true
}

// unsignedLength writes the length of truncate64 and ftruncate64.
func unsignedLength(d *Decoder, s *Saved, i int) bool {
	v, ok := d.halves(i)
	if !ok {
		return false
	}
	d.Out.Arg(d.args[i].Name)
	d.Out.Uint(v)
	s.next++
	return true
}

// markMask writes the mask of fanotify_mark.
func markMask(d *Decoder, s *Saved, i int) bool {
	v, ok := d.halves(i)
	if !ok {
		return false
	}
	d.Out.Arg(d.args[i].Name)
	d.Out.Flags(fanotifyFlags, v, d.call.Arch)
	s.next++
	return true
}

var fanotifyFlags = abi.FlagSetOf("fanotify")

// leaveOut writes nothing of argument i, which the kernel ignores.
func leaveOut(i int) func(*Decoder, *Saved, int) bool {
	return func(_ *Decoder, _ *Saved, k int) bool { return k == i }
}

// numberedArg writes the arguments of a call that stands for none of those in
// set.
func numberedArg(set string) func(*Decoder, *Saved, int) bool {
	names := abi.FlagSetOf(set)
	return func(d *Decoder, _ *Saved, i int) bool {
		v := d.call.Args[i]
		switch {
		case i == 0 && strings.HasPrefix(names.Format(v, d.call.Arch), "0"):
			d.Out.Arg(d.args[i].Name)
			d.Out.Int(int64(int32(v)))
		case d.args[i].Name == "ptr":
			d.Out.Arg(d.args[i].Name)
			d.Out.Hex(v)
		default:
			return false
		}
		return true
	}
}

// i386Calls are those that i386 alone has, or has in another form.
func i386Calls() map[string]special {
	return map[string]special{
		"truncate64":    {arg: unsignedLength},
		"ftruncate64":   {arg: unsignedLength},
		"fanotify_mark": {arg: markMask, values: map[int]valueWriter{3: fanotifyDirFD, 4: fanotifyDirFD}},
		"readdir":       {arg: leaveOut(2)},
		"socketcall":    {arg: numberedArg("socketcall")},
		"ipc":           {arg: numberedArg("ipccall")},
	}
}
