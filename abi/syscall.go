package abi

import (
	"fmt"
	"sort"
	"strings"
)

//go:generate go run ./gen

// Syscall describes one system call. The descriptions are shared: treat them
// as read-only.
type Syscall struct {
	Name          string
	Number        [NumArch]int // by Arch, -1 where the architecture lacks the call
	Class         Class
	Axis          Axis
	Returns       Kind     // what a result that is no error means
	Of            string   // the name of Set
	Set           *FlagSet // of the result if Returns is KindFlags
	Args          []Arg    // on x86-64, or where the call exists if not there; see ArgsOn
	Interruptible bool     // may fail with EINTR after a signal handler ran
	NeverRestarts bool     // does so also if the handler asks for a restart
	NoReturn      bool     // what it leaves in the result register is no result
	Unimplemented bool     // a number that the kernel keeps and answers with ENOSYS

	index    int // in table
	variants [NumArch][]Arg
}

// Arg describes one argument of a call.
type Arg struct {
	Name   string
	Kind   Kind
	Dir    Dir      // of memory: whether the kernel reads it, writes it, or both
	Of     string   // the name of Set or Layout
	Set    *FlagSet // of KindFlags
	Layout *Layout  // of memory: that of each element

	// The extent of memory, see Length.
	Length Length
	Len    int // the index of the argument with the length, or -1
	Fixed  int // the number of elements if that is constant, otherwise 0
	Per    int // how many units of the length make one element or byte, 1 or more

	At       int  // KindPath: the index of the dirfd it starts from, or -1
	NoFollow bool // KindPath: a symbolic link at its end is not followed
}

// Length says how the extent of an argument's memory is given.
type Length uint8

const (
	LengthOne       Length = iota // one element, or as far as its terminator
	LengthBytes                   // Len is a number of bytes
	LengthElements                // Len is a number of elements
	LengthAtPointer               // Len points to a number of bytes, an int
	LengthFixed                   // Fixed elements
	LengthTrailing                // one element, and Len bytes right behind it
)

// ArgsOn returns the arguments of s on a, which differ from Args where the
// architecture orders them otherwise or splits 64-bit numbers into halves.
func (s *Syscall) ArgsOn(a Arch) []Arg {
	if v := s.variants[a]; v != nil {
		return v
	}
	return s.Args
}

// On returns the number of s on a, or ok == false if a has no such call.
func (s *Syscall) On(a Arch) (nr int, ok bool) {
	nr = s.Number[a]
	return nr, nr >= 0
}

// String returns the name of s.
func (s *Syscall) String() string { return s.Name }

// Lookup returns the call that has number nr on a, or nil if there is none.
// It does not allocate.
func Lookup(a Arch, nr int) *Syscall {
	if int(a) >= NumArch || uint(nr) >= uint(len(byNumber[a])) {
		return nil
	}
	i := byNumber[a][nr]
	if i == 0 {
		return nil
	}
	return &table[i-1]
}

// ByName returns the call of that name, or nil if there is none. Names are
// the kernel's, as in its tables of calls.
func ByName(name string) *Syscall {
	i, ok := sort.Find(len(table), func(i int) int { return strings.Compare(name, table[i].Name) })
	if !ok {
		return nil
	}
	return &table[i]
}

// Syscalls returns all calls of all architectures, sorted by name.
func Syscalls() []*Syscall {
	all := make([]*Syscall, len(table))
	for i := range table {
		all[i] = &table[i]
	}
	return all
}

// MaxNumber returns the highest number that a call has on a.
func MaxNumber(a Arch) int { return len(byNumber[a]) - 1 }

// Class is the one class that a call is counted in. See ParseSet for sets
// that overlap.
type Class uint8

const (
	ClassOther    Class = iota
	ClassFile           // names a file by its path
	ClassDesc           // works on a descriptor, or makes one
	ClassProcess        // creates, ends, schedules or tunes processes and threads
	ClassMemory         // changes or asks for the address space
	ClassSignal         // sends, waits for or handles signals
	ClassTime           // clocks and timers
	ClassIdentity       // process ids, users, groups, capabilities, keys
	ClassNetwork        // sockets
	ClassIPC            // System V IPC and POSIX message queues
	ClassMachine        // the machine as a whole: names, mounts, modules
	numClass
)

var classWords = [numClass]string{
	"other", "file", "desc", "process", "memory", "signal", "time",
	"identity", "network", "ipc", "machine",
}

// String returns the word by which syscalls.txt and ParseSet name c.
func (c Class) String() string {
	if c < numClass {
		return classWords[c]
	}
	return fmt.Sprintf("Class(%d)", uint8(c))
}

// Axis says which axis of the syscall mode a call follows.
type Axis uint8

const (
	AxisOwn   Axis = iota // none: it never leaves the process and its machine
	AxisWhere             // the first, local or remote
	AxisMap               // the second, mapped or unmapped
	AxisBoth              // the first says how to open, the second which descriptor comes of it
	numAxis
)

var axisWords = [numAxis]string{"own", "where", "map", "both"}

// String returns the word by which syscalls.txt names x.
func (x Axis) String() string {
	if x < numAxis {
		return axisWords[x]
	}
	return fmt.Sprintf("Axis(%d)", uint8(x))
}
