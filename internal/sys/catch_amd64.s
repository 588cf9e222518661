#include "textflag.h"

// caught handles a signal: SI points to the siginfo, which begins with the
// signal's number. The kernel's frame restores all registers.
TEXT ·caught(SB),NOSPLIT|NOFRAME,$0
	MOVQ	·caughtPipe(SB), DI
	MOVQ	$4, DX
	MOVQ	$1, AX		// write
	SYSCALL
	RET

// resume is where caught returns to.
TEXT ·resume(SB),NOSPLIT|NOFRAME,$0
	MOVQ	$15, AX		// rt_sigreturn
	SYSCALL
	INT	$3

// func handler() (entry, restorer uintptr)
TEXT ·handler(SB),NOSPLIT,$0-16
	LEAQ	·caught(SB), AX
	MOVQ	AX, entry+0(FP)
	LEAQ	·resume(SB), AX
	MOVQ	AX, restorer+8(FP)
	RET
