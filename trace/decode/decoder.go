package decode

import (
	"os"
	"strconv"

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
	// Files shows what descriptors are open on.
	Files bool

	specials   map[*abi.Syscall]special
	structures map[string]structureWriter

	call *trace.Call
	args []abi.Arg
	page [4096]byte
}

// New returns a decoder that writes to out and shows so many bytes or elements.
func New(out Notation, limit int) *Decoder {
	return &Decoder{Out: out, Limit: limit, specials: specials(), structures: structures()}
}

// Saved is what a decoder keeps of a call between its begin and its end.
type Saved struct {
	next int    // the argument to go on with
	was  uint64 // what an argument pointed to at the begin
}

// Enter writes the arguments that are known before the call runs, up to the
// first that the call is to fill in.
func (d *Decoder) Enter(c *trace.Call, s *Saved) {
	d.set(c)
	*s = Saved{}
	special := d.specials[c.Syscall]
	if special.enter != nil {
		special.enter(d, s)
	}
	for s.next < len(d.args) && !d.waits(s.next, special) {
		d.argument(s, special)
	}
}

// Exit writes the arguments that Enter left.
func (d *Decoder) Exit(c *trace.Call, s *Saved) {
	d.set(c)
	special := d.specials[c.Syscall]
	for s.next < len(d.args) {
		d.argument(s, special)
	}
}

// Done reports whether all arguments have been written.
func (d *Decoder) Done(s *Saved) bool { return s.next >= len(d.args) }

func (d *Decoder) set(c *trace.Call) {
	d.call = c
	if c.Syscall == nil {
		d.args = unknownArgs
		return
	}
	d.args = c.Syscall.ArgsOn(c.Arch)
}

func (d *Decoder) mem() guest.Memory { return d.call.Memory() }

// unknownArgs are those of a call that the table does not know: six registers.
var unknownArgs = []abi.Arg{
	{Name: "arg1", Kind: abi.KindAddr}, {Name: "arg2", Kind: abi.KindAddr}, {Name: "arg3", Kind: abi.KindAddr},
	{Name: "arg4", Kind: abi.KindAddr}, {Name: "arg5", Kind: abi.KindAddr}, {Name: "arg6", Kind: abi.KindAddr},
}

// waits reports whether argument i can be written only when the call has
// ended.
func (d *Decoder) waits(i int, special special) bool {
	if special.early > i {
		return false
	}
	return d.args[i].Kind.Memory() && d.args[i].Dir&abi.Out != 0 || special.late != 0 && i >= special.late
}

// argument writes argument s.next and moves on.
func (d *Decoder) argument(s *Saved, special special) {
	i := s.next
	s.next++
	if special.arg != nil && special.arg(d, s, i) {
		return
	}
	d.Out.Arg(d.args[i].Name)
	d.value(i)
}

// value writes argument i as the table describes it.
func (d *Decoder) value(i int) {
	arg, v := &d.args[i], d.call.Args[i]
	if arg.Kind.Memory() {
		d.memory(i, abi.Addr(v))
		return
	}
	d.plain(arg.Kind, arg.Of, v)
}

// plain writes a value that is no address of described memory.
func (d *Decoder) plain(k abi.Kind, of string, v uint64) {
	a := d.call.Arch
	switch k {
	case abi.KindFD:
		d.fd(int32(v))
	case abi.KindDirFD:
		d.dirFD(int32(v))
	case abi.KindFlags:
		d.Out.Flags(abi.FlagSetOf(of), v, a)
	case abi.KindMode:
		d.mode(uint32(v))
	case abi.KindDev:
		d.device(v)
	case abi.KindSignal:
		d.signal(int32(v))
	case abi.KindAddr, abi.KindPtr:
		d.address(v)
	case abi.KindArg:
		d.Out.Hex(v)
	case abi.KindInt, abi.KindS32, abi.KindPid, abi.KindTid, abi.KindPgid, abi.KindTimer, abi.KindMsqid,
		abi.KindSemid, abi.KindShmid, abi.KindKeyID:
		d.Out.Int(int64(int32(v)))
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

func (d *Decoder) dirFD(fd int32) {
	const cwd = -100 // AT_FDCWD
	if fd == cwd {
		file := ""
		if d.Files {
			file, _ = os.Readlink("/proc/" + strconv.Itoa(d.call.Thread.ID()) + "/cwd")
		}
		d.Out.Word("AT_FDCWD")
		if file != "" {
			d.Out.Comment(file)
		}
		return
	}
	d.fd(fd)
}

// fd writes a descriptor.
func (d *Decoder) fd(fd int32) {
	file := ""
	if d.Files && fd >= 0 {
		file, _ = os.Readlink("/proc/" + strconv.Itoa(d.call.Thread.ID()) + "/fd/" + strconv.Itoa(int(fd)))
	}
	d.Out.FD(int64(fd), file)
}

// mode writes permission bits alone; a file's type comes with them only in
// stat's structures and mknod.
func (d *Decoder) mode(v uint32) {
	const typeBits = 0o170000
	if v&typeBits == 0 {
		d.Out.Octal(uint64(v))
		return
	}
	d.Out.Flags(modeFlags, uint64(v), d.call.Arch)
}

var modeFlags = abi.FlagSetOf("mode")

// device writes a device number in the kernel's encoding (linux/kdev_t.h).
func (d *Decoder) device(v uint64) {
	major := v>>8&0xfff | v>>32&^uint64(0xfff)
	minor := v&0xff | v>>12&^uint64(0xff)
	d.Out.Word("makedev(0x" + strconv.FormatUint(major, 16) + ", 0x" + strconv.FormatUint(minor, 16) + ")")
}
