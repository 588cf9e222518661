#include "textflag.h"

// What inner.go and table.go say, for the assembler.
#define OWN        0x6e100000
#define FLAGS      0x00
#define START      0x08
#define ERA        0x10
#define STARTFLAGS 0x18

#define TABLE      0x6e001000
#define GENERATION 0x00
#define TABLEERA   0x08
#define CLASSES    0x100
#define NAMES      0x1000
#define DIRS       0x3000

// What has to be looked at in a call, by its number in CLASSES.
#define PATH   1
#define FIRST  2 // the descriptor that is the first argument
#define MAPPED 3 // the descriptor to be mapped, the fifth

#define ABSOLUTE 0x01
#define LOOKHERE 0x02
#define LOOKAT   0x04
#define OPENHERE 0x08
#define OPENAT   0x10

#define BASIS $0xcbf29ce484222325
#define PRIME $0x100000001b3

// The frame: the registers as the guest had them.
#define fR11 96(SP)
#define fAX  88(SP)
#define fDI  80(SP)
#define fSI  72(SP)
#define fDX  64(SP)
#define fR10 56(SP)
#define fR8  48(SP)
#define fR9  40(SP)

// What a call is, in R9.
#define ASKS    0 // of the name itself: lstat
#define FOLLOWS 1 // of what it leads to: stat
#define ACCESS  2
#define OPENS   3
#define READS   4 // a link

#define SYSCALL_ BYTE $0x0f; BYTE $0x05

// Go to bad if the name whose hash is in DI is one of those that are not to be
// passed. Takes AX and R11.
#define NAME(bad) \
	MOVQ DI, R11           \
	SHRQ $32, R11          \
	XORQ DI, R11           \
	ANDL $0xffff, R11      \
	MOVL R11, AX           \
	SHRL $3, AX            \
	MOVBLZX NAMES(R13)(AX*1), AX \
	ANDL $7, R11           \
	BTL  R11, AX           \
	JCS  bad

// Go to bad if what the hash in X is of is not known. Takes AX and CX.
#define KNOWN(X, bad) \
	MOVQ X, AX              \
	SHRQ $32, AX            \
	XORQ X, AX              \
	ANDL $0xfff, AX         \
	SHLL $4, AX             \
	LEAQ DIRS(R13)(AX*1), AX \
	MOVQ GENERATION(R13), CX \
	CMPQ CX, 8(AX)          \
	JNE  bad                \
	CMPQ X, 0(AX)           \
	JNE  bad

// Load what the guest's call was made with.
#define ARGUMENTS \
	MOVQ fAX, AX   \
	MOVQ fDI, DI   \
	MOVQ fSI, SI   \
	MOVQ fDX, DX   \
	MOVQ fR10, R10 \
	MOVQ fR8, R8   \
	MOVQ fR9, R9

// Restore the registers from the frame, and the call's number to another one.
#define RESTORE(number) \
	POPQ R15    \
	POPQ R14    \
	POPQ R13    \
	POPQ R12    \
	POPQ BX     \
	POPQ R9     \
	POPQ R8     \
	POPQ R10    \
	POPQ DX     \
	POPQ SI     \
	POPQ DI     \
	POPQ number

// func code()
//
// It is entered by a jump from a trampoline, with the registers as the call
// wants them and the address of the syscall instruction in R11. RCX and R11 are
// free, as a call would change them too.
TEXT ·code(SB), NOSPLIT|NOFRAME, $0
	LEAQ  -128(SP), SP // what a program may keep below its stack pointer
	PUSHQ R11
	PUSHQ AX
	PUSHQ DI
	PUSHQ SI
	PUSHQ DX
	PUSHQ R10
	PUSHQ R8
	PUSHQ R9
	PUSHQ BX
	PUSHQ R12
	PUSHQ R13
	PUSHQ R14
	PUSHQ R15

	// R14: what may be passed. R12: the number of the working directory.
	MOVL  $OWN, CX
	MOVL  $TABLE, R13
	MOVQ  FLAGS(CX), R14
	TESTQ R14, R14
	JEQ   slow
	XORL  R12, R12
	MOVQ  TABLEERA(R13), R15
	CMPQ  R15, ERA(CX)
	JNE   which
	MOVQ  START(CX), R12
	ORQ   STARTFLAGS(CX), R14

