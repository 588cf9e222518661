package abi

import "fmt"

// Kind says what a value that crosses the call interface means: an argument,
// a result, or a field of a structure.
type Kind uint8

// Plain values.
const (
	KindNone       Kind = iota // nothing: a result that is 0 or an error
	KindInt                    // C's int
	KindUint                   // C's unsigned int
	KindLong                   // C's long, as wide as a pointer
	KindUlong                  // C's unsigned long
	KindU8                     // 8 bits
	KindS8                     // 8 bits, signed
	KindU16                    // 16 bits
	KindS16                    // 16 bits, signed
	KindU32                    // 32 bits
	KindS32                    // 32 bits, signed
	KindU64                    // 64 bits
	KindS64                    // 64 bits, signed
	KindSize                   // a number of bytes that the guest gives
	KindBytes                  // a number of bytes that the kernel moved
	KindCount                  // a number of things
	KindOffset                 // a position in a file, or a length of one, in bytes
	KindOffsetLow              // the low 32 bits of an offset
	KindOffsetHigh             // the high 32 bits of an offset
	KindLow                    // the low 32 bits of another 64-bit number
	KindHigh                   // the high 32 bits of another 64-bit number
	KindPageOffset             // a position in a file in pages of 4096 bytes
	KindFD                     // a file descriptor
	KindDirFD                  // a descriptor that a path starts from, or AT_FDCWD
	KindPid                    // a process; 0 and negative values as the call says
	KindTid                    // a thread
	KindPgid                   // a process group
	KindUid                    // a user
	KindGid                    // a group
	KindUid16                  // a user in 16 bits
	KindGid16                  // a group in 16 bits
	KindMode                   // a file's type and permissions
	KindDev                    // a device number
	KindSignal                 // a signal
	KindKey                    // a System V IPC key
	KindMsqid                  // a System V message queue
	KindSemid                  // a System V semaphore set
	KindShmid                  // a System V shared memory segment
	KindKeyID                  // a key or keyring
	KindTimer                  // a POSIX timer
	KindAioContext             // a context of io_setup(2)
	KindTime                   // seconds since 1970
	KindClockTicks             // clock ticks, as times(2) counts
	KindAddr                   // an address that the call itself does not use
	KindPtr                    // an address whose memory depends on other arguments
	KindArg                    // a number or an address, as a command in another argument says
	KindFlags                  // flags or one of several values, see FlagSetOf
)

// Values that are addresses of memory which the call reads or writes.
const (
	KindPath     Kind = iota + 64 // a file's name, NUL-terminated
	KindString                    // a NUL-terminated string
	KindStrings                   // strings, the array ended by a null pointer
	KindBuffer                    // bytes
	KindStruct                    // structures or numbers, see LayoutOf
	KindIovec                     // an array of iovec
	KindSockaddr                  // a socket address of any family
	KindFDSet                     // a set of descriptors as select(2) uses it
	KindFDPair                    // two descriptors
)

// Fields of structures alone.
const (
	KindChars Kind = iota + 96 // characters, ended by NUL or by the field's end
	KindBE16                   // 16 bits in network byte order
	KindBE32                   // 32 bits in network byte order
)

// kindWords are the words of syscalls.txt and structs.txt.
var kindWords = [...]string{
	KindNone: "none", KindInt: "int", KindUint: "uint", KindLong: "long",
	KindUlong: "ulong", KindU8: "u8", KindS8: "s8", KindU16: "u16",
	KindS16: "s16", KindU32: "u32", KindS32: "s32", KindU64: "u64",
	KindS64: "s64", KindSize: "size", KindBytes: "bytes", KindCount: "count",
	KindOffset: "offset", KindOffsetLow: "offlo", KindOffsetHigh: "offhi",
	KindLow: "lo", KindHigh: "hi", KindPageOffset: "pgoff", KindFD: "fd",
	KindDirFD: "dirfd", KindPid: "pid", KindTid: "tid", KindPgid: "pgid",
	KindUid: "uid", KindGid: "gid", KindUid16: "uid16", KindGid16: "gid16",
	KindMode: "mode", KindDev: "dev", KindSignal: "sig", KindKey: "key",
	KindMsqid: "msqid", KindSemid: "semid", KindShmid: "shmid",
	KindKeyID: "keyid", KindTimer: "timer", KindAioContext: "aioctx",
	KindTime: "time", KindClockTicks: "clockticks", KindAddr: "addr",
	KindPtr: "ptr", KindArg: "arg", KindFlags: "flags",

	KindPath: "path", KindString: "string", KindStrings: "strings",
	KindBuffer: "buffer", KindStruct: "struct", KindIovec: "iovec",
	KindSockaddr: "sockaddr", KindFDSet: "fdset", KindFDPair: "fdpair",

	KindChars: "chars", KindBE16: "be16", KindBE32: "be32",
}

// String returns the word by which syscalls.txt names k.
func (k Kind) String() string {
	if int(k) < len(kindWords) && kindWords[k] != "" {
		return kindWords[k]
	}
	return fmt.Sprintf("Kind(%d)", uint8(k))
}

// Memory reports whether k is the address of memory that the table describes.
func (k Kind) Memory() bool { return k >= KindPath && k <= KindFDPair }

// Dir says who reads and who writes memory that an argument points to.
type Dir uint8

const (
	In    Dir = 1 << iota // the kernel reads what the guest wrote
	Out                   // the kernel writes for the guest
	InOut = In | Out
)

// String returns in, out, inout or, for what is no memory, the empty string.
func (d Dir) String() string {
	return [...]string{"", "in", "out", "inout"}[d&InOut]
}
