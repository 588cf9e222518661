#include "textflag.h"

// _penumbra_start is the entry point: it asks the kernel for the state that
// the runtime is about to change and goes on to the runtime's own entry. RSP
// stays as the kernel set it.
TEXT _penumbra_start(SB),NOSPLIT|NOFRAME,$0
	MOVD	$1, R0
	MOVD	$·entered(SB), R1
	MOVD	R0, (R1)

	// rt_sigaction(sig, NULL, &actions[sig], 8) for 1 to 64.
	MOVD	$1, R9
next:
	MOVD	R9, R0
	MOVD	$0, R1
	MOVD	$·actions(SB), R2
	ADD	R9<<5, R2
	MOVD	$8, R3
	MOVD	$134, R8
	SVC
	ADD	$1, R9
	CMP	$64, R9
	BLE	next

	// rt_sigaction(sig, &ignore, NULL, 8) for 32 to 34.
	MOVD	$32, R9
next32:
	MOVD	R9, R0
	MOVD	$·ignore(SB), R1
	MOVD	$0, R2
	MOVD	$8, R3
	MOVD	$134, R8
	SVC
	ADD	$1, R9
	CMP	$34, R9
	BLE	next32

	// rt_sigprocmask(SIG_BLOCK, NULL, &blocked, 8)
	MOVD	$0, R0
	MOVD	$0, R1
	MOVD	$·blocked(SB), R2
	MOVD	$8, R3
	MOVD	$135, R8
	SVC

	// rt_sigprocmask(SIG_BLOCK, &held, NULL, 8)
	MOVD	$0, R0
	MOVD	$·held(SB), R1
	MOVD	$0, R2
	MOVD	$8, R3
	MOVD	$135, R8
	SVC

	// fcntl(fd, F_GETFD) for 0 to 2
	MOVD	$0, R9
fd:
	MOVD	R9, R0
	MOVD	$1, R1
	MOVD	$25, R8
	SVC
	MOVD	$·fdErrors(SB), R2
	ADD	R9<<3, R2
	MOVD	R0, (R2)
	ADD	$1, R9
	CMP	$3, R9
	BLT	fd

	// prlimit64(0, RLIMIT_NOFILE, NULL, &nofile)
	MOVD	$0, R0
	MOVD	$7, R1
	MOVD	$0, R2
	MOVD	$·nofile(SB), R3
	MOVD	$261, R8
	SVC

	MOVD	$0, R0
	JMP	_rt0_arm64_linux(SB)
