package decode

import "penumbra/abi"

// descriptorCalls are those on descriptors whose arguments depend on others.
func descriptorCalls() map[string]special {
	fcntl := special{arg: fcntlArg, waits: fcntlWaits, result: fcntlResult, note: fcntlNote}
	moved := special{arg: movedOffset}
	return map[string]special{
		"fcntl": fcntl, "fcntl64": fcntl,
		"sendfile": {enter: keepOffset, arg: sentOffset}, "sendfile64": {enter: keepOffset, arg: sentOffset},
		"copy_file_range": {early: 4}, "splice": {early: 4},
		"preadv": moved, "pwritev": moved, "preadv2": moved, "pwritev2": moved,
		"vmsplice": {early: 2}, "close_range": {values: map[int]valueWriter{0: uintValue}},
	}
}

// keepOffset keeps the offset that sendfile begins at.
func keepOffset(d *Decoder, s *Saved) {
	v, ok := d.word(d.call.Args.Addr(2), d.args[2].Layout.Size(d.call.Arch))
	s.was, s.known = v, ok
}

// sentOffset writes the offset before and after sendfile.
func sentOffset(d *Decoder, s *Saved, i int) bool {
	if i != 2 {
		return false
	}
	d.Out.Arg(d.args[i].Name)
	at := d.call.Args.Addr(i)
	if at == 0 || !s.known {
		d.address(uint64(at))
		return true
	}
	d.Out.List()
	d.Out.Item()
	d.Out.Int(int64(s.was))
	d.Out.EndList()
	if now, ok := d.word(at, d.args[i].Layout.Size(d.call.Arch)); ok && d.call.Err == 0 && d.call.Value > 0 {
		d.Out.Becomes()
		d.Out.List()
		d.Out.Item()
		d.Out.Int(int64(now))
		d.Out.EndList()
	}
	return true
}

// movedOffset leaves out the high half of an offset that one register holds.
func movedOffset(d *Decoder, _ *Saved, i int) bool {
	return d.args[i].Name == "pos_hi" && d.call.Arch.PointerSize() == 8
}

// The commands of fcntl(2).
const (
	fDupFD, fGetFD, fSetFD, fGetFL, fSetFL                 = 0, 1, 2, 3, 4
	fGetLk, fSetLk, fSetLkW                                = 5, 6, 7
	fSetOwn, fGetOwn, fSetSig, fGetSig                     = 8, 9, 10, 11
	fGetLk64, fSetLk64, fSetLkW64                          = 12, 13, 14
	fSetOwnEx, fGetOwnEx                                   = 15, 16
	fOFDGetLk, fOFDSetLk, fOFDSetLkW                       = 36, 37, 38
	fSetLease, fGetLease, fNotify                          = 1024, 1025, 1026
	fDupFDQuery, fCreatedQuery, fCancelLk                  = 1027, 1028, 1029
	fDupFDCloexec, fSetPipeSize, fGetPipeSize              = 1030, 1031, 1032
	fAddSeals, fGetSeals                                   = 1033, 1034
	fGetRWHint, fSetRWHint, fGetFileRWHint, fSetFileRWHint = 1035, 1036, 1037, 1038
)

var (
	flockLayout   = abi.LayoutOf("flock")
	flock64Layout = abi.LayoutOf("flock64")
	ownerLayout   = abi.LayoutOf("f_owner_ex")
	fdFlags       = abi.FlagSetOf("fd")
	openFlags     = abi.FlagSetOf("open")
	lockTypes     = abi.FlagSetOf("flock_type")
	sealFlags     = abi.FlagSetOf("seal")
	dnotifyFlags  = abi.FlagSetOf("dnotify")
)

// fcntlWaits reports whether the argument of a command is filled in.
func fcntlWaits(d *Decoder, _ *Saved, i int) bool {
	if i != 2 {
		return false
	}
	switch d.call.Args.Int32(1) {
	case fGetLk, fGetLk64, fOFDGetLk, fGetOwnEx:
		return true
	}
	return false
}

