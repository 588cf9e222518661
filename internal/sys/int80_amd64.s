#include "textflag.h"

// func int80(number uint32, args *abi.Args) (result uint32)
TEXT ·int80(SB), NOSPLIT, $8-20
	MOVL number+0(FP), AX
	MOVQ args+8(FP), R12
	MOVQ BP, saved-8(SP)
	MOVQ 0(R12), BX
	MOVQ 8(R12), CX
	MOVQ 16(R12), DX
	MOVQ 24(R12), SI
	MOVQ 32(R12), DI
	MOVQ 40(R12), BP
	INT  $0x80
	MOVQ saved-8(SP), BP
	MOVL AX, result+16(FP)
	RET
