package inner

import (
	"bytes"
	"encoding/binary"
	"math"
)

const (
	// SiteRoom is how many bytes before a syscall instruction, and with it, a
	// Site is found in.
	SiteRoom = 9
	// TrampolineSize is the room that a trampoline takes.
	TrampolineSize = 32

	jumpSize = 5
	callSize = 2
)

var syscallInstruction = []byte{0x0f, 0x05}

// Site is a place in a program from which calls are made.
type Site struct {
	call    uint64 // the address of the syscall instruction
	replace []byte // the instructions before it that give way to a jump
}

// FindSite recognizes a place that can be changed in b, the SiteRoom bytes that
// end with the syscall instruction at an address. The number and the first
// argument are those of a call that it made: they tell a constant in an
// instruction from bytes that look alike.
//
// What gives way is one instruction, or two that nobody jumps between, and what
// it does depends on no address: a move of a constant into the register of the
// number or of the first argument, or the moves at the end of Go's Syscall6.
func FindSite(b []byte, call uint64, number int, first uint64) (Site, bool) {
	const (
		movEAX = 0xb8
		movEDI = 0xbf
	)
	rcxToRSI, rbxToRDI := []byte{0x48, 0x89, 0xce}, []byte{0x48, 0x89, 0xdf}
	before, ok := bytes.CutSuffix(b, syscallInstruction)
	if !ok || len(b) < SiteRoom {
		return Site{}, false
	}
	if moves := append(rcxToRSI, rbxToRDI...); bytes.HasSuffix(before, moves) {
		return Site{call, moves}, true
	}
	move := before[len(before)-jumpSize:]
	prefix := before[len(before)-jumpSize-1]
	const rexMask, rex = 0xf0, 0x40 // it would move into another register
	value := binary.LittleEndian.Uint32(move[1:])
	known := move[0] == movEAX && value == uint32(number) || move[0] == movEDI && value == uint32(first)
	if !known || prefix&rexMask == rex {
		return Site{}, false
	}
	return Site{call, bytes.Clone(move)}, true
}

// Start returns the address of the first instruction that gives way.
func (s Site) Start() uint64 { return s.call - uint64(len(s.replace)) }

// Jump returns what is to stand there instead: a jump to a trampoline. It
// reports false if that is too far away.
func (s Site) Jump(trampoline uint64) ([]byte, bool) {
	distance, ok := distance(s.Start()+jumpSize, trampoline)
	return binary.LittleEndian.AppendUint32([]byte{0xe9}, distance), ok
}

// Trampoline returns the code that does what gave way, and enters Code.
func (s Site) Trampoline(at uint64) []byte {
	b := bytes.Clone(s.replace)
	b = append(b, 0x4c, 0x8d, 0x1d) // lea call(%rip), %r11
	back, _ := distance(at+uint64(len(b))+4, s.call)
	b = binary.LittleEndian.AppendUint32(b, back)
	b = append(b, 0xb9) // mov $Base, %ecx
	b = binary.LittleEndian.AppendUint32(b, Base)
	return append(b, 0xff, 0xe1) // jmp *%rcx
}

// distance returns the operand that leads from the end of an instruction to an
// address.
func distance(from, to uint64) (uint32, bool) {
	d := int64(to - from)
	return uint32(int32(d)), d >= math.MinInt32 && d <= math.MaxInt32
}

// goSyscall6 is how the one place ends from which a Go program makes its calls
// (internal/runtime/syscall/linux): the moves, the call, and the comparison of
// its result with -4095.
var goSyscall6 = []byte{0x48, 0x89, 0xce, 0x48, 0x89, 0xdf, 0x0f, 0x05, 0x48, 0x3d, 0x01, 0xf0, 0xff, 0xff}

// GoSite finds that place in the text of a program, which begins at an address.
func GoSite(text []byte, at uint64) (Site, bool) {
	i := bytes.Index(text, goSyscall6)
	if i < 0 {
		return Site{}, false
	}
	return Site{at + uint64(i) + 6, goSyscall6[:6]}, true
}