which:
	CMPL    AX, $512
	JCC     slow
	MOVBLZX CLASSES(R13)(AX*1), CX
	CMPL    CX, $FIRST
	JEQ     descriptor
	CMPL    CX, $MAPPED
	JEQ     mapped
	CMPL    CX, $PATH
	JNE     slow

	// BX: the path. R8: the descriptor that it begins from, or AT_FDCWD.
	MOVQ $-100, R8
	MOVQ DI, BX
	MOVL $ASKS, R9
	CMPL AX, $6 // lstat
	JEQ  start
	MOVL $FOLLOWS, R9
	CMPL AX, $4 // stat
	JEQ  start
	MOVL $ACCESS, R9
	CMPL AX, $21 // access
	JEQ  start
	MOVL $READS, R9
	CMPL AX, $89 // readlink
	JEQ  start
	MOVL $OPENS, R9
	MOVL SI, DI
	CMPL AX, $2 // open
	JEQ  opens

	MOVLQSX fDI, R8
	MOVQ    SI, BX
	MOVL    DX, DI
	CMPL    AX, $257 // openat
	JEQ     opens
	MOVL    $READS, R9
	CMPL    AX, $267 // readlinkat
	JEQ     start
	MOVL    $ACCESS, R9
	CMPL    AX, $269 // faccessat
	JEQ     start
	CMPL    AX, $439 // faccessat2
	JEQ     faccessat2
	MOVL    R10, DI
	CMPL    AX, $262 // newfstatat
	JEQ     fstatat
	CMPL    AX, $332 // statx
	JNE     slow
	TESTL   $1, R10 // STATX_TYPE, to see whether it is a link
	JEQ     slow
	MOVL    DX, DI
	TESTL   $0x6000, DI // AT_STATX_SYNC_TYPE: which is the file system's
	JNE     slow

fstatat:
	TESTL $~0x1900, DI // AT_SYMLINK_NOFOLLOW, AT_NO_AUTOMOUNT, AT_EMPTY_PATH
	JNE   slow
	MOVL  $ASKS, R9
	TESTL $0x100, DI
	JNE   mayBeEmpty
	MOVL  $FOLLOWS, R9

mayBeEmpty:
	TESTL   $0x1000, DI
	JEQ     start
	TESTQ   BX, BX
	JEQ     slow
	MOVBLZX (BX), AX
	TESTL   AX, AX
	JEQ     pass // of the descriptor itself
	JMP     start

faccessat2:
	TESTL $~0x200, R10 // AT_EACCESS
	JNE   slow
	JMP   start

opens:
	TESTL $~0x5fffc3, DI // all but O_PATH that open knows
	JNE   slow

start:
	// SI: the hash of what begins the path, and of the path.
	MOVBLZX (BX), AX
	TESTL   AX, AX
	JEQ     slow
	CMPL    AX, $'/'
	JEQ     absolute
	CMPL    R9, $READS
	JEQ     slow
	MOVL    $LOOKHERE, AX
	CMPL    R9, $FOLLOWS
	JLE     looks
	MOVL    $OPENHERE, AX

looks:
	CMPL R8, $-100
	JEQ  here
	SHLL $1, AX    // LOOKAT, OPENAT
	XORL R12, R12

here:
	TESTQ AX, R14
	JEQ   slow
	MOVQ  R12, SI
	JMP   walk

absolute:
	TESTQ $ABSOLUTE, R14
	JEQ   slow
	MOVQ  BASIS, R12
	MOVQ  R12, SI

walk:
	// CX: where we are. DI: the hash of the name. R10: where the last slash is,
	// and R15: the hash of what is before it.
	MOVQ BX, CX
	MOVQ PRIME, DX
	MOVQ BASIS, DI
	XORL R10, R10

next:
	MOVBLZX (CX), AX
	CMPL    AX, $'/'
	JEQ     slash
	TESTL   AX, AX
	JEQ     end
	XORQ    AX, DI
	IMULQ   DX, DI
	XORQ    AX, SI
	IMULQ   DX, SI
	INCQ    CX
	JMP     next

slash:
	NAME(slow)
	MOVQ  SI, R15
	MOVQ  CX, R10
	XORQ  $'/', SI
	IMULQ DX, SI
	MOVQ  BASIS, DI
	INCQ  CX
	JMP   next

end:
	NAME(slow)
	MOVQ CX, AX
	SUBQ BX, AX
	CMPQ AX, $4096
	JGE  slow
	IMULQ DX, SI // of the path with its end: a path that is known as a whole
	CMPL  R9, $OPENS
	JEQ   open

	// The way to the last name: none, the root, or one that is known.
	TESTQ R10, R10
	JEQ   known
	LEAQ  1(R10), AX
	CMPQ  AX, CX
	JEQ   slow // it ends in a slash
	CMPQ  R10, BX
	JEQ   known
	TESTQ R12, R12
	JEQ   slow
	KNOWN(R15, whole)

known:
	MOVQ SI, R15
	CMPL R9, $FOLLOWS
	JEQ  follows
	CMPL R9, $ACCESS
	JNE  pass

	// access(2) follows a link: is it known, or is it one?
	TESTQ R12, R12
	JEQ   probe
	KNOWN(R15, probe)
	JMP   pass

