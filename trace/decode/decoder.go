package decode

import (
	"penumbra/abi"
	"penumbra/guest"
	"penumbra/trace"
)

// Decoder writes the arguments and results of calls in a notation. It is not
// for several goroutines at once.
type Decoder struct {
	Out Notation
	// Limit is how many bytes of a string or buffer, and how many elements of
	// an array, are shown.
	Limit int
	// Whole shows every field of a structure, not only the telling ones.
	Whole bool
	// Files shows what descriptors are open on: 1 their names, 2 all that can be
	// told.
	Files int

	specials   map[*abi.Syscall]*special
	structures map[*abi.Layout]structureWriter
	lists      map[*abi.Layout]*fieldList // what is shown of structures without a writer

	files   guest.Files
	call    *trace.Call
	args    []abi.Arg
	special *special
	memory  trace.Memory
	page    [4096]byte
	scratch []byte // what has been taken of it is good until the next call
	taken   int
	words   [128]byte // an expression while it is put together
}

// New returns a decoder that writes to out and shows so many bytes or elements.
func New(out Notation, limit int) *Decoder {
	return &Decoder{
		Out: out, Limit: limit, specials: specials(), structures: structures(), lists: map[*abi.Layout]*fieldList{},
	}
}

// Saved is what a decoder keeps of a call between its begin and its end.
type Saved struct {
	next  int    // the argument to go on with
	was   uint64 // what an argument pointed to at the begin
	known bool   // that could be read
	loose bool   // what follows puts its own comma
}

// Loose reports that nothing is to be written between the arguments before the
// call and what follows after it: that brings its own separator.
func (s *Saved) Loose() bool { return s.loose }

// Enter writes the arguments that are known before the call runs, up to the
// first that the call is to fill in.
func (d *Decoder) Enter(c *trace.Call, s *Saved) {
	d.set(c)
	*s = Saved{}
	if d.special.enter != nil {
		d.special.enter(d, s)
	}
	for s.next < len(d.args) && !d.waits(s, s.next) {
		d.argument(s)
	}
}

// Exit writes the arguments that Enter left.
func (d *Decoder) Exit(c *trace.Call, s *Saved) {
	d.set(c)
	for s.next < len(d.args) {
		d.argument(s)
	}
	d.settled()
}

// Done reports whether all arguments have been written.
func (d *Decoder) Done(s *Saved) bool { return s.next >= len(d.args) }

func (d *Decoder) set(c *trace.Call) {
	d.call, d.memory = c, c.Space()
	d.args, d.special, d.taken = unknownArgs, &plainly, 0
	if c.Syscall != nil {
		d.args = c.Params()
		if special := d.specials[c.Syscall]; special != nil {
			d.special = special
		}
	}
}

// plainly is what is special about most calls.
var plainly special

// unknownArgs are those of a call that the table does not know: six registers.
var unknownArgs = []abi.Arg{
	{Name: "arg1", Kind: abi.KindArg}, {Name: "arg2", Kind: abi.KindArg}, {Name: "arg3", Kind: abi.KindArg},
	{Name: "arg4", Kind: abi.KindArg}, {Name: "arg5", Kind: abi.KindArg}, {Name: "arg6", Kind: abi.KindArg},
}

// waits reports whether argument i can be written only when the call has
// ended.
func (d *Decoder) waits(s *Saved, i int) bool {
	if d.special.early > i {
		return false
	}
	if d.special.waits != nil && d.special.waits(d, s, i) {
		return true
	}
	return d.args[i].Kind.Memory() && d.args[i].Dir&abi.Out != 0 || d.special.late != 0 && i >= d.special.late
}

// argument writes argument s.next and moves on.
func (d *Decoder) argument(s *Saved) {
	i := s.next
	s.next++
	if d.special.arg != nil && d.special.arg(d, s, i) {
		return
	}
	d.Out.Arg(d.args[i].Name)
	if write := d.special.values[i]; write != nil {
		write(d, i)
		return
	}
	if d.half(i) {
		s.next++
		return
	}
	d.value(i)
}

