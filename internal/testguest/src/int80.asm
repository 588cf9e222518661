; Calls of the 32-bit interface (int 0x80) from 64-bit code, mixed with syscall.
; All registers but rax keep their values, and both interfaces agree.
bits 64
global _start

%macro expect 2 ; register, value
	cmp %1, %2
	jne fail
%endmacro

section .bss
pipes:	resd 2
octet:	resb 8

section .data
ok:	db "ok", 10
bad:	db "int80: a register or a result is wrong", 10
badlen	equ $ - bad

section .text
_start:
	mov eax, 39		; getpid
	syscall
	mov r15d, eax
	mov r14d, 1000
again:	mov ebx, 0x11
	mov ecx, 0x22
	mov edx, 0x33
	mov esi, 0x44
	mov edi, 0x55
	mov ebp, 0x66
	mov r8d, 0x88
	mov r9d, 0x99
	mov r10, 0x123456789abcdef0
	mov r11, 0x0fedcba987654321
	mov r12, 0x1111222233334444
	mov eax, 20		; getpid of i386
	int 0x80
	expect eax, r15d
	expect rbx, 0x11
	expect rcx, 0x22
	expect rdx, 0x33
	expect rsi, 0x44
	expect rdi, 0x55
	expect rbp, 0x66
	mov rax, 0x123456789abcdef0
	expect r10, rax
	mov rax, 0x1111222233334444
	expect r12, rax
	dec r14d
	jnz again

	; getppid: 64 on i386, where it is semget on x86-64
	mov eax, 64
	int 0x80
	mov r13d, eax
	mov eax, 110
	syscall
	expect eax, r13d

	; pipe, write through one interface, read through the other
	mov eax, 42
	mov ebx, pipes
	int 0x80
	test eax, eax
	jnz fail
	mov eax, 4		; write of i386
	mov ebx, [pipes + 4]
	mov ecx, ok
	mov edx, 1
	int 0x80
	expect eax, 1
	xor eax, eax		; read of x86-64
	mov edi, [pipes]
	mov esi, octet
	mov edx, 1
	syscall
	expect eax, 1
	cmp byte [octet], 'o'
	jne fail

	; the upper half of a register does not count
	mov eax, 6		; close of i386
	mov rbx, 0x7fff000000000000
	mov ecx, [pipes]
	or rbx, rcx
	int 0x80
	test eax, eax
	jnz fail
	mov eax, 6
	mov ebx, -1
	int 0x80
	expect eax, -9		; EBADF
	mov eax, 5000
	int 0x80
	expect eax, -38		; ENOSYS

	; fork and wait by int 0x80
	mov eax, 2
	int 0x80
	test eax, eax
	js fail
	jz child
	mov ebx, eax
	mov eax, 114		; wait4 of i386
	mov ecx, octet
	xor edx, edx
	xor esi, esi
	int 0x80
	cmp eax, ebx
	jne fail
	cmp dword [octet], 9 << 8
	jne fail

	mov eax, 4
	mov ebx, 1
	mov ecx, ok
	mov edx, 3
	int 0x80
	mov eax, 1		; exit of i386
	xor ebx, ebx
	int 0x80

child:	mov eax, 252		; exit_group of i386
	mov ebx, 9
	int 0x80

fail:	mov eax, 1
	mov edi, 2
	mov esi, bad
	mov edx, badlen
	syscall
	mov eax, 231
	mov edi, 1
	syscall
