package decode

import (
	"bytes"

	"penumbra/abi"
)

// machineCalls are those on the machine as a whole.
func machineCalls() map[string]special {
	hostname := special{values: map[int]valueWriter{0: nameOfMachine}}
	return map[string]special{
		"syslog":      {arg: syslogArg, waits: syslogWaits},
		"sethostname": hostname, "setdomainname": hostname,
		"reboot":      {values: map[int]valueWriter{3: textValue}, arg: rebootArg},
		"init_module": {values: map[int]valueWriter{0: addressValue}},
		"personality": {values: map[int]valueWriter{0: personality}, result: personalityResult, note: personalityNote},
		"membarrier":  {arg: membarrierArg, result: membarrierResult, note: membarrierNote},
		"sysfs":       {arg: sysfsArg},
		"getrandom":   {values: map[int]valueWriter{0: randomBytes}},
		"ioperm":      {values: map[int]valueWriter{0: hexValue, 1: hexValue}},
	}
}

func machineStructures() map[string]structureWriter {
	return map[string]structureWriter{"utsname": machineNames, "sysinfo": sysinfo}
}

// machineNames writes the first names of a machine, or all.
func machineNames(d *Decoder, l *abi.Layout, b []byte) {
	d.Out.Record()
	shown := 0
	for f := range l.Fields(d.call.Arch) {
		if shown++; shown > 2 && !d.Whole {
			d.Out.Rest()
			break
		}
		name := b[f.Offset(d.call.Arch) : f.Offset(d.call.Arch)+f.Size(d.call.Arch)]
		if i := bytes.IndexByte(name, 0); i >= 0 {
			name = name[:i]
		}
		d.Out.Field(f.Name)
		d.Out.String(name, false)
	}
	d.Out.EndRecord()
}

// sysinfo writes loads as a list.
func sysinfo(d *Decoder, l *abi.Layout, b []byte) {
	d.Out.Record()
	for f := range l.Fields(d.call.Arch) {
		if !f.Array {
			d.field(f, b)
			continue
		}
		d.Out.Field(f.Name)
		size := f.Size(d.call.Arch) / f.Count(d.call.Arch)
		d.Out.List()
		for k := range f.Count(d.call.Arch) {
			d.Out.Item()
			d.Out.Uint(pointerIn(b[f.Offset(d.call.Arch)+k*size:], size))
		}
		d.Out.EndList()
	}
	d.Out.EndRecord()
}

// randomBytes writes what was never meant to be text.
func randomBytes(d *Decoder, i int) {
	at, n := d.call.Args.Addr(i), uint64(max(d.call.Value, 0))
	shown := min(n, uint64(d.Limit))
	b := d.read(at, int(shown))
	if at == 0 || d.failed() || b == nil {
		d.address(uint64(at))
		return
	}
	d.Out.Bytes(b, n > shown)
}

// nameOfMachine writes a name of the length that the next argument gives, if a
// machine can have one.
func nameOfMachine(d *Decoder, i int) {
	const most = 64 // __NEW_UTS_LEN
	at, n := d.call.Args.Addr(i), uint64(uint32(d.call.Args[i+1]))
	if at == 0 || n > most {
		d.address(uint64(at))
		return
	}
	d.buffer(at, n)
}

// The commands of syslog(2) that read into a buffer, and that take a number.
const syslogRead, syslogReadAll, syslogReadClear, syslogConsoleLevel = 2, 3, 4, 8

func syslogWaits(d *Decoder, _ *Saved, i int) bool { return i == 1 }

func syslogArg(d *Decoder, s *Saved, i int) bool {
	switch {
	case i == 0:
		d.Out.Arg(d.args[0].Name)
		d.Out.Int(int64(d.call.Args.Int32(0)))
		name, known := syslogSet.NameOf(d.call.Args[0], d.call.Arch)
		if !known {
			name = syslogSet.Unknown
		}
		d.Out.Comment(name)
		switch d.call.Args.Int32(0) {
		case 0, 1, 5, 6, 7, 9, 10:
			s.next = len(d.args)
		}
		return true
	case i == 1:
		switch d.call.Args.Int32(0) {
		case syslogRead, syslogReadAll, syslogReadClear:
			return false
		}
		d.Out.Arg(d.args[i].Name)
		d.address(d.call.Args[i])
		return true
	}
	return false
}

var syslogSet = abi.FlagSetOf("syslog")

// rebootArg leaves out the text that only one command takes.
func rebootArg(d *Decoder, _ *Saved, i int) bool {
	const restart2 = 0xa1b2c3d4 // LINUX_REBOOT_CMD_RESTART2
	return i == 3 && uint32(d.call.Args[2]) != restart2
}

var personalitySet = abi.FlagSetOf("personality")

// personality writes the value that only asks as a number.
func personality(d *Decoder, i int) {
	if uint32(d.call.Args[i]) == ^uint32(0) {
		uintHexValue(d, i)
		return
	}
	d.value(i)
}

func personalityResult(d *Decoder) bool {
	d.Out.Hex(uint64(d.call.Value))
	return true
}

func personalityNote(d *Decoder, _ *Saved) {
	d.Out.Part("")
	d.Out.Flags(personalitySet, uint64(d.call.Value), d.call.Arch)
}

// membarrierArg leaves out the processor unless a flag asks for it.
func membarrierArg(d *Decoder, _ *Saved, i int) bool {
	const oneCPU = 1 // MEMBARRIER_CMD_FLAG_CPU
	return i == 2 && d.call.Args[1]&oneCPU == 0
}

const membarrierQuery, membarrierRegistrations = 0, 512

func membarrierResult(d *Decoder) bool {
	if cmd := d.call.Args.Int32(0); cmd != membarrierQuery && cmd != membarrierRegistrations || d.call.Value == 0 {
		return false
	}
	d.Out.Hex(uint64(d.call.Value))
	return true
}

var membarrierSet = abi.FlagSetOf("membarrier_set")

func membarrierNote(d *Decoder, _ *Saved) {
	if cmd := d.call.Args.Int32(0); cmd == membarrierQuery || cmd == membarrierRegistrations {
		d.noteFlags("", membarrierSet, uint64(d.call.Value))
	}
}

// sysfsArg knows which forms of sysfs take a name, and how many arguments each
// has.
func sysfsArg(d *Decoder, s *Saved, i int) bool {
	const byName, byIndex, count = 1, 2, 3
	switch option := d.call.Args.Int32(0); {
	case i == 0 && option == count:
		d.Out.Arg(d.args[0].Name)
		d.value(0)
		s.next = len(d.args)
	case i == 1 && option == byName:
		d.rest(s, i, textValue)
	case i == 1 && option == byIndex:
		d.rest(s, i, uintValue, addressValue)
	default:
		return false
	}
	return true
}
