package wire

import (
	"errors"
	"syscall"

	"golang.org/x/sys/unix"

	"penumbra/abi"
)

// Flags of open and reopen.
const (
	OpenRead = 1 << iota
	OpenWrite
	OpenAppend
	OpenCreate
	OpenExclusive
	OpenTruncate
	OpenDirectory
	OpenNoFollow
	OpenSync
	OpenDataSync
	OpenPath
	OpenNoAtime
	OpenStream // also a pipe, or a device of no consequence: /dev/null and its like
	OpenWait   // a pipe only when it has another end
	openEnd
)

// Flags of operations with paths.
const (
	AtNoFollow  = 1 << iota // a link at the path's end is meant itself
	AtEffective             // of access: by effective ids
	atEnd
)

// Flags of rename.
const (
	RenameNoReplace = 1 << iota
	RenameExchange
)

// Flags of allocate; fallocate(2). Ranges cannot be collapsed or inserted.
const (
	AllocateKeepSize = 1 << iota
	AllocatePunch
	AllocateZero
)

// Flags of setxattr.
const (
	XattrCreate = 1 << iota
	XattrReplace
)

// Flags of seek: one of them.
const (
	SeekData = 1 + iota
	SeekHole
)

// SyncData as the flag of sync asks for fdatasync(2).
const SyncData = 1

// Flags of lock: one of the first three, LockQuery or not, LockWait or not, and
// one of the kinds.
const (
	LockShared    = 1 << iota
	LockExclusive // which needs a descriptor that can write, but for LockWhole
	LockRelease
	LockQuery   // only tell who is in the way: fcntl's F_GETLK
	LockWait    // until it can be had
	LockProcess // fcntl's F_SETLK: belongs to the representative
	LockFile    // fcntl's F_OFD_SETLK: belongs to the open file
	LockWhole   // flock(2): belongs to the open file, apart from the other two
	lockEnd
)

// openNames pairs names of open(2)'s flags with those of the protocol. One that
// includes another's bits comes first.
var openNames = []struct {
	name string
	flag uint32
}{
	{"O_SYNC", OpenSync},
	{"O_DSYNC", OpenDataSync},
	{"O_APPEND", OpenAppend},
	{"O_CREAT", OpenCreate},
	{"O_EXCL", OpenExclusive},
	{"O_TRUNC", OpenTruncate},
	{"O_DIRECTORY", OpenDirectory},
	{"O_NOFOLLOW", OpenNoFollow},
	{"O_PATH", OpenPath},
	{"O_NOATIME", OpenNoAtime},
}

// hereOnly are flags that concern the guest's own descriptor or machine.
var hereOnly = []string{"O_CLOEXEC", "O_NOCTTY", "O_NONBLOCK", "O_LARGEFILE", "O_DIRECT", "FASYNC"}

func openValue(name string, a abi.Arch) uint64 {
	v, ok := abi.FlagSetOf("open").Value(name, a)
	if !ok {
		panic("abi has no " + name)
	}
	return v
}

// OpenFlags returns the protocol's flags for those that a call of open has on a.
// Flags that concern the guest's machine alone are left out; others that the
// protocol lacks, as O_TMPFILE, are EOPNOTSUPP, unknown ones EINVAL.
func OpenFlags(v uint64, a abi.Arch) (uint32, error) {
	tmp := openValue("O_TMPFILE", a)
	if v&tmp == tmp {
		return 0, abi.EOPNOTSUPP
	}
	var flags uint32
	switch v & openValue("O_ACCMODE", a) {
	case openValue("O_RDONLY", a):
		flags = OpenRead
	case openValue("O_WRONLY", a):
		flags = OpenWrite
	case openValue("O_RDWR", a):
		flags = OpenRead | OpenWrite
	default:
		return 0, abi.EINVAL
	}
	v &^= openValue("O_ACCMODE", a)
	for _, n := range openNames {
		if bits := openValue(n.name, a); v&bits == bits {
			flags |= n.flag
			v &^= bits
		}
	}
	for _, name := range hereOnly {
		v &^= openValue(name, a)
	}
	if v != 0 {
		return 0, abi.EINVAL
	}
	return flags, nil
}

// HostOpenFlags returns what open(2) on this machine takes for the protocol's
// flags.
func HostOpenFlags(flags uint32) uint64 {
	v := openValue("O_RDONLY", abi.Native)
	switch flags & (OpenRead | OpenWrite) {
	case OpenRead | OpenWrite:
		v = openValue("O_RDWR", abi.Native)
	case OpenWrite:
		v = openValue("O_WRONLY", abi.Native)
	}
	for _, n := range openNames {
		if flags&n.flag != 0 {
			v |= openValue(n.name, abi.Native)
		}
	}
	return v
}

// typeBits pairs the types of files with S_IFMT's values on this machine.
var typeBits = [typeEnd]uint32{
	TypeRegular: unix.S_IFREG, TypeDirectory: unix.S_IFDIR, TypeSymlink: unix.S_IFLNK, TypeFIFO: unix.S_IFIFO,
	TypeSocket: unix.S_IFSOCK, TypeCharDevice: unix.S_IFCHR, TypeBlockDevice: unix.S_IFBLK,
}

// TypeOf returns the type that a mode of this machine has.
func TypeOf(mode uint32) FileType {
	for t, bits := range typeBits {
		if bits != 0 && mode&unix.S_IFMT == bits {
			return FileType(t)
		}
	}
	return TypeUnknown
}

// Mode returns a's type and permissions as st_mode of Linux has them.
func (a *Attr) Mode() uint32 { return typeBits[a.Type] | uint32(a.Perm) }

// ErrnoOf returns the number that err has in the protocol, by its name on this
// machine; EIO for errors without a number.
func ErrnoOf(err error) abi.Errno {
	if err == nil {
		return 0
	}
	var guest abi.Errno
	if errors.As(err, &guest) {
		return guest
	}
	var host syscall.Errno
	if errors.As(err, &host) {
		if e, ok := abi.ErrnoByName(unix.ErrnoName(host)); ok {
			return e
		}
	}
	return abi.EIO
}

// known fails on bits beyond those that are described.
func (c *coder) known(what string, v, end uint32) {
	if v >= end {
		c.fail("%s flags %#x", what, v)
	}
}
