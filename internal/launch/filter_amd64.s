#include "textflag.h"

// func installFilter(flags, prog uintptr) int
TEXT ·installFilter(SB),NOSPLIT,$0-24
	MOVQ	$1, DI		// SECCOMP_SET_MODE_FILTER
	MOVQ	flags+0(FP), SI
	MOVQ	prog+8(FP), DX
	MOVL	$317, AX	// seccomp
	SYSCALL
	INT	$3
	MOVQ	AX, ret+16(FP)
	RET
