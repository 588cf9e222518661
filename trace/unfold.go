package trace

import (
	"encoding/binary"
	"strings"
	"sync"

	"penumbra/abi"
)

// i386 has calls that stand for others: socketcall and ipc for those that a
// number among their arguments names, and mmap and select, whose own arguments
// lie in memory.
var (
	socketcall, ipc  = abi.ByName("socketcall"), abi.ByName("ipc")
	socketNames      = abi.FlagSetOf("socketcall")
	ipcNames         = abi.FlagSetOf("ipccall")
	mmap, selectCall = abi.ByName("mmap"), abi.ByName("select")
)

// Folding returns the calls that may stand for one of set.
func Folding(set abi.Set) abi.Set {
	var folding abi.Set
	for s := range set.All() {
		switch s.Class {
		case abi.ClassNetwork:
			folding = folding.Union(abi.SetOf(socketcall))
		case abi.ClassIPC:
			folding = folding.Union(abi.SetOf(ipc))
		}
	}
	return folding
}

// Unfold makes a call that stands for another into that one, with its arguments;
// the number stays. Where memory cannot be read, or no call has the number, it
// does nothing.
func (c *Call) Unfold() {
	if c.Arch != abi.I386 || c.Syscall == nil {
		return
	}
	switch c.Syscall {
	case socketcall:
		c.unfoldSocket()
	case ipc:
		c.unfoldIPC()
	case mmap:
		c.takeArguments(c.Args.Addr(0), 6)
	case selectCall:
		c.takeArguments(c.Args.Addr(0), 5)
	}
}

// takeArguments reads n arguments from memory.
func (c *Call) takeArguments(at abi.Addr, n int) bool {
	args, ok := c.words(at, n)
	if ok {
		c.Args, c.params = args, c.Syscall.Args[:n]
	}
	return ok
}

// words reads n words of 32 bits.
func (c *Call) words(at abi.Addr, n int) (args abi.Args, ok bool) {
	const size = 4
	var b [6 * size]byte
	if _, err := c.Space().ReadAt(b[:n*size], at); err != nil {
		return args, false
	}
	for i := range n {
		args[i] = uint64(binary.LittleEndian.Uint32(b[i*size:]))
	}
	return args, true
}

func (c *Call) unfoldSocket() {
	name := strings.ToLower(strings.TrimPrefix(socketNames.Format(c.Args[0], c.Arch), "SYS_"))
	of, n := name, -1
	// These two have no number of their own anywhere.
	if name == "send" || name == "recv" {
		of, n = map[string]string{"send": "sendto", "recv": "recvfrom"}[name], 4
	}
	s := abi.ByName(of)
	if s == nil {
		return
	}
	if n < 0 {
		n = len(s.Args)
	}
	folded := c.Syscall
	c.Syscall = s
	if !c.takeArguments(c.Args.Addr(1), n) {
		c.Syscall = folded
		return
	}
	c.name = name
}

// ipcArguments says which arguments of ipc those of a call are, in its order.
var ipcArguments = sync.OnceValue(func() map[string][]int {
	return map[string][]int{
		"semop": {1, 4, 2}, "semget": {1, 2, 3}, "semctl": {1, 2, 3, 4}, "semtimedop": {1, 4, 2, 5},
		"msgsnd": {1, 4, 2, 3}, "msgrcv": {1, 4, 2, 5, 3}, "msgget": {1, 2}, "msgctl": {1, 2, 4},
		"shmat": {1, 4, 2}, "shmdt": {4}, "shmget": {1, 2, 3}, "shmctl": {1, 2, 4},
	}
})

func (c *Call) unfoldIPC() {
	const numbers, version = 0xffff, 16 // the upper half is a version
	name := strings.ToLower(ipcNames.Format(c.Args[0]&numbers, c.Arch))
	order := ipcArguments()[name]
	if order == nil {
		return
	}
	var args abi.Args
	third := c.Args[3]
	for i, from := range order {
		args[i] = c.Args[from]
	}
	if name == "msgrcv" && c.Args[0]>>version == 0 {
		// The first version had the message and its type behind one pointer.
		both, ok := c.words(c.Args.Addr(4), 2)
		if !ok {
			return
		}
		args[1], args[3] = both[0], both[1]
	}
	c.Syscall = abi.ByName(name)
	c.Args, c.params, c.byIPC = args, c.Syscall.Args[:len(order)], true
	if name == "shmat" {
		c.Args[3] = third
	}
}