func fcntlArg(d *Decoder, s *Saved, i int) bool {
	if i != 2 {
		return false
	}
	cmd := d.call.Args.Int32(1)
	switch cmd {
	case fGetFD, fGetFL, fGetOwn, fGetSig, fGetLease, fGetPipeSize, fGetSeals:
		return true
	}
	d.Out.Arg(d.args[i].Name)
	v, a := d.call.Args[i], d.call.Arch
	switch cmd {
	case fDupFD, fDupFDCloexec, fSetPipeSize, fSetOwn:
		d.Out.Int(int64(int32(v)))
	case fSetFD:
		d.Out.Flags(fdFlags, v, a)
	case fSetFL:
		d.Out.Flags(openFlags, v, a)
	case fSetLk, fSetLkW, fGetLk:
		d.lock(abi.Addr(v), flockLayout, cmd == fGetLk)
	case fSetLk64, fSetLkW64, fGetLk64:
		d.lock(abi.Addr(v), flock64Layout, cmd == fGetLk64)
	case fOFDSetLk, fOFDSetLkW, fOFDGetLk:
		d.lock(abi.Addr(v), d.wideLock(), cmd == fOFDGetLk)
	case fSetOwnEx:
		d.structArg(abi.Addr(v), ownerLayout)
	case fGetOwnEx:
		d.filled(abi.Addr(v), ownerLayout)
	case fSetSig:
		d.signal(int32(v))
	case fSetLease:
		d.Out.Flags(lockTypes, v, a)
	case fNotify:
		d.Out.Flags(dnotifyFlags, v, a)
	case fAddSeals:
		d.Out.Flags(sealFlags, v, a)
	case fDupFDQuery:
		d.fd(int32(v))
	default:
		d.Out.Hex(v)
	}
	return true
}

// wideLock returns the layout of locks with 64-bit offsets.
func (d *Decoder) wideLock() *abi.Layout {
	if d.call.Arch.PointerSize() == 4 {
		return flock64Layout
	}
	return flockLayout
}

// filled writes a structure that the call has filled in if it did not fail.
func (d *Decoder) filled(at abi.Addr, l *abi.Layout) {
	if at == 0 || d.failed() {
		d.address(uint64(at))
		return
	}
	d.structAt(at, l)
}

// lock writes a lock; who holds it only where the call tells that.
func (d *Decoder) lock(at abi.Addr, l *abi.Layout, told bool) {
	if told && d.failed() || at == 0 {
		d.address(uint64(at))
		return
	}
	b := d.read(at, l.Size(d.call.Arch))
	if b == nil {
		d.address(uint64(at))
		return
	}
	d.Out.Record()
	for f := range l.Fields(d.call.Arch) {
		if told || f.Name != "l_pid" {
			d.field(f, b)
		}
	}
	d.Out.EndRecord()
}

// fcntlResult writes results that are descriptors, or flags as a number.
func fcntlResult(d *Decoder) bool {
	switch d.call.Args.Int32(1) {
	case fDupFD, fDupFDCloexec:
		d.fd(int32(d.call.Value))
	case fGetFD, fGetFL, fGetLease, fGetSeals:
		d.Out.Hex(uint64(d.call.Value))
	default:
		return false
	}
	return true
}

// fcntlNote names the flags of a result.
func fcntlNote(d *Decoder, _ *Saved) {
	v, a := uint64(d.call.Value), d.call.Arch
	switch d.call.Args.Int32(1) {
	case fGetFD:
		d.noteFlags("flags", fdFlags, v)
	case fGetFL:
		d.Out.Part("flags")
		d.Out.Flags(openFlags, v, a)
	case fGetSeals:
		d.noteFlags("seals", sealFlags, v)
	case fGetLease:
		d.Out.Part("")
		d.Out.Flags(lockTypes, v, a)
	case fGetSig:
		if v != 0 {
			d.Out.Part("")
			d.signal(int32(v))
		}
	}
}

func (d *Decoder) noteFlags(label string, set *abi.FlagSet, v uint64) {
	if v != 0 {
		d.Out.Part(label)
		d.Out.Flags(set, v, d.call.Arch)
	}
}