probe:
	SUBQ    $160, SP // more than a struct stat
	MOVQ    R8, DI
	MOVQ    BX, SI
	MOVQ    SP, DX
	MOVL    $0x100, R10 // AT_SYMLINK_NOFOLLOW
	MOVL    $262, AX    // newfstatat
	SYSCALL_
	MOVL    24(SP), CX  // st_mode
	ADDQ    $160, SP
	TESTQ   AX, AX
	JNE     pass
	ANDL    $0xf000, CX
	CMPL    CX, $0xa000
	JEQ     link

pass:
	ARGUMENTS
	SYSCALL_
	JMP  done

follows:
	// As if it were not to be followed; if it is a link, that was wrong.
	ARGUMENTS
	CMPL AX, $4
	JEQ  followsStat
	CMPL AX, $262
	JEQ  followsAt
	ORL  $0x100, DX
	SYSCALL_
	TESTQ AX, AX
	JNE  done
	MOVWLZX 28(R8), CX // stx_mode
	JMP  isLink

followsStat:
	MOVL $6, AX
	MOVQ SI, DX // the structure
	SYSCALL_
	TESTQ AX, AX
	JNE  done
	MOVL 24(DX), CX
	JMP  isLink

followsAt:
	ORL  $0x100, R10
	SYSCALL_
	TESTQ AX, AX
	JNE  done
	MOVL 24(DX), CX

isLink:
	ANDL $0xf000, CX
	CMPL CX, $0xa000
	JNE  done

link:
	// Where a link leads must be known. R12 is 0 if the path begins nobody
	// knows where.
	TESTQ R12, R12
	JEQ   slow
	KNOWN(R15, slow)
	JMP   pass

mapped:
	TESTL $0x20, R10 // MAP_ANONYMOUS
	JNE   pass
	MOVQ  R8, DI

descriptor:
	// Is it one of the files that are not the kernel's alone?
	SUBQ  $160, SP
	MOVQ  $0, 144(SP)
	LEAQ  144(SP), SI // an empty path
	MOVQ  SP, DX
	MOVL  $0x1000, R10 // AT_EMPTY_PATH
	MOVL  $262, AX     // newfstatat
	SYSCALL_
	MOVQ  8(SP), CX // st_ino
	ADDQ  $160, SP
	TESTQ AX, AX
	JNE   pass // so it will fail
	MOVQ  BASIS, DI
	XORQ  CX, DI
	MOVQ  PRIME, DX
	IMULQ DX, DI
	NAME(slow)
	JMP   pass

whole:
	CMPL R9, $ASKS
	JEQ  slow
	CMPL R9, $READS
	JEQ  slow
	MOVQ SI, R15
	JMP  link

open:
	// openat2 with RESOLVE_NO_SYMLINKS: ELOOP where there is a link, and
	// otherwise what open(2) would have given.
	MOVQ  SI, R15
	MOVL  fSI, CX
	MOVL  fDX, R11
	CMPL  fAX, $2
	JEQ   how
	MOVL  fDX, CX
	MOVL  fR10, R11

how:
	ANDL  $0xfff, R11 // S_IALLUGO
	TESTL $0x400040, CX // O_CREAT, __O_TMPFILE
	JNE   makes
	XORL  R11, R11

makes:
	ORL  $0x8000, CX // O_LARGEFILE
	SUBQ $32, SP
	MOVQ CX, 0(SP)
	MOVQ R11, 8(SP)
	MOVQ $4, 16(SP)
	MOVQ R8, DI
	MOVQ BX, SI
	MOVQ SP, DX
	MOVL $24, R10
	MOVL $437, AX
	SYSCALL_
	ADDQ $32, SP
	CMPQ AX, $-40
	JEQ  link

done:
	RESTORE(CX) // the result is in AX
	POPQ R11
	LEAQ 128(SP), SP
	ADDQ $2, R11
	JMP  R11

slow:
	JMP ·fault(SB)

// func fault()
//
// It ends Code as if nothing had happened. The supervisor sends here a thread
// for which a path was out of reach.
TEXT ·fault(SB), NOSPLIT|NOFRAME, $0
	RESTORE(AX)
	POPQ R11
	LEAQ 128(SP), SP
	JMP  R11

TEXT ·end(SB), NOSPLIT|NOFRAME, $0
	RET

// func bounds() (code, fault, end unsafe.Pointer)
TEXT ·bounds(SB), NOSPLIT, $0-24
	LEAQ ·code(SB), AX
	MOVQ AX, code+0(FP)
	LEAQ ·fault(SB), AX
	MOVQ AX, fault+8(FP)
	LEAQ ·end(SB), AX
	MOVQ AX, end+16(FP)
	RET
