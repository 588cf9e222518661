#include "textflag.h"

// func clone(flags, stack uintptr, c *child, entry uintptr) (pid int)
//
// The child calls Go's own calling convention: a wrapper around that would be
// instrumented under the race detector, whose memory is the parent's. 16 bytes
// are for the argument, should it be spilled.
TEXT ·clone(SB),NOSPLIT,$0-40
	MOVQ	flags+0(FP), DI
	MOVQ	stack+8(FP), SI
	SUBQ	$16, SI
	MOVQ	c+16(FP), R12
	MOVQ	entry+24(FP), R13
	XORL	DX, DX
	XORL	R10, R10
	XORL	R8, R8
	MOVL	$56, AX		// clone
	SYSCALL
	TESTQ	AX, AX
	JEQ	child
	MOVQ	AX, pid+32(FP)
	RET
child:
	MOVQ	R12, AX
	XORPS	X15, X15
	XORL	BP, BP
	CALL	R13
	INT	$3
