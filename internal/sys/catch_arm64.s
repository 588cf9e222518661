#include "textflag.h"

// caught handles a signal: R1 points to the siginfo, which begins with the
// signal's number. It returns to the vDSO, which restores all registers.
TEXT ·caught(SB),NOSPLIT|NOFRAME,$0
	MOVD	$·caughtPipe(SB), R0
	MOVD	(R0), R0
	MOVD	$4, R2
	MOVD	$64, R8		// write
	SVC
	RET

// func handler() (entry, restorer uintptr)
TEXT ·handler(SB),NOSPLIT,$0-16
	MOVD	$·caught(SB), R0
	MOVD	R0, entry+0(FP)
	MOVD	ZR, restorer+8(FP)
	RET
