/* The clock through the vDSO agrees with the clock through the kernel. */
#include "guest.h"
#include <sys/auxv.h>

static long long ns(struct timespec t) { return t.tv_sec * 1000000000LL + t.tv_nsec; }

static long long by_kernel(int clock)
{
	long t[4] = { 0 }; /* the kernel's own timespec of this architecture */
	check(syscall(SYS_clock_gettime, clock, t) == 0);
	return t[0] * 1000000000LL + t[1];
}

int main(void)
{
	struct timespec t;
	struct timeval tv;
	unsigned cpu, node;
	check(getauxval(33 /* AT_SYSINFO_EHDR */) != 0);
	check(memcmp((void *)getauxval(33), "\177ELF", 4) == 0);
	for (int clock = CLOCK_REALTIME; clock <= CLOCK_MONOTONIC; clock++)
		for (int i = 0; i < 1000; i++) {
			long long a = by_kernel(clock);
			check(clock_gettime(clock, &t) == 0);
			long long b = ns(t), c = by_kernel(clock);
			check(a <= b && b <= c);
		}
	check(gettimeofday(&tv, NULL) == 0);
	check(time(NULL) - tv.tv_sec <= 1);
	check(syscall(SYS_getcpu, &cpu, &node, NULL) == 0);
	return ok();
}
