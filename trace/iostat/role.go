package iostat

import (
	"slices"
	"strings"
	"sync"

	"penumbra/abi"
)

// An action is what a call does to descriptors and files, as far as a report
// cares.
type action uint8

const (
	ignore action = iota
	open          // makes a descriptor for a file that it names
	accept        // makes a descriptor for a connection
	closeOne
	closeRange
	dup       // result is another name of fd
	dupTo     // likewise, and replaces what the number named before
	fcntl     // may duplicate, may change flags
	transfer  // moves bytes between fd and memory
	message   // likewise, through a msghdr
	messages  // likewise, several, through an array of mmsghdr
	copyBytes // moves bytes from fd to fd2
	seek
	seekResult // likewise, with the result in memory
	syncFile   // makes what was written to fd last
	syncAll    // likewise, whole file systems
	resize     // sets the size of fd, or of a part of it
	inquire    // asks about fd
	mapFile
	name // looks up a name
	rename
	unlink
	cloneFlags // makes a thread; its first argument says with what in common
	cloneArgs  // likewise, with the flags in memory
	unshare
)

// actions are those that no argument's kind gives away.
var actions = [...][]string{
	closeOne:   {"close"},
	closeRange: {"close_range"},
	dup:        {"dup"},
	dupTo:      {"dup2", "dup3"},
	fcntl:      {"fcntl", "fcntl64"},
	seekResult: {"_llseek"},
	syncFile:   {"fsync", "fdatasync", "sync_file_range"},
	syncAll:    {"sync", "syncfs"},
	resize:     {"ftruncate", "ftruncate64", "fallocate"},
	rename:     {"rename", "renameat", "renameat2"},
	unlink:     {"unlink", "unlinkat"},
	cloneFlags: {"clone"},
	cloneArgs:  {"clone3"},
	unshare:    {"unshare"},
	ignore:     {"fgetxattr", "flistxattr"}, // attributes are no data
}

// A direction is that of data: from a file or to it.
type direction uint8

const (
	in  direction = iota // read
	out                  // written
)

// A role is an action and where its arguments are. What a call lacks is at -1.
type role struct {
	action action
	dir    direction
	vector bool // the memory is an array of iovec
	socket bool // the flags are those of recv(2)
	fd     int8
	fd2    int8 // what data goes to
	mem    int8 // the memory that is read or written
	size   int8 // its size in bytes, or the number of iovecs or messages
	pos    int8 // the offset, or its low half, or where it is in memory
	posHi  int8 // the offset's high half
	pos2   int8 // the offset of fd2, or the result of a seek, in memory
	flags  int8
	path   int8
	at     int8 // where path starts from
	path2  int8
	at2    int8
}

// roles holds the roles of all calls by architecture and number.
var roles = sync.OnceValue(func() (all [abi.NumArch][]role) {
	for a := range abi.Arch(abi.NumArch) {
		all[a] = make([]role, abi.MaxNumber(a)+1)
		for _, s := range abi.Syscalls() {
			if nr, ok := s.On(a); ok {
				all[a][nr] = roleOf(s, a)
			}
		}
	}
	return all
})

// Calls returns the calls that a Collector has to see: those that make, use
// and close descriptors, look up and change names, and divide or share tables
// of descriptors. Waiting for descriptors (poll(2)) is not among them, nor
// what happens to memory, but for mapping files.
func Calls() abi.Set { return seen() }

var seen = sync.OnceValue(func() (set abi.Set) {
	for _, s := range abi.Syscalls() {
		for a := range abi.Arch(abi.NumArch) {
			if nr, ok := s.On(a); ok && roles()[a][nr].action != ignore {
				set = set.Union(abi.SetOf(s))
			}
		}
	}
	return set
})

// roleOf reads the role of s on a from the table of calls.
func roleOf(s *abi.Syscall, a abi.Arch) role {
	r := role{fd: -1, fd2: -1, mem: -1, size: -1, pos: -1, posHi: -1, pos2: -1, flags: -1,
		path: -1, at: -1, path2: -1, at2: -1}
	r.socket = s.Class == abi.ClassNetwork
	r.place(s.ArgsOn(a))
	if strings.HasPrefix(s.Name, "send") {
		r.dir = out // what a msghdr is for its direction does not tell
	}
	r.action = r.actionOf(s)
	return r
}

