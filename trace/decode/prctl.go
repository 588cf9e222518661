package decode

import "penumbra/abi"

// prctlCalls are prctl(2), whose first argument says what the others are, and
// seccomp(2), which does the same.
func prctlCalls() map[string]special {
	forms := prctlForms()
	prctl := special{
		arg:    func(d *Decoder, s *Saved, i int) bool { return prctlArg(d, s, i, forms) },
		waits:  func(d *Decoder, _ *Saved, i int) bool { return i == 1 && forms[d.call.Args.Int32(0)].filled },
		result: func(d *Decoder) bool { return prctlResult(d, forms) },
		note:   func(d *Decoder, _ *Saved) { prctlNote(d, forms) },
	}
	return map[string]special{
		"prctl":   prctl,
		"seccomp": {waits: seccompWaits, values: map[int]valueWriter{1: seccompFlags, 2: seccompArg}},
	}
}

// prctlForm is what an option of prctl takes and returns.
type prctlForm struct {
	args   []valueWriter
	filled bool         // the call fills in what the first points to
	result *abi.FlagSet // names the result
	hex    bool         // the result is shown in hexadecimal
}

// prctlForms are the options whose arguments have a meaning of their own, by
// their numbers in linux/prctl.h. All others have five numbers.
func prctlForms() map[int32]prctlForm {
	none := prctlForm{}
	number := prctlForm{args: []valueWriter{ulongValue}}
	address := prctlForm{args: []valueWriter{addressValue}}
	capability := prctlForm{args: []valueWriter{flagsOf("cap")}}
	five := prctlForm{args: []valueWriter{hexValue, hexValue, hexValue, hexValue}}
	cell := func(set string) prctlForm {
		return prctlForm{args: []valueWriter{flagCellOf(set, false)}, filled: true}
	}
	flags := func(set string) prctlForm { return prctlForm{args: []valueWriter{flagsOf(set)}} }
	named := func(set string) prctlForm { return prctlForm{result: abi.FlagSetOf(set)} }
	return map[int32]prctlForm{
		1: {args: []valueWriter{signalValue}}, 2: {args: []valueWriter{signalCell}, filled: true}, // PDEATHSIG
		3: named("suid_dump"), 4: flags("suid_dump"), // DUMPABLE
		5: cell("pr_unalign"), 6: flags("pr_unalign"),
		7: none, 8: number, // KEEPCAPS
		9: cell("pr_fpemu"), 10: number,
		11: cell("pr_fpexc"), 12: flags("pr_fpexc"),
		13: none, 14: number, // TIMING
		15: {args: []valueWriter{threadName}}, 16: {args: []valueWriter{filledName}, filled: true}, // NAME
		19: cell("pr_endian"), 20: flags("pr_endian"),
		21: named("seccomp_mode"), 22: {args: []valueWriter{flagsOf("seccomp_mode"), filterProgram}}, // SECCOMP
		23: capability, 24: capability, // CAPBSET
		25: cell("pr_tsc"), 26: flags("pr_tsc"),
		27: {result: abi.FlagSetOf("securebits"), hex: true}, 28: flags("securebits"),
		29: number, 30: none, // TIMERSLACK
		31: none, 32: none, // TASK_PERF_EVENTS
		33: {args: []valueWriter{flagsOf("pr_mce_kill"), mcePolicy, hexValue, hexValue}}, // MCE_KILL
		34: {args: []valueWriter{hexValue, hexValue, hexValue, hexValue}, result: abi.FlagSetOf("pr_mce_kill_policy")},
		35: {args: []valueWriter{flagsOf("pr_set_mm"), addressHex, hexValue, hexValue}}, // SET_MM
		36: number, 37: cellForm(),                                                      // CHILD_SUBREAPER
		38: {args: []valueWriter{ulongValue, hexValue, hexValue, hexValue}}, 39: five, // NO_NEW_PRIVS
		40: {args: []valueWriter{cellOf("ptr")}, filled: true},                        // GET_TID_ADDRESS
		41: {args: []valueWriter{ulongValue, hexValue, hexValue, hexValue}}, 42: five, // THP_DISABLE
		43: five, 44: five, // MPX
		47: {args: []valueWriter{flagsOf("pr_cap_ambient"), flagsOfCapability, hexValue, hexValue}},      // CAP_AMBIENT
		52: {args: []valueWriter{flagsOf("pr_spec")}, result: abi.FlagSetOf("pr_spec_state"), hex: true}, // SPECULATION_CTRL
		53: {args: []valueWriter{flagsOf("pr_spec"), flagsOf("pr_spec_state")}},
		57: five, 58: five, // IO_FLUSHER
		62:         {args: []valueWriter{flagsOf("pr_sched_core"), intValue, pidType, addressValue}}, // SCHED_CORE
		1398164801: {args: []valueWriter{flagsOf("pr_set_vma"), addressHex, vmaLength, vmaName}},     // SET_VMA
		1499557217: {args: []valueWriter{tracerOf}},                                                  // SET_PTRACER
		45:         number, 46: none, 50: number, 51: none, 54: number, 55: five, 56: five, 59: five, 60: five, 61: five,
		-1: address,
	}
}