// shown returns how many of n elements are to be shown.
func (d *Decoder) shown(n uint64) uint64 {
	const most = 1 << 16
	if d.Whole {
		return min(n, most)
	}
	return min(n, uint64(d.Limit))
}

// value writes argument i as the table describes it.
func (d *Decoder) value(i int) {
	arg, v := &d.args[i], d.call.Args[i]
	if arg.Kind.Memory() {
		d.pointed(i, abi.Addr(v))
		return
	}
	d.plain(arg.Kind, arg.Set, v)
}

// plain writes a value that is no address of described memory.
func (d *Decoder) plain(k abi.Kind, set *abi.FlagSet, v uint64) {
	a := d.call.Arch
	switch k {
	case abi.KindFD:
		d.fd(int32(v))
	case abi.KindDirFD:
		d.dirFD(int32(v))
	case abi.KindFlags:
		d.Out.Flags(set, v, a)
	case abi.KindMode:
		d.Out.Octal(v & 0xffff)
	case abi.KindDev:
		d.device(v)
	case abi.KindSignal:
		d.signal(int32(v))
	case abi.KindAddr, abi.KindPtr:
		d.address(v)
	case abi.KindArg:
		d.Out.Hex(v)
	case abi.KindPageOffset:
		const page = 4096
		d.Out.Hex(v * page)
	case abi.KindInt, abi.KindS32, abi.KindPid, abi.KindTid, abi.KindPgid, abi.KindTimer, abi.KindMsqid,
		abi.KindSemid, abi.KindShmid:
		d.Out.Int(int64(int32(v)))
	case abi.KindKeyID:
		d.keyID(int32(v))
	case abi.KindAioContext:
		d.address(v)
	case abi.KindUid, abi.KindGid:
		d.id(uint32(v))
	case abi.KindUid16, abi.KindGid16:
		d.id(uint32(int32(int16(v))))
	case abi.KindKey:
		d.key(uint32(v))
	case abi.KindUint, abi.KindU32:
		d.Out.Uint(uint64(uint32(v)))
	case abi.KindLong, abi.KindOffset, abi.KindTime, abi.KindClockTicks:
		if a.PointerSize() == 4 {
			v = uint64(int64(int32(v)))
		}
		d.Out.Int(int64(v))
	default:
		d.Out.Uint(v)
	}
}

// id writes a user or group; -1 stands for none.
func (d *Decoder) id(v uint32) {
	if v == ^uint32(0) {
		d.Out.Int(-1)
		return
	}
	d.Out.Uint(uint64(v))
}

func (d *Decoder) key(v uint32) {
	if v == 0 {
		d.Out.Word("IPC_PRIVATE")
		return
	}
	d.Out.Hex(uint64(v))
}

func (d *Decoder) address(v uint64) {
	if v == 0 {
		d.Out.Word("NULL")
		return
	}
	d.Out.Hex(v)
}

func (d *Decoder) signal(s int32) {
	if s == 0 {
		d.Out.Int(0)
		return
	}
	d.Out.Word(abi.Signal(s).Name())
}

// mode writes a file's type and permissions.
func (d *Decoder) mode(v uint64) {
	if isNamed(modeFlags, v&modeType, d.call.Arch) {
		d.Out.Flags(modeFlags, v, d.call.Arch)
		return
	}
	d.Out.Octal(v)
}

const modeType = 0o170000

var modeFlags = abi.FlagSetOf("mode")

// device writes a device number in the kernel's encoding (linux/kdev_t.h).
func (d *Decoder) device(v uint64) {
	major := v>>8&0xfff | v>>32&^uint64(0xfff)
	minor := v&0xff | v>>12&^uint64(0xff)
	b := append(d.words[:0], "makedev("...)
	b = append(appendHex(b, major), ", "...)
	d.Out.Word(string(append(appendHex(b, minor), ')')))
}
