package launch

import (
	"fmt"
	"os"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"

	"penumbra/internal/sys"
)

// child is all that the two children need, prepared beforehand since they may
// not allocate. They use it where it is, in the memory of this process.
type child struct {
	path *byte
	argv []*byte
	env  []*byte
	dir  *byte

	files            []int
	next             int // a number above all of files
	reset            bool
	ignored, blocked uint64
	limits           []Limit

	prog        unix.SockFprog
	filterFlags uint32
	noNewPrivs  bool

	lifeline, reports, gate, failure int
	// The supervisor's ends of lifeline and gate. Open in a child they would
	// keep its own end from ever breaking.
	lifelineHeld, gateHeld int

	follow     bool
	stopped    uint32 // the signal that stopped the first process, or 0
	supervisor int
	first      int
	children   *byte // path of the init's list of children
	buf        [512]byte

	initStack, firstStack stack
	initEntry, firstEntry uintptr // where initMain and firstMain begin
}

// stack is the room for a child's calls. The linker sees to it that a chain of
// nosplit functions needs less than 800 bytes.
type stack [4096]byte

// top is where a stack begins, aligned as both machines want it.
func (s *stack) top() uintptr {
	const alignment = 16
	return (uintptr(unsafe.Pointer(s)) + unsafe.Sizeof(*s)) &^ (alignment - 1)
}

// clone is clone(2) for a child with the memory of this process and all else its
// own, which lives by the function at entry on the given stack. It returns a negative
// errno on failure.
func clone(flags, stack uintptr, c *child, entry uintptr) (pid int)

// entryOf returns where the code of a function begins.
func entryOf(f func(*child)) uintptr { return **(**uintptr)(unsafe.Pointer(&f)) }

var pathChildren = []byte("/proc/thread-self/children\x00")

func newChild(s *Spec, p *pipes) (*child, error) {
	c := &child{
		files: append([]int(nil), s.Files...), reset: s.Reset, ignored: s.Ignored, blocked: s.Blocked, limits: s.Limits,
		filterFlags: s.FilterFlags | sys.FlagNewListener, noNewPrivs: s.NoNewPrivs,
		lifeline: p.lifeline[0], reports: p.reports[1], gate: p.gate[0], failure: p.failure[1],
		lifelineHeld: p.lifeline[1], gateHeld: p.gate[1],
		children: &pathChildren[0], follow: s.Follow, supervisor: os.Getpid(),
		initEntry: entryOf(initMain), firstEntry: entryOf(firstMain),
	}
	var err error
	if c.path, err = unix.BytePtrFromString(s.Path); err != nil {
		return nil, fmt.Errorf("launch: path %q: %w", s.Path, err)
	}
	if c.argv, err = syscall.SlicePtrFromStrings(s.Argv); err != nil {
		return nil, fmt.Errorf("launch: arguments: %w", err)
	}
	if c.env, err = syscall.SlicePtrFromStrings(s.Env); err != nil {
		return nil, fmt.Errorf("launch: environment: %w", err)
	}
	if s.Dir != "" {
		if c.dir, err = unix.BytePtrFromString(s.Dir); err != nil {
			return nil, fmt.Errorf("launch: directory %q: %w", s.Dir, err)
		}
	}
	for _, fd := range append(c.files, len(c.files), c.gate, c.failure) {
		c.next = max(c.next, fd+1)
	}
	c.prog = unix.SockFprog{Len: uint16(len(s.Filter)), Filter: &s.Filter[0]}
	return c, nil
}

//go:nosplit
//go:norace
//go:nocheckptr
func exit(code int) {
	for {
		raw(unix.SYS_EXIT_GROUP, uintptr(code), 0, 0, 0)
	}
}

// raw is a system call that returns its value or a negative errno.
//
//go:nosplit
//go:norace
//go:nocheckptr
func raw(trap, a, b, c, d uintptr) int {
	r, _, e := syscall.RawSyscall6(trap, a, b, c, d, 0, 0)
	if e != 0 {
		return -int(e)
	}
	return int(r)
}