func prctlArg(d *Decoder, s *Saved, i int, forms map[int32]prctlForm) bool {
	const setSeccomp, filter = 22, 2 // PR_SET_SECCOMP, SECCOMP_MODE_*
	if i != 1 {
		return false
	}
	if mode := d.call.Args[1]; d.call.Args.Int32(0) == setSeccomp && mode != filter {
		d.rest(s, i, flagsOf("seccomp_mode"), hexValue, hexValue, hexValue)
		return true
	}
	form, ok := forms[d.call.Args.Int32(0)]
	if !ok {
		form.args = []valueWriter{hexValue, hexValue, hexValue, hexValue}
	}
	d.rest(s, i, form.args...)
	return true
}

func prctlResult(d *Decoder, forms map[int32]prctlForm) bool {
	if !forms[d.call.Args.Int32(0)].hex {
		return false
	}
	d.Out.Hex(uint64(d.call.Value))
	return true
}

func prctlNote(d *Decoder, forms map[int32]prctlForm) {
	form := forms[d.call.Args.Int32(0)]
	if form.result == nil || form.hex && d.call.Value == 0 || !form.hex && !isNamed(form.result, uint64(d.call.Value), d.call.Arch) {
		return
	}
	d.Out.Part("")
	d.Out.Flags(form.result, uint64(d.call.Value), d.call.Arch)
}

func cellForm() prctlForm {
	return prctlForm{args: []valueWriter{cellOf("uint")}, filled: true}
}

func addressHex(d *Decoder, i int) { d.Out.Hex(d.call.Args[i]) }

func signalCell(d *Decoder, i int) {
	at := d.call.Args.Addr(i)
	v, ok := d.word(at, 4)
	if at == 0 || d.failed() || !ok {
		d.address(uint64(at))
		return
	}
	d.Out.List()
	d.Out.Item()
	d.signal(int32(v))
	d.Out.EndList()
}

// threadName writes a name as far as the kernel takes it.
func threadName(d *Decoder, i int) { d.textArg(d.call.Args.Addr(i), min(taskCommLen-1, d.Limit)) }

const taskCommLen = 16

func filledName(d *Decoder, i int) {
	if d.failed() {
		d.address(d.call.Args[i])
		return
	}
	threadName(d, i)
}

// filterProgram writes where the program of a filter is.
func filterProgram(d *Decoder, i int) { d.structArg(d.call.Args.Addr(i), fprogLayout) }

var fprogLayout = abi.LayoutOf("sock_fprog")

var mcePolicies, mceCommands = abi.FlagSetOf("pr_mce_kill_policy"), abi.FlagSetOf("pr_mce_kill")

func mcePolicy(d *Decoder, i int) {
	const set = 1 // PR_MCE_KILL_SET
	if d.call.Args[i-1] == set {
		d.Out.Flags(mcePolicies, d.call.Args[i], d.call.Arch)
		return
	}
	hexValue(d, i)
}

var capFlags = abi.FlagSetOf("cap")

// flagsOfCapability writes a capability if the command before takes one.
func flagsOfCapability(d *Decoder, i int) {
	const isSet, raise, lower = 1, 2, 3 // PR_CAP_AMBIENT_*
	switch d.call.Args[i-1] {
	case isSet, raise, lower:
		d.Out.Flags(capFlags, d.call.Args[i], d.call.Arch)
	default:
		hexValue(d, i)
	}
}

// pidType explains whose cookie PR_SCHED_CORE is about.
func pidType(d *Decoder, i int) {
	v := d.call.Args.Int32(i)
	d.Out.Int(int64(v))
	names := [...]string{"PIDTYPE_PID", "PIDTYPE_TGID", "PIDTYPE_PGID"}
	if v >= 0 && int(v) < len(names) {
		d.Out.Comment(names[v])
	}
}

func vmaLength(d *Decoder, i int) {
	if d.call.Args[1] == 0 { // PR_SET_VMA_ANON_NAME
		ulongValue(d, i)
		return
	}
	hexValue(d, i)
}

func vmaName(d *Decoder, i int) {
	const most = 80 - 1 // ANON_VMA_NAME_MAX_LEN
	if d.call.Args[1] == 0 {
		d.textArg(d.call.Args.Addr(i), min(most, d.Limit))
		return
	}
	hexValue(d, i)
}

// tracerOf writes the process that may trace, or that any may.
func tracerOf(d *Decoder, i int) {
	if int64(d.call.Args[i]) == -1 {
		d.Out.Word("PR_SET_PTRACER_ANY")
		return
	}
	intValue(d, i)
}

// The operations of seccomp(2).
const seccompSetFilter, seccompActionAvail, seccompNotifSizes = 1, 2, 3

func seccompWaits(d *Decoder, _ *Saved, i int) bool {
	return i == 2 && d.call.Args.Int32(0) == seccompNotifSizes
}

var seccompFilterFlags, seccompActions = abi.FlagSetOf("seccomp_filter"), abi.FlagSetOf("seccomp_action")

func seccompFlags(d *Decoder, i int) {
	if d.call.Args.Int32(0) == seccompSetFilter {
		d.Out.Flags(seccompFilterFlags, d.call.Args[i], d.call.Arch)
		return
	}
	uintHexValue(d, i)
}

var seccompAction = flagCellOf("seccomp_action", true)

var sizesLayout = abi.LayoutOf("seccomp_notif_sizes")

func seccompArg(d *Decoder, i int) {
	switch d.call.Args.Int32(0) {
	case seccompSetFilter:
		d.structArg(d.call.Args.Addr(i), fprogLayout)
	case seccompActionAvail:
		seccompAction(d, i)
	case seccompNotifSizes:
		d.filled(d.call.Args.Addr(i), sizesLayout)
	default:
		d.address(d.call.Args[i])
	}
}
