package decode

import (
	"encoding/binary"

	"penumbra/abi"
)

// fileCalls are those that name files.
func fileCalls() map[string]special {
	return map[string]special{
		"open":              {arg: openMode(1, 2)},
		"openat":            {arg: openMode(2, 3)},
		"mq_open":           {arg: openMode(1, 2), values: map[int]valueWriter{0: pathValue}},
		"mq_unlink":         {values: map[int]valueWriter{0: pathValue}},
		"openat2":           {values: map[int]valueWriter{2: openHow}},
		"execve":            {arg: environment(2)},
		"execveat":          {arg: environment(3)},
		"mknod":             {arg: deviceOf(1, 2), values: map[int]valueWriter{1: typedMode}},
		"mknodat":           {arg: deviceOf(2, 3), values: map[int]valueWriter{2: typedMode}},
		"utimensat":         {values: map[int]valueWriter{2: fileTimes}},
		"utimensat_time64":  {values: map[int]valueWriter{2: fileTimes}},
		"utimes":            {values: map[int]valueWriter{1: fileTimes}},
		"futimesat":         {values: map[int]valueWriter{2: fileTimes}},
		"truncate":          {values: map[int]valueWriter{1: ulongValue}},
		"ftruncate":         {values: map[int]valueWriter{1: ulongValue}},
		"name_to_handle_at": {enter: keepHandleSize, arg: handleArg},
		"open_by_handle_at": {values: map[int]valueWriter{1: fileHandle}},
		"getcwd":            {values: map[int]valueWriter{0: filledPath}},
		"getxattr":          {values: map[int]valueWriter{2: attributeBytes}},
		"lgetxattr":         {values: map[int]valueWriter{2: attributeBytes}},
		"fgetxattr":         {values: map[int]valueWriter{2: attributeBytes}},
		"listxattr":         {values: map[int]valueWriter{1: attributeBytes}},
		"llistxattr":        {values: map[int]valueWriter{1: attributeBytes}},
		"flistxattr":        {values: map[int]valueWriter{1: attributeBytes}},
		"memfd_create":      {values: map[int]valueWriter{0: memfdName}},
	}
}

// openMode leaves out the mode of an open that creates nothing.
func openMode(flags, mode int) func(*Decoder, *Saved, int) bool {
	return func(d *Decoder, s *Saved, i int) bool {
		if i != mode || creates(d.call.Args[flags]) {
			return false
		}
		s.next = len(d.args)
		return true
	}
}

// creates reports whether an open with these flags looks at its mode.
func creates(flags uint64) bool {
	const creat, tmpfile = 0o100, 0o20000000
	return flags&(creat|tmpfile) != 0
}

var (
	howLayout                   = abi.LayoutOf("open_how")
	howFlags, howMode, howPlace = howLayout.Field("flags"), howLayout.Field("mode"), howLayout.Field("resolve")
)

func openHow(d *Decoder, i int) {
	at, size := d.call.Args.Addr(i), d.call.Args[i+1]
	known := uint64(howLayout.Size(d.call.Arch))
	b := d.read(at, int(known))
	if at == 0 || size < known || b == nil {
		d.address(uint64(at))
		return
	}
	d.Out.Record()
	d.field(howFlags, b)
	mode := howMode.Get(d.call.Arch, b)
	if mode != 0 || creates(howFlags.Get(d.call.Arch, b)) {
		d.Out.Field("mode")
		d.Out.Octal(mode)
	}
	d.field(howPlace, b)
	if size > known {
		d.Out.Rest()
	}
	d.Out.EndRecord()
}

// environment writes how many variables argument env holds, not which.
func environment(env int) func(*Decoder, *Saved, int) bool {
	return func(d *Decoder, _ *Saved, i int) bool {
		if i != env || d.Whole {
			return false
		}
		d.Out.Arg(d.args[i].Name)
		at := d.call.Args.Addr(i)
		d.address(uint64(at))
		if at == 0 {
			return true
		}
		switch n, ended := d.countPointers(at); {
		case ended:
			d.Out.Comment(plural(n, "var"))
		case n > 0:
			d.Out.Comment(plural(n, "var") + ", unterminated")
		}
		return true
	}
}

