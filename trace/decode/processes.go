package decode

import (
	"strconv"
	"strings"

	"penumbra/abi"
)

// processCalls are those that make, wait for and replace processes.
func processCalls() map[string]special {
	return map[string]special{
		"clone":       {arg: cloneArg, waits: cloneWaits},
		"clone3":      {arg: clone3Arg, waits: clone3Waits, early: 1},
		"wait4":       {values: map[int]valueWriter{1: waitStatus, 3: usageOfChild}},
		"waitpid":     {values: map[int]valueWriter{1: waitStatus}},
		"waitid":      {values: map[int]valueWriter{1: waitedFor}},
		"kcmp":        {arg: kcmpArg},
		"pidfd_getfd": {values: map[int]valueWriter{2: uintHexValue}},
		"rseq":        {values: map[int]valueWriter{0: addressValue, 1: uintHexValue, 3: uintHexValue}},
		"arch_prctl":  {arg: archPrctlArg, waits: archPrctlWaits},
		"process_vm_readv": {
			values: map[int]valueWriter{3: remoteVectors},
		},
		"process_vm_writev": {values: map[int]valueWriter{3: remoteVectors}},
		"futex":             futexSpecial, "futex_time64": futexSpecial,
		"futex_waitv": {values: map[int]valueWriter{2: uintHexValue}},
	}
}

func processStructures() map[string]structureWriter {
	return map[string]structureWriter{
		"rlimit": limits, "rlimit64": limits,
		"sched_param":  schedParam,
		"futex_waitv":  futexWaiter,
		"iovec_remote": remoteVector,
	}
}

// What clone's flags ask for.
const (
	cloneSetTLS        = 0x80000
	cloneParentSetTID  = 0x100000
	cloneChildClearTID = 0x200000
	cloneChildSetTID   = 0x1000000
	clonePidFD         = 0x1000
)

// cloneRest reports whether clone has arguments behind its flags.
func (d *Decoder) cloneRest() bool {
	return d.call.Args[0]&(cloneSetTLS|cloneParentSetTID|cloneChildClearTID|cloneChildSetTID|clonePidFD) != 0
}

func cloneWaits(d *Decoder, _ *Saved, i int) bool { return i >= 2 }

// cloneArg writes the arguments of clone with their names, for their order is
// each architecture's own: the stack, the flags, and what the flags ask for.
func cloneArg(d *Decoder, s *Saved, i int) bool {
	switch i {
	case 0:
		d.Out.Arg("newsp")
		d.Out.Label("child_stack")
		d.address(d.call.Args[1])
		d.Out.Arg("flags")
		d.Out.Label("flags")
		d.value(0)
		s.next, s.loose = 2, true
		if !d.cloneRest() {
			s.next = len(d.args)
		}
		return true
	case 2:
		d.cloneIDs()
		s.next = len(d.args)
	}
	return true
}

func (d *Decoder) cloneIDs() {
	flags := d.call.Args[0]
	for _, name := range []string{"parent_tid", "tls", "child_tid"} {
		i := indexOf(d.args, name)
		v := d.call.Args[i]
		switch {
		case name == "parent_tid" && flags&(cloneParentSetTID|clonePidFD) != 0:
			d.Out.Arg(name)
			d.Out.Label(name)
			cellOf(d.args[i].Of)(d, i)
		case name == "tls" && flags&cloneSetTLS != 0:
			d.Out.Arg(name)
			d.Out.Label(name)
			d.address(v)
		case name == "child_tid" && flags&(cloneChildSetTID|cloneChildClearTID) != 0:
			d.Out.Arg(name)
			d.Out.Label("child_tidptr")
			d.address(v)
		}
	}
}

func indexOf(args []abi.Arg, name string) int {
	for i := range args {
		if args[i].Name == name {
			return i
		}
	}
	return 0
}

var cloneLayout = abi.LayoutOf("clone_args")

