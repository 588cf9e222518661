package decode

import (
	"strconv"

	"penumbra/abi"
)

// futexSpecial is futex(2), whose operation says what its arguments are.
var futexSpecial = special{arg: futexArg}

// futexForms are the arguments from the third on that an operation looks at:
// their indices and how they are written.
var futexForms = [...][]futexPart{
	0:  {{2, uintValue}, {3, futexTimeout}},                                      // FUTEX_WAIT
	1:  {{2, uintValue}},                                                         // FUTEX_WAKE
	2:  {{2, uintValue}},                                                         // FUTEX_FD
	3:  {{2, uintValue}, {3, uintValue}, {4, addressValue}},                      // FUTEX_REQUEUE
	4:  {{2, uintValue}, {3, uintValue}, {4, addressValue}, {5, uintValue}},      // FUTEX_CMP_REQUEUE
	5:  {{2, uintValue}, {3, uintValue}, {4, addressValue}, {5, futexOperation}}, // FUTEX_WAKE_OP
	6:  {{3, futexTimeout}},                                                      // FUTEX_LOCK_PI
	7:  {},                                                                       // FUTEX_UNLOCK_PI
	8:  {},                                                                       // FUTEX_TRYLOCK_PI
	9:  {{2, uintValue}, {3, futexTimeout}, {5, futexBits}},                      // FUTEX_WAIT_BITSET
	10: {{2, uintValue}, {5, futexBits}},                                         // FUTEX_WAKE_BITSET
	11: {{2, uintValue}, {3, futexTimeout}, {4, addressValue}},                   // FUTEX_WAIT_REQUEUE_PI
	12: {{2, uintValue}, {3, uintValue}, {4, addressValue}, {5, uintValue}},      // FUTEX_CMP_REQUEUE_PI
	13: {{3, futexTimeout}},                                                      // FUTEX_LOCK_PI2
}

type futexPart struct {
	index int
	write valueWriter
}

// anyFutex is what an unknown operation is shown with.
var anyFutex = []futexPart{{2, uintValue}, {3, hexValue}, {4, hexValue}, {5, uintHexValue}}

func futexArg(d *Decoder, s *Saved, i int) bool {
	if i != 2 {
		return false
	}
	parts := anyFutex
	if operation := d.call.Args[1] & 0x7f; operation < uint64(len(futexForms)) {
		parts = futexForms[operation]
	}
	for _, p := range parts {
		d.Out.Arg(d.args[p.index].Name)
		p.write(d, p.index)
	}
	s.next = len(d.args)
	return true
}

func futexTimeout(d *Decoder, i int) { d.structArg(d.call.Args.Addr(i), d.args[i].Layout) }

func futexBits(d *Decoder, i int) {
	if uint32(d.call.Args[i]) == ^uint32(0) {
		d.Out.Word("FUTEX_BITSET_MATCH_ANY")
		return
	}
	uintHexValue(d, i)
}

var futexOps = [...]string{"SET", "ADD", "OR", "ANDN", "XOR"}
var futexComparisons = [...]string{"EQ", "NE", "LT", "LE", "GT", "GE"}

// futexOperation writes what FUTEX_WAKE_OP does to the second futex, and what
// it compares.
func futexOperation(d *Decoder, i int) {
	v := uint32(d.call.Args[i])
	text := ""
	if v>>31 != 0 {
		text = "FUTEX_OP_OPARG_SHIFT<<28|"
	}
	text += named28(v>>28&7, 28, "FUTEX_OP_", futexOps[:]) + "|" + hexText(v>>12&0xfff) + "<<12|"
	text += named28(v>>24&0xf, 24, "FUTEX_OP_CMP_", futexComparisons[:]) + "|" + hexText(v&0xfff)
	d.Out.Word(text)
}

// named28 returns an operation with how far it is shifted.
func named28(v uint32, shift int, prefix string, names []string) string {
	by := "<<" + strconv.Itoa(shift)
	if int(v) < len(names) {
		return prefix + names[v] + by
	}
	return hexText(v) + by + " /* " + prefix + "??? */"
}

func hexText(v uint32) string { return string(appendHex(nil, uint64(v))) }

// futexWaiter writes one futex of futex_waitv.
func futexWaiter(d *Decoder, l *abi.Layout, b []byte) {
	a := d.call.Arch
	d.Out.Record()
	d.Out.Field("val")
	d.Out.Hex(l.Field("val").Get(a, b))
	d.field(l.Field("uaddr"), b)
	d.field(l.Field("flags"), b)
	d.Out.EndRecord()
}
