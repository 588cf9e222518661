; A call changes rax, rcx and r11 and nothing else: no other register, no
; vector register, no flag, and no byte of the red zone.
bits 64
global _start

%macro expect 2
	mov rax, %2
	cmp %1, rax
	jne fail
%endmacro

section .data
align 16
vector:	dq 0x0123456789abcdef, 0xfedcba9876543210
ok:	db "ok", 10
bad:	db "registers: a register is wrong", 10
badlen	equ $ - bad
x87:	dq 3.25
rounds:	dq 2000

section .bss
back:	resq 1

section .text
_start:
	movdqa xmm0, [vector]
	movdqa xmm15, [vector]
	fld qword [x87]
again:	mov rbx, 0x1010101010101010
	mov rdx, 0x2020202020202020
	mov rsi, 0x3030303030303030
	mov rdi, 0x4040404040404040
	mov rbp, 0x5050505050505050
	mov r8, 0x6060606060606060
	mov r9, 0x7070707070707070
	mov r10, 0x8080808080808080
	mov r12, 0x9090909090909090
	mov r13, 0xa0a0a0a0a0a0a0a0
	mov r14, 0xb0b0b0b0b0b0b0b0
	mov r15, 0xc0c0c0c0c0c0c0c0
	mov qword [rsp - 128], rbx
	mov qword [rsp - 8], rbx
	mov eax, 110		; getppid
	stc
	std
	syscall
after:
	jnc fail		; the carry survives
	cld
	cmp rcx, after
	jne fail
	test eax, eax
	jle fail
	expect rbx, 0x1010101010101010
	expect rdx, 0x2020202020202020
	expect rsi, 0x3030303030303030
	expect rdi, 0x4040404040404040
	expect rbp, 0x5050505050505050
	expect r8, 0x6060606060606060
	expect r9, 0x7070707070707070
	expect r10, 0x8080808080808080
	expect r12, 0x9090909090909090
	expect r13, 0xa0a0a0a0a0a0a0a0
	expect r14, 0xb0b0b0b0b0b0b0b0
	expect r15, 0xc0c0c0c0c0c0c0c0
	cmp [rsp - 128], rbx
	jne fail
	cmp [rsp - 8], rbx
	jne fail
	movq rax, xmm0
	cmp rax, [vector]
	jne fail
	pextrq rax, xmm15, 1
	cmp rax, [vector + 8]
	jne fail
	dec qword [rounds]
	jnz again
	fstp qword [back]
	mov rax, [back]
	cmp rax, [x87]
	jne fail

	; an unknown call gives ENOSYS and keeps the rest as well
	mov rdi, 0x4040404040404040
	mov eax, 5000
	syscall
	cmp rax, -38
	jne fail
	expect rdi, 0x4040404040404040

	mov eax, 1
	mov edi, 1
	mov esi, ok
	mov edx, 3
	syscall
	mov eax, 60
	xor edi, edi
	syscall

fail:	cld
	mov eax, 1
	mov edi, 2
	mov esi, bad
	mov edx, badlen
	syscall
	mov eax, 231
	mov edi, 1
	syscall
