#include "textflag.h"

// func installFilter(flags, prog uintptr) int
TEXT ·installFilter(SB),NOSPLIT,$0-24
	MOVD	$1, R0		// SECCOMP_SET_MODE_FILTER
	MOVD	flags+0(FP), R1
	MOVD	prog+8(FP), R2
	MOVD	$277, R8	// seccomp
	SVC
	BRK
	MOVD	R0, ret+16(FP)
	RET
