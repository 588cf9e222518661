// Package abi describes Linux's call interface as data: every system call of
// x86-64, i386 and arm64 with its numbers, arguments, result and class, the
// layout of the structures that cross the interface, and the named flag sets.
//
// The description of the calls is the text file syscalls.txt, one line a call;
// everything else that speaks of calls (the filter, argument decoding, the
// support page in docs/) derives from it.
package abi

import "fmt"

// Arch is one of the call interfaces that a guest may use. A process may use
// more than one: a 64-bit program on x86-64 may issue i386 calls by int 0x80.
type Arch uint8

const (
	AMD64   Arch = iota // x86-64: the syscall instruction
	I386                // i386: int 0x80, SYSENTER and SYSCALL in 32-bit mode
	ARM64               // arm64: svc #0
	NumArch = 3
)

// The AUDIT_ARCH_* values of linux/audit.h, by which the kernel names an Arch.
const (
	auditAMD64 = 0xC000003E
	auditI386  = 0x40000003
	auditARM64 = 0xC00000B7
)

// Audit returns the AUDIT_ARCH value by which seccomp and ptrace name a.
func (a Arch) Audit() uint32 {
	return [NumArch]uint32{auditAMD64, auditI386, auditARM64}[a]
}

// ArchOfAudit returns the Arch that the kernel names by the AUDIT_ARCH value v.
func ArchOfAudit(v uint32) (a Arch, ok bool) {
	switch v {
	case auditAMD64:
		return AMD64, true
	case auditI386:
		return I386, true
	case auditARM64:
		return ARM64, true
	}
	return 0, false
}

// String returns the name that uname(2) uses for a: x86_64, i386 or aarch64.
func (a Arch) String() string {
	if int(a) < NumArch {
		return [NumArch]string{"x86_64", "i386", "aarch64"}[a]
	}
	return fmt.Sprintf("Arch(%d)", uint8(a))
}

// PointerSize returns the size of a pointer and of a long in bytes.
func (a Arch) PointerSize() int {
	if a == I386 {
		return 4
	}
	return 8
}

// Addr is an address in a guest's memory. It is never a pointer of ours.
type Addr uint64

// Args are the six arguments of a call as the registers held them, those of
// an i386 call zero-extended.
type Args [6]uint64

// Int32 returns argument i as a C int: truncated and sign-extended, so that
// AT_FDCWD compares equal whatever the guest's word size.
func (a Args) Int32(i int) int32 { return int32(a[i]) }

// Addr returns argument i as an address.
func (a Args) Addr(i int) Addr { return Addr(a[i]) }
