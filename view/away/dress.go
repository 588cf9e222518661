package away

import (
	"encoding/binary"

	"penumbra/abi"
	"penumbra/guest"
)

// Entries of the auxiliary vector (linux/auxvec.h, asm/auxvec.h).
const (
	auxIgnore     = 1
	auxUID        = 11 // and the three behind it: effective user, group, effective group
	auxEUID       = 12
	auxGID        = 13
	auxEGID       = 14
	auxSysinfo    = 32 // of i386: where the vDSO enters the kernel
	auxSysinfoELF = 33 // where the vDSO is
)

// Dress prepares a program that is about to begin. It must not find the vDSO, which
// would tell it this machine's time without a call: then it makes a call. What the
// kernel tells programs of their ids is, in a remote mode, the shadow's.
func (g *Guest) Dress(t *guest.Thread, remote bool) error {
	regs, err := guest.ReadRegisters(t, abi.Native)
	if err != nil {
		return err
	}
	word := 8
	if !regs.IsNative() {
		word = 4
	}
	stack := &stack{t.Memory(), word, abi.Addr(regs.StackPointer()), nil}
	argc := stack.next()
	for range argc {
		stack.next()
	}
	stack.next() // the null behind argv
	for stack.err == nil && stack.next() != 0 {
	}
	ids := map[uint64]uint32{auxUID: g.user.UID, auxEUID: g.user.EUID, auxGID: g.user.GID, auxEGID: g.user.EGID}
	for stack.err == nil {
		at := stack.at
		kind := stack.next()
		stack.next()
		id, isID := ids[kind]
		switch {
		case kind == 0:
			return stack.err
		case kind == auxSysinfo || kind == auxSysinfoELF:
			stack.put(at, auxIgnore)
		case isID && remote:
			stack.put(at+abi.Addr(word), uint64(id))
		}
	}
	return stack.err
}

// A stack is that of a program before its first instruction.
type stack struct {
	memory guest.Memory
	word   int
	at     abi.Addr
	err    error
}

func (s *stack) next() uint64 {
	b := make([]byte, 8)
	if s.err == nil {
		_, s.err = s.memory.ReadAt(b[:s.word], s.at)
	}
	s.at += abi.Addr(s.word)
	return binary.LittleEndian.Uint64(b)
}

func (s *stack) put(at abi.Addr, v uint64) {
	if s.err == nil {
		_, s.err = s.memory.WriteAt(put(nil, s.word, v), at)
	}
}
