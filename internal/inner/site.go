package inner

import (
	"bytes"
	"encoding/binary"
	"math"
)

const (
	// SiteRoom is how many bytes before the end of a syscall instruction a Site
	// is found in.
	SiteRoom = 1 + jumpSize + maxMoves + callSize
	// TrampolineSize is the room that a trampoline takes.
	TrampolineSize = 32

	jumpSize = 5
	callSize = 2
	maxMoves = 13 // what a trampoline has room for
)

var syscallInstruction = []byte{0x0f, 0x05}

// Site is a place in a program from which calls are made.
type Site struct {
	call uint64 // the address of the syscall instruction
	// before are the instructions before it which a trampoline makes up for.
	// The first of them give way to a jump; the others stay, for whoever is in
	// the midst of them.
	before []byte
	// guarded: before begins with a test of a byte of memory, and a jump if that
	// is zero, as in glibc's read, whose number, 0, takes two bytes to move.
	guarded bool
}

// FindSite recognizes a place that can be changed in b, the SiteRoom bytes that
// end with the syscall instruction at an address, which made the call of that
// number. There a constant, the number, is moved into its register, and between
// that and the call there are only moves that depend on no address.
func FindSite(b []byte, call uint64, number int) (Site, bool) {
	const movEAX = 0xb8
	before, ok := bytes.CutSuffix(b, syscallInstruction)
	if !ok {
		return Site{}, false
	}
	if n := len(before) - guardedSize; number == 0 && n >= 0 && isGuarded(before[n:]) {
		return Site{call, bytes.Clone(before[n:]), true}, true
	}
	for at := len(before) - jumpSize; at > 0; at-- {
		const rexMask, rex = 0xf0, 0x40 // it would be another register's
		if before[at] != movEAX || binary.LittleEndian.Uint32(before[at+1:]) != uint32(number) || before[at-1]&rexMask == rex {
			continue
		}
		if areMoves(before[at+jumpSize:]) {
			return Site{call, bytes.Clone(before[at:]), false}, true
		}
	}
	return Site{}, false
}

const (
	testSize    = 7 // cmpb $0, memory(%rip)
	shortJump   = 2 // je
	guardedSize = testSize + shortJump + 2
)

// isGuarded reports whether b is such a test and jump, and then a zero is moved
// into the register of the number.
func isGuarded(b []byte) bool {
	return b[0] == 0x80 && b[1] == 0x3d && b[6] == 0 && b[testSize] == 0x74 && b[9] == 0x31 && b[10] == 0xc0
}

// relocated returns what stands before the call, for another address.
func (s Site) relocated(at uint64) []byte {
	if !s.guarded {
		return bytes.Clone(s.before)
	}
	tested := s.Start() + testSize + uint64(int64(int32(binary.LittleEndian.Uint32(s.before[2:]))))
	target := s.Start() + testSize + shortJump + uint64(int64(int8(s.before[testSize+1])))
	d, _ := distance(at+testSize, tested)
	b := append(binary.LittleEndian.AppendUint32([]byte{0x80, 0x3d}, d), 0)
	d, _ = distance(at+testSize+6, target)
	b = binary.LittleEndian.AppendUint32(append(b, 0x0f, 0x84), d) // je, far
	return append(b, 0x31, 0xc0)
}

// areMoves reports whether code consists of nothing but moves of registers and
// constants into registers.
func areMoves(code []byte) bool {
	for len(code) > 0 {
		n := moveSize(code)
		if n == 0 || n > len(code) {
			return false
		}
		code = code[n:]
	}
	return true
}

// moveSize returns the length of the move that code begins with, or 0 if that
// is something else (Intel SDM, volume 2: MOV, MOVSXD, XOR).
func moveSize(code []byte) int {
	const registers = 0xc0 // of a ModRM byte: two registers and no memory
	prefix := 0
	if code[0]&0xf0 == 0x40 {
		prefix = 1
	}
	if len(code) < prefix+2 {
		return 0
	}
	switch op := code[prefix]; {
	case op&0xf8 == 0xb8 && code[0]&0xf8 != 0x48: // a constant of 32 bits
		return prefix + 5
	case (op == 0x89 || op == 0x8b || op == 0x31 || op == 0x63) && code[prefix+1] >= registers:
		return prefix + 2
	}
	return 0
}

// Start returns the address of what gives way to a jump.
func (s Site) Start() uint64 { return s.call - uint64(len(s.before)) }

// Jump returns what is to stand there instead: a jump to a trampoline. It
// reports false if that is too far away.
func (s Site) Jump(trampoline uint64) ([]byte, bool) {
	distance, ok := distance(s.Start()+jumpSize, trampoline)
	return binary.LittleEndian.AppendUint32([]byte{0xe9}, distance), ok
}

// Trampoline returns the code that makes up for the site's, and enters Code.
func (s Site) Trampoline(at uint64) []byte {
	b := s.relocated(at)
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
// There a jump takes the place of two moves.
func GoSite(text []byte, at uint64) (Site, bool) {
	i := bytes.Index(text, goSyscall6)
	if i < 0 {
		return Site{}, false
	}
	return Site{at + uint64(i) + 6, goSyscall6[:6], false}, true
}