func (r *role) actionOf(s *abi.Syscall) action {
	for a, names := range actions {
		if slices.Contains(names, s.Name) {
			return action(a)
		}
	}
	data := s.Class == abi.ClassDesc || s.Class == abi.ClassNetwork
	arg := func(match func(abi.Arg) bool) bool { return slices.ContainsFunc(s.Args, match) }
	switch {
	case s.Class == abi.ClassFile && s.Returns == abi.KindFD:
		return open
	case s.Class == abi.ClassNetwork && s.Returns == abi.KindFD && r.fd >= 0:
		return accept
	case data && s.Returns == abi.KindBytes && r.fd2 >= 0:
		return copyBytes
	case data && arg(func(x abi.Arg) bool { return x.Of == "msghdr" }):
		return message
	case data && arg(func(x abi.Arg) bool { return x.Of == "mmsghdr" }):
		return messages
	case data && s.Returns == abi.KindBytes && r.fd >= 0 && r.mem >= 0:
		return transfer
	case s.Returns == abi.KindOffset && r.fd >= 0:
		return seek
	case s.Class == abi.ClassMemory && r.fd >= 0 && arg(func(x abi.Arg) bool { return x.Of == "mmap" }):
		return mapFile
	case s.Class == abi.ClassDesc && r.fd >= 0 && statCalls().Has(s):
		return inquire
	case s.Class == abi.ClassFile && arg(func(x abi.Arg) bool { return x.Kind == abi.KindPath }):
		return name
	}
	return ignore
}

// statCalls are the variants of stat(2).
var statCalls = sync.OnceValue(func() abi.Set {
	set, err := abi.ParseSet("%%stat")
	if err != nil {
		panic(err) // the set is the table's own
	}
	return set
})

// place notes where the arguments are.
func (r *role) place(args []abi.Arg) {
	for i, arg := range args {
		i := int8(i)
		switch arg.Kind {
		case abi.KindFD, abi.KindDirFD:
			r.placeFD(i, arg)
		case abi.KindBuffer, abi.KindIovec:
			if r.mem < 0 {
				r.placeMemory(i, arg)
			}
		case abi.KindOffset, abi.KindOffsetLow:
			if r.pos < 0 {
				r.pos = i
			}
		case abi.KindOffsetHigh:
			r.posHi = i
		case abi.KindSize, abi.KindUint:
			if r.size < 0 {
				r.size = i
			}
		case abi.KindFlags:
			r.flags = i
		case abi.KindPath:
			if r.path < 0 {
				r.path, r.at = i, int8(arg.At)
			} else {
				r.path2, r.at2 = i, int8(arg.At)
			}
		case abi.KindStruct:
			r.placeStruct(i, arg)
		}
	}
}

// placeFD takes the first descriptor as the one that is used. Of calls with
// two the names say which one data comes from.
func (r *role) placeFD(i int8, arg abi.Arg) {
	switch {
	case r.fd < 0:
		r.fd = i
	case arg.Name == "in_fd":
		r.fd, r.fd2 = i, r.fd
	default:
		r.fd2 = i
	}
}

func (r *role) placeMemory(i int8, arg abi.Arg) {
	r.mem, r.size = i, int8(arg.Len)
	r.vector = arg.Kind == abi.KindIovec
	if arg.Dir&abi.In != 0 {
		r.dir = out
	}
}

// placeStruct notes messages and offsets in memory: the first belongs to the
// descriptor that data comes from, the second to the other.
func (r *role) placeStruct(i int8, arg abi.Arg) {
	switch {
	case arg.Of == "msghdr" || arg.Of == "mmsghdr":
		r.mem = i
	case arg.Of == "s64" || arg.Of == "long":
		if r.pos < 0 {
			r.pos = i
		} else {
			r.pos2 = i
		}
	}
}
