#include "textflag.h"

// func clone(flags, stack uintptr, c *child, entry uintptr) (pid int)
//
// The child calls Go's own calling convention: a wrapper around that would be
// instrumented under the race detector, whose memory is the parent's. 32 bytes
// are for the argument, should it be spilled.
TEXT ·clone(SB),NOSPLIT,$0-40
	MOVD	flags+0(FP), R0
	MOVD	stack+8(FP), R1
	MOVD	c+16(FP), R10
	MOVD	entry+24(FP), R11
	MOVD	$0, R2
	MOVD	$0, R3
	MOVD	$0, R4
	MOVD	$220, R8	// clone
	SVC
	CBZ	R0, child
	MOVD	R0, pid+32(FP)
	RET
child:
	SUB	$32, RSP
	MOVD	R10, R0
	MOVD	$0, R29
	BL	(R11)
	BRK
