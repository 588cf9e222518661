package inner

import (
	"encoding/binary"

	"golang.org/x/sys/unix"
)

// Ask is the number of the call by which Boot asks for a descriptor of the
// Table's memory, and AskFD its first argument, by which it is recognized; the
// third is where the page of trampolines lies, 0 if there is none but Own.
const (
	Ask   = unix.SYS_OPENAT
	AskFD = 0xfffffffe
)

// BootSize bounds the size of Boot.
const BootSize = 256

// Boot returns code that maps Own, Code and Table, and a page of trampolines
// near the program's libraries if near is set, and then jumps to entry, where
// the program would have begun. ask is the offset behind the instruction of the
// call by which it asks for the descriptor. If anything fails the program
// begins without.
func Boot(entry uint64, near bool) (code []byte, ask int) {
	var b []byte
	emit := func(bytes ...byte) { b = append(b, bytes...) }
	load := func(opcode []byte, value uint32) { // a constant into a register
		b = binary.LittleEndian.AppendUint32(append(b, opcode...), value)
	}
	eax, edi, esi, edx, r10d := []byte{0xb8}, []byte{0xbf}, []byte{0xbe}, []byte{0xba}, []byte{0x41, 0xba}

	load(eax, unix.SYS_MMAP)
	load(edi, Own)
	load(esi, PageSize)
	load(edx, unix.PROT_READ|unix.PROT_EXEC)
	load(r10d, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS|unix.MAP_FIXED_NOREPLACE)
	emit(0x49, 0xc7, 0xc0, 0xff, 0xff, 0xff, 0xff) // mov $-1, %r8
	emit(0x45, 0x31, 0xc9)                         // xor %r9d, %r9d
	emit(syscallInstruction...)
	emit(0x49, 0x89, 0xc4) // mov %rax, %r12

	emit(0x45, 0x31, 0xed) // xor %r13d, %r13d
	if near {
		load(eax, unix.SYS_MMAP)
		emit(0x31, 0xff) // xor %edi, %edi
		load(r10d, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS)
		emit(syscallInstruction...)
		emit(0x49, 0x89, 0xc5) // mov %rax, %r13
	}

	load(eax, Ask)
	load(edi, AskFD)
	emit(0x4c, 0x89, 0xe6) // mov %r12, %rsi
	emit(0x4c, 0x89, 0xea) // mov %r13, %rdx
	emit(0x45, 0x31, 0xd2) // xor %r10d, %r10d
	emit(syscallInstruction...)
	ask = len(b)
	emit(0x85, 0xc0) // test %eax, %eax
	emit(0x78, 0)    // js begin
	skip := len(b)

	emit(0x41, 0x89, 0xc0) // mov %eax, %r8d
	load(eax, unix.SYS_MMAP)
	load(edi, Base)
	load(esi, Size)
	load(edx, unix.PROT_READ|unix.PROT_EXEC)
	load(r10d, unix.MAP_SHARED|unix.MAP_FIXED_NOREPLACE)
	emit(0x45, 0x31, 0xc9) // xor %r9d, %r9d
	emit(syscallInstruction...)
	load(eax, unix.SYS_CLOSE)
	emit(0x44, 0x89, 0xc7) // mov %r8d, %edi
	emit(syscallInstruction...)
	b[skip-1] = byte(len(b) - skip)

	// The kernel starts a program with all registers zero (ELF_PLAT_INIT).
	emit(0x31, 0xc0, 0x31, 0xc9, 0x31, 0xd2, 0x31, 0xf6, 0x31, 0xff) // eax, ecx, edx, esi, edi
	for register := range byte(6) {                                  // r8d to r13d
		emit(0x45, 0x31, 0xc0|register<<3|register)
	}
	emit(0xff, 0x25, 0, 0, 0, 0) // jmp *entry(%rip)
	return binary.LittleEndian.AppendUint64(b, entry), ask
}
