package guest

import (
	"penumbra/abi"
	"penumbra/internal/sys"
)

// Registers are those of a stopped thread, seen as a call sees them.
type Registers struct{ raw sys.Regs }

// ReadRegisters reads the registers of a stopped thread that is in a call of
// the given architecture.
func ReadRegisters(t *Thread, _ abi.Arch) (*Registers, error) {
	r := &Registers{}
	return r, sys.GetRegs(t.id, &r.raw)
}

// Write sets the registers of the stopped thread t.
func (r *Registers) Write(t *Thread) error { return sys.SetRegs(t.id, &r.raw) }

// Number returns the number of the call that t is in or has just left; -1
// outside of a call.
func (r *Registers) Number() int { return int(r.raw.Syscall) }

// SetNumber changes the call that begins; -1 makes the kernel skip it.
func (r *Registers) SetNumber(n int) { r.raw.Syscall = int32(n) }

// Result returns the register of the call's result.
func (r *Registers) Result() int64 { return int64(r.raw.User.Regs[0]) }

// SetResult sets the result of a call that ends or is skipped.
func (r *Registers) SetResult(v int64) { r.raw.User.Regs[0] = uint64(v) }

// Args returns the arguments of the call that t is in, but for the first if
// the result has taken its place.
func (r *Registers) Args() (args abi.Args) {
	copy(args[:], r.raw.User.Regs[:6])
	return args
}

// SetArgs sets the arguments of a call that begins, or what is left of them
// when it ends. The first shares its register with the result.
func (r *Registers) SetArgs(args abi.Args) { copy(r.raw.User.Regs[:6], args[:]) }

// StackPointer returns the top of t's stack.
func (r *Registers) StackPointer() uint64 { return r.raw.User.Sp }

// IP returns where t goes on.
func (r *Registers) IP() uint64 { return r.raw.User.Pc }

// SetIP sets where t goes on. During a call the kernel does not look at it.
func (r *Registers) SetIP(at uint64) { r.raw.User.Pc = at }

// Issue makes a thread that is stopped behind the instruction of a call issue
// another call by the same instruction.
func (r *Registers) Issue(number int, args abi.Args) {
	const length = 4
	r.raw.User.Pc -= length
	r.raw.User.Regs[8] = uint64(number)
	r.raw.Syscall = -1
	r.SetArgs(args)
}

// SkipTrap moves on from the trap instruction that stopped the thread.
func (r *Registers) SkipTrap() { r.raw.User.Pc += 4 }

// InstructionPointer returns where t goes on.
func (r *Registers) InstructionPointer() uint64 { return r.raw.User.Pc }

// SetInstructionPointer makes t go on somewhere else.
func (r *Registers) SetInstructionPointer(at uint64) { r.raw.User.Pc = at }

// IsNative reports whether t runs code of the machine's own word size.
func (r *Registers) IsNative() bool { return true }
