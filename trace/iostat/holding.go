package iostat

import (
	"encoding/binary"
	"slices"

	"penumbra/abi"
	"penumbra/guest"
	"penumbra/trace"
)

// For its own report a Collector need not know of a descriptor before it is used.
// Who wants to hear of a file's last close does: all that its program holds from
// the start, and what others than open calls have made.

// Transfers returns the calls that a Collector has to see for Closed to be told of
// each file when it is closed for the last time, and with all that was moved.
func Transfers() abi.Set {
	var set abi.Set
	for _, s := range abi.Syscalls() {
		for a := range abi.Arch(abi.NumArch) {
			if nr, ok := s.On(a); ok && (makes(s) || roles()[a][nr].action.transfers()) {
				set = set.Union(abi.SetOf(s))
			}
		}
	}
	return set
}

func (a action) transfers() bool {
	switch a {
	case open, accept, closeOne, closeRange, dup, dupTo, fcntl, transfer, message, messages, copyBytes, seek, seekResult,
		cloneFlags, cloneArgs, unshare:
		return true
	}
	return false
}

// makes reports whether a call makes descriptors.
func makes(s *abi.Syscall) bool { return s.Returns == abi.KindFD || pairOf(s) >= 0 }

// pairOf returns the argument that points to the two descriptors that s makes, or
// -1.
func pairOf(s *abi.Syscall) int {
	return slices.IndexFunc(s.Args, func(arg abi.Arg) bool { return arg.Kind == abi.KindFDPair })
}

// inherited meets all that a program holds from the start.
func (c *Collector) inherited(t *thread) {
	if c.Closed == nil {
		return
	}
	for _, fd := range c.host.descriptors(t.guest) {
		c.met(t, fd)
	}
}

// made meets what a call has made that does nothing else.
func (c *Collector) made(call *trace.Call) {
	if c.Closed == nil || call.Failed() || call.Syscall == nil || !makes(call.Syscall) {
		return
	}
	fds := []int32{int32(call.Value)}
	if i := pairOf(call.Syscall); i >= 0 {
		var b [8]byte
		if !c.host.read(call.Thread, b[:], call.Args.Addr(i)) {
			return
		}
		fds = []int32{int32(binary.LittleEndian.Uint32(b[:])), int32(binary.LittleEndian.Uint32(b[4:]))}
	}
	t := c.thread(call.Thread)
	for _, fd := range fds {
		c.table.Close(t.guest.ID(), fd) // whatever it was before
		c.met(t, fd)
	}
}

// End takes note of what the run has left behind: the last threads' descriptors,
// and messages that nobody received.
func (c *Collector) End() { c.table.End() }

// descriptors lists the descriptors of a thread.
func (procfs) descriptors(t *guest.Thread) []int32 { return t.Descriptors() }
