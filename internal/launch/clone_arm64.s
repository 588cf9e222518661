#include "textflag.h"

// CLONE makes a child that begins in main.
#define CLONE(main) \
	MOVD	flags+0(FP), R0	\
	MOVD	stack+8(FP), R1	\
	MOVD	c+16(FP), R10	\
	MOVD	$0, R2	\
	MOVD	$0, R3	\
	MOVD	$0, R4	\
	MOVD	$220, R8	\	// clone
	SVC	\
	CBZ	R0, child	\
	MOVD	R0, pid+24(FP)	\
	RET	\
child:	\
	SUB	$16, RSP	\
	MOVD	R10, 8(RSP)	\
	BL	main	\
	BRK

// func cloneInit(flags, stack uintptr, c *child) (pid int)
TEXT ·cloneInit(SB),NOSPLIT,$0-32
	CLONE(·initMain(SB))

// func cloneFirst(flags, stack uintptr, c *child) (pid int)
TEXT ·cloneFirst(SB),NOSPLIT,$0-32
	CLONE(·firstMain(SB))
