package away

import (
	"encoding/binary"
	"strings"
	"sync"

	"penumbra/abi"
	"penumbra/intercept"
)

// foldedArguments says where calls of i386 that have their arguments in memory have
// the pointer to them, and how many there are; those of socketcall its first says.
var foldedArguments = map[string]struct{ at, count int }{"mmap": {0, 6}, "select": {0, 5}, "socketcall": {1, 0}}

// socketCalls are the calls that socketcall(2) stands for, by number.
var socketCalls = sync.OnceValue(func() map[uint64]*abi.Syscall {
	all := map[uint64]*abi.Syscall{}
	names := abi.FlagSetOf("socketcall")
	for number := uint64(1); ; number++ {
		name, ok := strings.CutPrefix(names.Format(number, abi.I386), "SYS_")
		if !ok {
			return all
		}
		switch name = strings.ToLower(name); name {
		case "send":
			name = "sendto"
		case "recv":
			name = "recvfrom"
		}
		all[number] = abi.ByName(name)
	}
})

// unfold returns a call that stands for another as that one.
func unfold(c *intercept.Call) *intercept.Call {
	f, ok := foldedArguments[c.Syscall.Name]
	if !ok || c.Arch != abi.I386 {
		return c
	}
	out := *c
	if f.count == 0 {
		const send, receive, shorter = 9, 10, 4 // SYS_SEND, SYS_RECV of linux/net.h have no address
		number := c.Args[0] & 0xffffffff
		if out.Syscall = socketCalls()[number]; out.Syscall == nil {
			return c
		}
		if f.count = len(out.Syscall.Args); number == send || number == receive {
			f.count = shorter
		}
	}
	b := make([]byte, 4*f.count)
	if _, err := c.Memory().ReadAt(b, c.Args.Addr(f.at)); err != nil {
		return c
	}
	out.Args = abi.Args{}
	for i := range f.count {
		out.Args[i] = uint64(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return &out
}
