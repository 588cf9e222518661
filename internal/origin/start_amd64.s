#include "textflag.h"

// _penumbra_start is the entry point: it asks the kernel for the state that
// the runtime is about to change and goes on to the runtime's own entry. SP
// stays as the kernel set it.
TEXT _penumbra_start(SB),NOSPLIT|NOFRAME,$0
	MOVQ	$1, ·entered(SB)

	// rt_sigaction(sig, NULL, &actions[sig], 8) for 1 to 64.
	MOVQ	$1, BX
next:
	MOVQ	BX, DI
	XORL	SI, SI
	MOVQ	BX, AX
	SHLQ	$5, AX
	LEAQ	·actions(SB), DX
	ADDQ	AX, DX
	MOVQ	$8, R10
	MOVL	$13, AX
	SYSCALL
	INCQ	BX
	CMPQ	BX, $64
	JLE	next

	// rt_sigaction(sig, &ignore, NULL, 8) for 32 to 34.
	MOVQ	$32, BX
next32:
	MOVQ	BX, DI
	LEAQ	·ignore(SB), SI
	XORL	DX, DX
	MOVQ	$8, R10
	MOVL	$13, AX
	SYSCALL
	INCQ	BX
	CMPQ	BX, $34
	JLE	next32

	// rt_sigprocmask(SIG_BLOCK, NULL, &blocked, 8)
	XORL	DI, DI
	XORL	SI, SI
	LEAQ	·blocked(SB), DX
	MOVQ	$8, R10
	MOVL	$14, AX
	SYSCALL

	// rt_sigprocmask(SIG_BLOCK, &held, NULL, 8)
	XORL	DI, DI
	LEAQ	·held(SB), SI
	XORL	DX, DX
	MOVQ	$8, R10
	MOVL	$14, AX
	SYSCALL

	// fcntl(fd, F_GETFD) for 0 to 2
	XORL	BX, BX
fd:
	MOVQ	BX, DI
	MOVQ	$1, SI
	MOVL	$72, AX
	SYSCALL
	LEAQ	·fdErrors(SB), CX
	MOVQ	AX, (CX)(BX*8)
	INCQ	BX
	CMPQ	BX, $3
	JLT	fd

	// prlimit64(0, RLIMIT_NOFILE, NULL, &nofile)
	XORL	DI, DI
	MOVQ	$7, SI
	XORL	DX, DX
	LEAQ	·nofile(SB), R10
	MOVL	$302, AX
	SYSCALL

	XORL	DX, DX
	JMP	_rt0_amd64_linux(SB)
