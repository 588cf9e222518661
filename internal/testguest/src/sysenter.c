/* 32-bit calls as the vDSO makes them (SYSENTER or SYSCALL), and int 0x80. */
#include "guest.h"
#include <sys/auxv.h>

#ifndef __i386__
#error this guest is 32-bit
#endif

static unsigned long entry;
static volatile sig_atomic_t ticks;
static void on_alarm(int sig) { (void)sig; ticks++; }

static long through(int vdso, long n, long a, long b, long c, long d, long e, long f)
{
	long args[8] = { n, a, b, c, d, e, f, (long)entry }, r;
	if (vdso)
		__asm__ volatile("push %%ebx; push %%esi; push %%edi; push %%ebp;"
			"mov %1, %%eax; mov 4(%%eax), %%ebx; mov 8(%%eax), %%ecx;"
			"mov 12(%%eax), %%edx; mov 16(%%eax), %%esi; mov 20(%%eax), %%edi;"
			"mov 24(%%eax), %%ebp; push 28(%%eax); mov (%%eax), %%eax;"
			"call *(%%esp); add $4, %%esp;"
			"pop %%ebp; pop %%edi; pop %%esi; pop %%ebx"
			: "=a"(r) : "a"(args) : "ecx", "edx", "memory", "cc");
	else
		__asm__ volatile("push %%ebx; push %%esi; push %%edi; push %%ebp;"
			"mov %1, %%eax; mov 4(%%eax), %%ebx; mov 8(%%eax), %%ecx;"
			"mov 12(%%eax), %%edx; mov 16(%%eax), %%esi; mov 20(%%eax), %%edi;"
			"mov 24(%%eax), %%ebp; mov (%%eax), %%eax;"
			"int $0x80;"
			"pop %%ebp; pop %%edi; pop %%esi; pop %%ebx"
			: "=a"(r) : "a"(args) : "ecx", "edx", "memory", "cc");
	return r;
}

static void calls(int vdso)
{
	char c = 0;
	int p[2];
	check(through(vdso, SYS_getpid, 0, 0, 0, 0, 0, 0) == getpid());
	check(through(vdso, SYS_getppid, 0, 0, 0, 0, 0, 0) == getppid());
	/* six arguments: the sixth travels in ebp, on the stack for SYSENTER */
	FILE *f = tmpfile();
	check(f != NULL && ftruncate(fileno(f), 8192) == 0);
	check(pwrite(fileno(f), "second", 7, 4096) == 7);
	char *m = (char *)through(vdso, SYS_mmap2, 0, 4096, PROT_READ, MAP_PRIVATE, fileno(f), 1);
	check((unsigned long)m < -4095ul && strcmp(m, "second") == 0);
	check(through(vdso, SYS_munmap, (long)m, 4096, 0, 0, 0, 0) == 0);
	check(through(vdso, SYS_close, -1, 0, 0, 0, 0, 0) == -EBADF);
	check(through(vdso, 5000, 0, 0, 0, 0, 0, 0) == -ENOSYS);
	check(pipe(p) == 0);
	for (int i = 0; i < 2000; i++) {
		check(through(vdso, SYS_write, p[1], (long)"q", 1, 0, 0, 0) == 1);
		check(through(vdso, SYS_read, p[0], (long)&c, 1, 0, 0, 0) == 1 && c == 'q');
	}
	/* a call that begins again after a handler, through either door */
	struct itimerval t = { { 0, 1000 }, { 0, 1000 } }, off = { { 0, 0 }, { 0, 0 } };
	handle(SIGALRM, on_alarm, SA_RESTART);
	int until = ticks + 20;
	pid_t pid = fork();
	check(pid >= 0);
	if (pid == 0) {
		struct timespec ms50 = { 0, 50000000 };
		nanosleep(&ms50, NULL);
		check(write(p[1], "r", 1) == 1);
		_exit(0);
	}
	check(setitimer(ITIMER_REAL, &t, NULL) == 0);
	check(through(vdso, SYS_read, p[0], (long)&c, 1, 0, 0, 0) == 1 && c == 'r');
	while (ticks < until)
		;
	check(setitimer(ITIMER_REAL, &off, NULL) == 0);
	reap(pid, 0);
}

int main(void)
{
	entry = getauxval(32 /* AT_SYSINFO */);
	check(entry != 0);
	calls(1);
	calls(0);
	return ok();
}
