package fault

import (
	"math/bits"
	"slices"
	"strings"
	"sync"

	"penumbra/abi"
	"penumbra/guest"
	"penumbra/trace"
)

// transferCalls are the calls that move bytes to or from a descriptor and say how
// many they did.
var transferCalls = setOfNames("read write pread64 pwrite64 readv writev preadv pwritev preadv2 pwritev2 " +
	"recvfrom sendto recvmsg sendmsg sendfile sendfile64 splice tee copy_file_range")

// setOfNames returns a function that returns the set of the calls named, made when
// it is first asked for: most runs of the program need none.
func setOfNames(names string) func() abi.Set {
	return sync.OnceValue(func() (set abi.Set) {
		for name := range strings.FieldsSeq(names) {
			set = set.Union(abi.SetOf(abi.ByName(name)))
		}
		return set
	})
}

// A transfer is what a call that moves bytes is to move: size bytes, to or
// from the parts of memory if it has several, otherwise where its arguments
// say. Parts end with the first that is not empty, and whole is how many bytes
// the array's first elements hold, each a number more than the one before.
type transfer struct {
	call  *trace.Call
	size  uint64
	count int // the argument with the size; -1 if that is spread over an array

	vector int      // the argument with the array, -1 if there is none
	first  buffer   // the first of the array that is not empty
	whole  []uint64 // the bytes in the first 1, 2, 3 … of the array

	message abi.Addr // the msghdr that holds the array, or 0
}

// buffer is an iovec.
type buffer struct{ base, size uint64 }

const (
	maxVector = 1024       // UIO_MAXIOV
	maxSize   = 0x7ffff000 // MAX_RW_COUNT: what the kernel moves at once
)

// transferOf returns what c is to move. It is not ok if c moves no bytes, or
// not in a way that could be cut short.
func transferOf(c *trace.Call) (t transfer, ok bool) {
	if !transferCalls().Has(c.Syscall) || c.Folded() {
		return t, false
	}
	t = transfer{call: c, count: -1, vector: -1}
	args := c.Syscall.ArgsOn(c.Arch)
	for i, a := range args {
		switch {
		case a.Kind == abi.KindSize:
			// A size that is negative to the kernel is an error of the guest's.
			limit := uint64(1) << (8*c.Arch.PointerSize() - 1)
			t.count, t.size = i, min(c.Args[i], maxSize)
			return t, t.size > 0 && c.Args[i] < limit
		case a.Kind == abi.KindIovec:
			t.vector = i
			return t, t.readVector(c.Args.Addr(i), c.Args[a.Len])
		case a.Of == "msghdr":
			return t, t.readMessage(c.Args.Addr(i))
		}
	}
	return t, false
}

// readVector reads an array of n iovecs.
func (t *transfer) readVector(at abi.Addr, n uint64) bool {
	layout := abi.LayoutOf("iovec")
	a := t.call.Arch
	step := layout.Size(a)
	if n == 0 || n > maxVector {
		return false
	}
	raw := make([]byte, int(n)*step)
	if _, err := t.call.Memory().ReadAt(raw, at); err != nil {
		return false
	}
	base, size := layout.Field("iov_base"), layout.Field("iov_len")
	for e := range slices.Chunk(raw, step) {
		b := buffer{base.Get(a, e), size.Get(a, e)}
		if t.first.size == 0 {
			t.first = b
		}
		if t.size += b.size; b.size > maxSize || t.size > maxSize {
			return false
		}
		t.whole = append(t.whole, t.size)
	}
	return t.size > 0
}

// readMessage reads the msghdr of a message without an address or control
// data, which nothing but sendmsg and recvmsg could move.
func (t *transfer) readMessage(at abi.Addr) bool {
	a := t.call.Arch
	raw := make([]byte, abi.LayoutOf("msghdr").Size(a))
	if _, err := t.call.Memory().ReadAt(raw, at); err != nil {
		return false
	}
	get := func(name string) uint64 { return abi.LayoutOf("msghdr").Field(name).Get(a, raw) }
	if get("msg_name") != 0 || get("msg_control") != 0 && get("msg_controllen") != 0 {
		return false
	}
	t.message = at
	return t.readVector(abi.Addr(get("msg_iov")), get("msg_iovlen"))
}