// clone3Arg writes what the guest asks for before the call, and the ids that the
// kernel has filled in after it.
func clone3Arg(d *Decoder, s *Saved, i int) bool {
	if i != 0 {
		if s.loose && !d.failed() {
			d.clonedIDs()
		}
		return false
	}
	d.Out.Arg(d.args[0].Name)
	at, size := d.call.Args.Addr(0), d.call.Args[1]
	b, ok := d.cloneArgs(at, size)
	if !ok {
		d.address(uint64(at))
		return true
	}
	flags := d.cloneRequest(b)
	if size > uint64(len(b)) {
		d.Out.Rest()
	}
	d.Out.EndRecord()
	s.loose = flags&(clonePidFD|cloneParentSetTID) != 0
	return true
}

func clone3Waits(_ *Decoder, s *Saved, i int) bool { return i == 1 && s.loose }

// cloneArgs reads clone3's structure, as far as the guest gives it.
func (d *Decoder) cloneArgs(at abi.Addr, size uint64) (b []byte, ok bool) {
	const least = 64 // CLONE_ARGS_SIZE_VER0
	b = d.take(cloneLayout.Size(d.call.Arch))
	clear(b)
	if at == 0 || size < least {
		return nil, false
	}
	return b, d.readAll(b[:min(size, uint64(len(b)))], at)
}

// cloneRequest writes the fields that the flags ask for, and returns those.
func (d *Decoder) cloneRequest(b []byte) (flags uint64) {
	const intoCgroup = 0x200000000 // CLONE_INTO_CGROUP
	get := func(name string) uint64 { return cloneLayout.Field(name).Get(d.call.Arch, b) }
	flags = get("flags")
	address := func(name string, bits uint64) {
		if flags&bits != 0 {
			d.Out.Field(name)
			d.address(get(name))
		}
	}
	d.Out.Record()
	d.field(cloneLayout.Field("flags"), b)
	address("pidfd", clonePidFD)
	address("child_tid", cloneChildSetTID|cloneChildClearTID)
	address("parent_tid", cloneParentSetTID)
	d.field(cloneLayout.Field("exit_signal"), b)
	d.Out.Field("stack")
	d.address(get("stack"))
	d.Out.Field("stack_size")
	d.Out.Hex(get("stack_size"))
	address("tls", cloneSetTLS)
	d.cloneSetTID(get("set_tid"), get("set_tid_size"))
	if flags&intoCgroup != 0 {
		d.field(cloneLayout.Field("cgroup"), b)
	}
	return flags
}

// clonedIDs writes the ids that clone3 has filled in.
func (d *Decoder) clonedIDs() {
	b, ok := d.cloneArgs(d.call.Args.Addr(0), d.call.Args[1])
	if !ok {
		return
	}
	flags := cloneLayout.Field("flags").Get(d.call.Arch, b)
	d.Out.Becomes()
	d.Out.Record()
	for _, id := range []struct {
		name   string
		bit    uint64
		layout *abi.Layout
	}{{"pidfd", clonePidFD, fdLayout}, {"parent_tid", cloneParentSetTID, intLayout}} {
		if flags&id.bit != 0 {
			d.Out.Field(id.name)
			d.arrayArg(abi.Addr(cloneLayout.Field(id.name).Get(d.call.Arch, b)), id.layout, 1)
		}
	}
	d.Out.EndRecord()
}

// cloneSetTID writes the ids that the child is to have.
func (d *Decoder) cloneSetTID(at, n uint64) {
	if at == 0 && n == 0 {
		return
	}
	const most = 32 // MAX_PID_NS_LEVEL
	d.Out.Field("set_tid")
	if n > most {
		d.address(at)
	} else {
		d.arrayArg(abi.Addr(at), intLayout, n)
	}
	d.Out.Field("set_tid_size")
	d.Out.Uint(n)
}

var intLayout = abi.LayoutOf("int")

// waitStatus writes how a child ended, stopped or went on, in wait(2)'s macros.
func waitStatus(d *Decoder, i int) {
	at := d.call.Args.Addr(i)
	v, ok := d.word(at, 4)
	if at == 0 || d.failed() || d.call.Value <= 0 || !ok {
		d.address(uint64(at))
		return
	}
	d.Out.List()
	d.Out.Item()
	d.Out.Word(statusWords(uint32(v)))
	d.Out.EndList()
}

