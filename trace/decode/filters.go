package decode

import "penumbra/abi"

// filterStructures are programs of classic BPF, as seccomp and sockets take
// them.
func filterStructures() map[string]structureWriter {
	return map[string]structureWriter{"sock_fprog": (*Decoder).filterProgram, "sock_filter": (*Decoder).instruction}
}

var (
	filterLength  = abi.LayoutOf("sock_fprog").Field("len")
	filterAddress = abi.LayoutOf("sock_fprog").Field("filter")
	filterLayout  = abi.LayoutOf("sock_filter")
	filterCode    = filterLayout.Field("code")
	filterTrue    = filterLayout.Field("jt")
	filterFalse   = filterLayout.Field("jf")
	filterNumber  = filterLayout.Field("k")
)

// filterProgram writes where a program is, or the whole of it if asked for.
func (d *Decoder) filterProgram(_ *abi.Layout, b []byte) {
	const most = 4096 // BPF_MAXINSNS
	n, at := filterLength.Get(d.call.Arch, b), abi.Addr(filterAddress.Get(d.call.Arch, b))
	d.Out.Record()
	d.field(filterLength, b)
	d.Out.Field(filterAddress.Name)
	switch {
	case !d.Whole || n > most:
		d.address(uint64(at))
	case n == 0:
		d.Out.List()
		d.Out.EndList()
	default:
		d.arrayArg(at, filterLayout, n)
	}
	d.Out.EndRecord()
}

// instruction writes one instruction as the macros of linux/filter.h make it.
func (d *Decoder) instruction(_ *abi.Layout, b []byte) {
	a := d.call.Arch
	code, k := uint16(filterCode.Get(a, b)), filterNumber.Get(a, b)
	jt, jf := filterTrue.Get(a, b), filterFalse.Get(a, b)
	text := d.words[:0]
	if jt != 0 || jf != 0 {
		text = appendCode(append(text, "BPF_JUMP("...), code)
		text = appendHex(append(text, ", "...), k)
		text = appendHex(append(text, ", "...), jt)
		text = appendHex(append(text, ", "...), jf)
	} else {
		text = appendCode(append(text, "BPF_STMT("...), code)
		text = append(text, ", "...)
		if d.answersCall(code) {
			text = appendVerdict(text, k)
		} else {
			text = appendHex(text, k)
		}
	}
	d.Out.Word(string(append(text, ')')))
}

// The classes of instructions, and the parts of their codes
// (linux/bpf_common.h).
const (
	bpfLD, bpfLDX, bpfST, bpfSTX, bpfALU, bpfJMP, bpfRET, bpfMISC = 0, 1, 2, 3, 4, 5, 6, 7
	bpfClass, bpfSize, bpfMode, bpfOp, bpfSource                  = 0x07, 0x18, 0xe0, 0xf0, 0x08
	bpfReturned                                                   = 0x18
)

var (
	bpfClasses = [...]string{"LD", "LDX", "ST", "STX", "ALU", "JMP", "RET", "MISC"}
	bpfSizes   = [...]string{"W", "H", "B", "DW"}
	bpfModes   = [...]string{"IMM", "ABS", "IND", "MEM", "LEN", "MSH"}
	bpfALUs    = [...]string{"ADD", "SUB", "MUL", "DIV", "OR", "AND", "LSH", "RSH", "NEG", "MOD", "XOR"}
	bpfJumps   = [...]string{"JA", "JEQ", "JGT", "JGE", "JSET"}
	bpfSources = [...]string{"K", "X", "A"}
)

// appendCode appends the code of an instruction in its parts.
func appendCode(b []byte, code uint16) []byte {
	part := func(names []string, i uint16, none string) {
		b = append(b, '|')
		if int(i) < len(names) {
			b = append(append(b, "BPF_"...), names[i]...)
			return
		}
		b = append(append(append(appendHex(b, uint64(code)), " /* "...), none...), " */"...)
	}
	class := code & bpfClass
	b = append(append(b, "BPF_"...), bpfClasses[class]...)
	switch class {
	case bpfLD, bpfLDX:
		part(bpfSizes[:], code&bpfSize>>3, "BPF_???")
		part(bpfModes[:], code&bpfMode>>5, "BPF_???")
	case bpfALU:
		part(bpfSources[:], code&bpfSource>>3, "BPF_???")
		part(bpfALUs[:], code&bpfOp>>4, "BPF_???")
	case bpfJMP:
		part(bpfSources[:], code&bpfSource>>3, "BPF_???")
		part(bpfJumps[:], code&bpfOp>>4, "BPF_???")
	case bpfRET:
		part(bpfSources[:], code&bpfReturned>>3, "BPF_???")
	case bpfMISC:
		if code&0xf8 == 0x80 {
			return append(b, "|BPF_TXA"...)
		}
		return append(b, "|BPF_TAX"...)
	}
	return b
}

// answersCall reports whether an instruction returns what seccomp is to do.
func (d *Decoder) answersCall(code uint16) bool {
	name := ""
	if d.call.Syscall != nil {
		name = d.call.Syscall.Name
	}
	return code == bpfRET && (name == "seccomp" || name == "prctl")
}

var verdicts = abi.FlagSetOf("seccomp_action")

// appendVerdict appends what seccomp is to do, and the data that come with it.
func appendVerdict(b []byte, k uint64) []byte {
	const action = 0xffff0000
	b = verdicts.Append(b, k&action, abi.Native)
	if data := k &^ action; data != 0 {
		b = appendHex(append(b, '|'), data)
	}
	return b
}