// A cut is a call that moves fewer bytes than the one in whose place it runs.
type cut struct {
	number int
	args   abi.Args
	moves  uint64            // how many it moves at most
	of     uint64            // how many the guest's call would
	finish func(*trace.Call) // called when it has ended, if not nil
}

// cutTo returns a call that moves n bytes of t, or somewhat fewer where its
// buffers end, but always one at least. It is not ok if that is all of t, or
// the architecture has no such call.
func (t transfer) cutTo(n uint64) (cut, bool) {
	if n < 1 || n >= t.size {
		return cut{}, false
	}
	c := t.call
	k := cut{number: c.Number, args: c.Args, moves: n, of: t.size}
	if t.vector < 0 && t.message == 0 {
		k.args[t.count] = n
		return k, true
	}
	if !t.single() || n > t.first.size && t.vector >= 0 {
		// As many of the array's first elements as hold no more than n.
		last, _ := slices.BinarySearch(t.whole, n+1)
		if t.vector < 0 || last == 0 || t.whole[last-1] == 0 {
			return cut{}, false
		}
		k.moves = t.whole[last-1]
		k.args[c.Syscall.ArgsOn(c.Arch)[t.vector].Len] = uint64(last)
		return k, true
	}
	k.moves = min(n, t.first.size)
	return k, t.issueSingle(&k) && k.moves < t.size
}

// singles are the calls that do with one buffer what a call does with an
// array of them. The position of the p- ones is among the same arguments.
var singles = map[string]string{
	"readv": "read", "writev": "write",
	"preadv": "pread64", "pwritev": "pwrite64", "preadv2": "pread64", "pwritev2": "pwrite64",
	"recvmsg": "recvfrom", "sendmsg": "sendto",
}

// single reports whether a call with one buffer can stand in for t's.
func (t transfer) single() bool {
	switch t.call.Syscall.Name {
	case "preadv2", "pwritev2":
		// Those with flags have no other call, and position -1 is the file's own.
		args := t.call.Args
		flags := len(t.call.Syscall.ArgsOn(t.call.Arch)) - 1
		return args[flags] == 0 && args.Int32(3) != -1
	}
	return true
}

// issueSingle makes k the call for t's first buffer alone.
func (t transfer) issueSingle(k *cut) bool {
	c := t.call
	number, ok := abi.ByName(singles[c.Syscall.Name]).On(c.Arch)
	if !ok {
		return false
	}
	k.number = number
	if t.message != 0 {
		flags := c.Args[2]
		k.args = abi.Args{c.Args[0], t.first.base, k.moves, flags}
		k.finish = t.finishMessage
		return true
	}
	k.args[1], k.args[2] = t.first.base, k.moves
	return true
}

// finishMessage writes what recvmsg says beside its result: that there was no
// address and no control data.
func (t transfer) finishMessage(c *trace.Call) {
	if c.Syscall.Name != "recvmsg" || c.Failed() {
		return
	}
	put := func(m guest.Memory, name string) {
		f := abi.LayoutOf("msghdr").Field(name)
		// The kernel would have failed with EFAULT here, with the data gone too.
		_, _ = m.WriteAt(make([]byte, f.Size(c.Arch)), t.message+abi.Addr(f.Offset(c.Arch)))
	}
	put(c.Memory(), "msg_controllen")
	put(c.Memory(), "msg_flags")
}

// lengthFrom returns a length from 1 to size-1, each number of digits as likely
// as another: it is for a request of size bytes where far fewer may be there.
func lengthFrom(draw, size uint64) uint64 {
	digits := uint64(bits.Len64(size - 1))
	most := min(uint64(1)<<(draw%digits+1)-1, size-1)
	return 1 + mix(draw)%most
}
