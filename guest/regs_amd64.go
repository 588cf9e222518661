package guest

import (
	"penumbra/abi"
	"penumbra/internal/sys"
)

// Registers are those of a stopped thread, seen as a call sees them.
type Registers struct {
	raw  sys.Regs
	arch abi.Arch
}

// ReadRegisters reads the registers of a stopped thread that is in a call of
// the given architecture.
func ReadRegisters(t *Thread, arch abi.Arch) (*Registers, error) {
	r := &Registers{arch: arch}
	return r, sys.GetRegs(t.id, &r.raw)
}

// Write sets the registers of the stopped thread t.
func (r *Registers) Write(t *Thread) error { return sys.SetRegs(t.id, &r.raw) }

// Number returns the number of the call that t is in or has just left; -1
// outside of a call.
func (r *Registers) Number() int { return int(int64(r.raw.Orig_rax)) }

// SetNumber changes the call that begins; -1 makes the kernel skip it.
func (r *Registers) SetNumber(n int) { r.raw.Orig_rax = uint64(int64(n)) }

// Result returns the register of the call's result, sign-extended.
func (r *Registers) Result() int64 {
	if r.arch == abi.I386 {
		return int64(int32(r.raw.Rax))
	}
	return int64(r.raw.Rax)
}

// SetResult sets the result of a call that ends or is skipped.
func (r *Registers) SetResult(v int64) { r.raw.Rax = uint64(v) }

// Args returns the arguments of the call that t is in.
func (r *Registers) Args() abi.Args {
	w := &r.raw
	if r.arch == abi.I386 {
		return abi.Args{w.Rbx, w.Rcx, w.Rdx, w.Rsi, w.Rdi, w.Rbp}
	}
	return abi.Args{w.Rdi, w.Rsi, w.Rdx, w.R10, w.R8, w.R9}
}

// SetArgs sets the arguments of a call that begins, or what is left of them
// when it ends.
func (r *Registers) SetArgs(args abi.Args) {
	p := [6]*uint64{&r.raw.Rdi, &r.raw.Rsi, &r.raw.Rdx, &r.raw.R10, &r.raw.R8, &r.raw.R9}
	if r.arch == abi.I386 {
		p = [6]*uint64{&r.raw.Rbx, &r.raw.Rcx, &r.raw.Rdx, &r.raw.Rsi, &r.raw.Rdi, &r.raw.Rbp}
	}
	for i, reg := range p {
		*reg = args[i]
	}
}

// StackPointer returns the top of t's stack.
func (r *Registers) StackPointer() uint64 { return r.raw.Rsp }

// IP returns where t goes on.
func (r *Registers) IP() uint64 { return r.raw.Rip }

// SetIP sets where t goes on. During a call the kernel does not look at it.
func (r *Registers) SetIP(at uint64) { r.raw.Rip = at }

// Issue makes a thread that is stopped behind the instruction of a call issue
// another call by the same instruction. All of x86's are two bytes long; behind
// SYSENTER in the vDSO the kernel returns to, an int 0x80 stands for this.
func (r *Registers) Issue(number int, args abi.Args) {
	const length = 2
	r.raw.Rip -= length
	r.raw.Rax = uint64(number)
	r.raw.Orig_rax = ^uint64(0)
	r.SetArgs(args)
}

// SkipTrap moves on from the trap instruction that stopped the thread; on
// x86 the processor has done so.
func (r *Registers) SkipTrap() {}

// InstructionPointer returns where t goes on.
func (r *Registers) InstructionPointer() uint64 { return r.raw.Rip }

// SetInstructionPointer makes t go on somewhere else.
func (r *Registers) SetInstructionPointer(at uint64) { r.raw.Rip = at }

// IsNative reports whether t runs code of the machine's own word size.
func (r *Registers) IsNative() bool {
	const userCode64 = 0x33 // the segment (arch/x86/include/asm/segment.h)
	return r.raw.Cs == userCode64
}
