#include "textflag.h"

// CLONE makes a child that begins in main; the frame of 8 bytes is for its
// argument.
#define CLONE(main) \
	MOVQ	flags+0(FP), DI	\
	MOVQ	stack+8(FP), SI	\
	SUBQ	$8, SI	\
	MOVQ	c+16(FP), R12	\
	XORL	DX, DX	\
	XORL	R10, R10	\
	XORL	R8, R8	\
	MOVL	$56, AX	\	// clone
	SYSCALL	\
	TESTQ	AX, AX	\
	JEQ	child	\
	MOVQ	AX, pid+24(FP)	\
	RET	\
child:	\
	MOVQ	R12, 0(SP)	\
	CALL	main	\
	INT	$3

// func cloneInit(flags, stack uintptr, c *child) (pid int)
TEXT ·cloneInit(SB),NOSPLIT,$8-32
	CLONE(·initMain(SB))

// func cloneFirst(flags, stack uintptr, c *child) (pid int)
TEXT ·cloneFirst(SB),NOSPLIT,$8-32
	CLONE(·firstMain(SB))