// countPointers returns how many pointers stand at an address before a null
// pointer; ended is false if the memory ends first.
func (d *Decoder) countPointers(at abi.Addr) (n int, ended bool) {
	const most = 1 << 20
	size := d.call.Arch.PointerSize()
	for n < most {
		// A read must not run into a page behind the array's last one.
		chunk := max(size, min(512, pageSize-int(uint64(at)%pageSize)))
		b := d.page[:chunk-chunk%size]
		if got, _ := d.memory.ReadAt(b, at); got < len(b) {
			return n, false
		}
		for k := 0; k < len(b); k += size {
			if pointerIn(b[k:], size) == 0 {
				return n, true
			}
			n++
		}
		at += abi.Addr(len(b))
	}
	return n, false
}

const pageSize = 4096

func typedMode(d *Decoder, i int) { d.mode(d.call.Args[i] & 0xffff) }

// deviceOf leaves out the device of a mknod that makes none.
func deviceOf(mode, dev int) func(*Decoder, *Saved, int) bool {
	return func(d *Decoder, _ *Saved, i int) bool { return i == dev && !isDevice(d.call.Args[mode]) }
}

// filledPath writes a path that the call has filled in.
func filledPath(d *Decoder, i int) {
	if d.failed() {
		d.address(d.call.Args[i])
		return
	}
	pathValue(d, i)
}

// attributeBytes writes the value or the names of attributes, if there was room
// for any: otherwise the call has only told their size.
func attributeBytes(d *Decoder, i int) {
	if d.call.Args[i+1] == 0 {
		d.address(d.call.Args[i])
		return
	}
	d.value(i)
}

// memfdName writes a name as far as the kernel takes it.
func memfdName(d *Decoder, i int) {
	const most = 255 - len("memfd:")
	d.textArg(d.call.Args.Addr(i), most)
}

// fanotifyDirFD writes a descriptor that may also be none.
func fanotifyDirFD(d *Decoder, i int) {
	if d.args[i].Kind == abi.KindDirFD && d.call.Args.Int32(i) == -1 {
		d.Out.Word("FAN_NOFD")
		return
	}
	d.value(i)
}

// keepHandleSize keeps what room the guest says that a handle has.
func keepHandleSize(d *Decoder, s *Saved) { s.was, _ = d.word(d.call.Args.Addr(2), 4) }

// handleArg writes a handle that the call has filled in, or how large it would
// be, and the id of the mount.
func handleArg(d *Decoder, s *Saved, i int) bool {
	if i != 2 {
		return false
	}
	d.Out.Arg(d.args[i].Name)
	at := d.call.Args.Addr(i)
	now, ok := d.word(at, 4)
	if at == 0 || !ok {
		d.address(uint64(at))
		return true
	}
	d.Out.Record()
	d.Out.Field("handle_bytes")
	d.Out.Uint(s.was)
	if now != s.was {
		d.Out.Becomes()
		d.Out.Uint(now)
	}
	if !d.failed() {
		d.handle(at, now)
	}
	d.Out.EndRecord()
	return true
}

// fileHandle writes a handle that the guest has filled in.
func fileHandle(d *Decoder, i int) {
	at := d.call.Args.Addr(i)
	n, ok := d.word(at, 4)
	if at == 0 || !ok {
		d.address(uint64(at))
		return
	}
	d.Out.Record()
	d.Out.Field("handle_bytes")
	d.Out.Uint(n)
	d.handle(at, n)
	d.Out.EndRecord()
}

// handle writes the type and content of a file handle of n bytes.
func (d *Decoder) handle(at abi.Addr, n uint64) {
	const most = 128 // MAX_HANDLE_SZ
	b := d.read(at+4, int(min(n, most))+4)
	if b == nil {
		d.Out.Rest()
		return
	}
	d.Out.Field("handle_type")
	d.Out.Int(int64(int32(binary.LittleEndian.Uint32(b))))
	d.Out.Field("f_handle")
	d.Out.Bytes(b[4:], n > most)
}