func statusWords(v uint32) string {
	const core = 0x80
	const exited, signaled, stopped, continued = "WIFEXITED(s) && WEXITSTATUS(s) == ", "WIFSIGNALED(s) && WTERMSIG(s) == ",
		"WIFSTOPPED(s) && WSTOPSIG(s) == ", "WIFCONTINUED(s)"
	var b strings.Builder
	b.WriteByte('{')
	low, high := v&0x7f, v>>8&0xff
	rest := v &^ 0xffff
	switch {
	case v == 0xffff:
		b.WriteString(continued)
	case v&0xff == 0x7f:
		b.WriteString(stopped + abi.Signal(high).Name())
	case low == 0:
		b.WriteString(exited + strconv.Itoa(int(high)))
	default:
		b.WriteString(signaled + abi.Signal(low).Name())
		if v&core != 0 {
			b.WriteString(" && WCOREDUMP(s)")
		}
	}
	b.WriteByte('}')
	if event := rest >> 16; event != 0 {
		b.WriteString(" | " + ptraceEvents.Format(uint64(event), abi.AMD64) + "<<16")
	}
	return b.String()
}

var ptraceEvents = abi.FlagSetOf("ptrace_event")

// usageOfChild writes what a child has used if there was one.
func usageOfChild(d *Decoder, i int) {
	if at := d.call.Args.Addr(i); at == 0 || d.failed() || d.call.Value <= 0 {
		d.address(uint64(at))
		return
	}
	d.structAt(d.call.Args.Addr(i), d.args[i].Layout)
}

// waitedFor writes the id that waitid's first argument gives a meaning.
func waitedFor(d *Decoder, i int) {
	const pidFD = 3 // P_PIDFD
	if d.call.Args.Int32(0) == pidFD {
		d.fd(d.call.Args.Int32(i))
		return
	}
	intValue(d, i)
}

// kcmpArg writes what the kinds of comparison look at.
func kcmpArg(d *Decoder, s *Saved, i int) bool {
	const file, vm, sysvsem, epoll = 0, 1, 6, 7 // KCMP_*
	if i != 3 {
		return false
	}
	switch t := d.call.Args.Int32(2); {
	case t == file:
		d.rest(s, i, intValue, intValue)
	case t == epoll:
		d.rest(s, i, intValue, structureOf("kcmp_epoll_slot"))
	case t >= vm && t <= sysvsem:
		s.next = len(d.args)
	default:
		d.rest(s, i, hexValue, hexValue)
	}
	return true
}

// The commands of arch_prctl(2).
const archGetFS, archGetGS, archGetCPUID, archSetCPUID = 0x1003, 0x1004, 0x1011, 0x1012

func archPrctlWaits(d *Decoder, _ *Saved, i int) bool {
	return i == 1 && (d.call.Args.Int32(0) == archGetFS || d.call.Args.Int32(0) == archGetGS)
}

func archPrctlArg(d *Decoder, s *Saved, i int) bool {
	if i != 1 {
		return false
	}
	switch d.call.Args.Int32(0) {
	case archGetFS, archGetGS:
		d.rest(s, i, cellOf("ptr"))
	case archGetCPUID:
		s.next = len(d.args)
	default:
		d.rest(s, i, hexValue)
	}
	return true
}

// remoteVector writes a vector whose address is another process's.
func remoteVector(d *Decoder, _ *abi.Layout, b []byte) {
	size := d.call.Arch.PointerSize()
	d.Out.Record()
	d.Out.Field("iov_base")
	d.address(pointerIn(b, size))
	d.Out.Field("iov_len")
	d.Out.Uint(pointerIn(b[size:], size))
	d.Out.EndRecord()
}

var remoteLayout = abi.LayoutOf("iovec_remote")

// remote writes n vectors of another process's memory.
func (d *Decoder) remote(at abi.Addr, n uint64) { d.arrayArg(at, remoteLayout, n) }
