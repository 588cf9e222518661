// Package inner holds what the inner door is made of: a few pages in the
// guest's own memory by which the guest itself passes calls to the kernel that
// nobody has to look at.
//
// A program issues its calls by a syscall instruction here and there. Where one
// of them turns out to be a call with a path that was the kernel's after all,
// the instruction before it is replaced by a jump to a trampoline, which makes
// up for that instruction and jumps on to Code. Code looks at the path. If that
// cannot lead to or from a mount, it makes the call, by an instruction that the
// guest's filter allows whatever the call. If not, or in any doubt, it jumps
// back to the syscall instruction, and the call goes by the other doors, as if
// nothing had been changed.
//
// What Code knows stands in two places, at the same addresses in each guest
// process:
//
//   - the Table, memory that the supervisor shares with all of them, read-only
//     to them: names that lead into mounts, directories that are known to be
//     reached without any link, and counters by which that knowledge ages;
//   - the process's own page: which paths Code may pass at all, and which
//     directory relative paths begin in, by a number.
//
// The mappings are made by Boot, code that runs once in each program before its
// first instruction. It lies behind the end of the vDSO.
package inner

import "encoding/binary"

// Addresses in the guest, chosen where no loader, linker or sanitizer puts
// anything: below 2 GiB, above the usual heaps of programs that are not
// position-independent, and within a jump's reach of those.
const (
	// Base is where Code lies, and behind it the Table.
	Base = 0x6e000000
	// CodeSize is the size of the memory for Code: one page.
	CodeSize = 0x1000
	// Own is where the process's own page lies.
	Own = 0x6e100000
	// PageSize is the size of Own, and of a page of trampolines.
	PageSize = 0x1000
	// OwnSites is where in Own the trampolines begin.
	OwnSites = 0x40
)

// Offsets in Own, of words of 64 bits.
const (
	// OwnFlags are the Flags that hold wherever relative paths begin.
	OwnFlags = 0x00
	// OwnStart is the number of the working directory, 0 if it has none.
	OwnStart = 0x08
	// OwnEra is the Table's era in which OwnStart and OwnStartFlags were true.
	OwnEra = 0x10
	// OwnStartFlags are Flags that hold for that working directory.
	OwnStartFlags = 0x18
)

// Flags say which calls Code may pass to the kernel.
type Flags uint64

const (
	// Absolute paths.
	Absolute Flags = 1 << iota
	// LookHere: questions (stat, lstat) with paths from the working directory.
	LookHere
	// LookAt: the same from a directory's descriptor.
	LookAt
	// OpenHere: open, and access, with paths from the working directory.
	OpenHere
	// OpenAt: the same from a directory's descriptor.
	OpenAt
)

// Calls are the names of the system calls with paths that Code knows.
var Calls = []string{"stat", "lstat", "newfstatat", "statx", "access", "faccessat", "faccessat2",
	"readlink", "readlinkat", "open", "openat"}

// Instead is what Code calls in the place of open and openat.
const Instead = "openat2"

// Word returns a word as it lies in memory.
func Word(value uint64) []byte { return binary.LittleEndian.AppendUint64(nil, value) }
