/* Calls that do not exist, and arguments with more bits than count. */
#include "guest.h"

static void result(const char *what, long r)
{
	printf("%s: %ld errno %d\n", what, r, r == -1 ? errno : 0);
}

int main(void)
{
	char buf[64];
	result("-1", syscall(-1));
	result("-2", syscall(-2));
	result("470", syscall(470 + 500));
	result("5000", syscall(5000));
	result("x32 getpid", syscall(0x40000000 | 39) > 0 ? 1 : -1);
	result("big x32", syscall(0x40000000 | 5000));
	result("min", syscall(-2147483647 - 1));
#ifdef __x86_64__
	/* only the low 32 bits count of a number, a descriptor, a flag set */
	long high = 0x7ffffff5l << 32;
	int p[2];
	check(pipe(p) == 0);
	result("wide number", syscall(high | SYS_getppid) > 0);
	result("wide descriptor", syscall(SYS_write, high | p[1], "abc", 3));
	result("wide read", syscall(SYS_read, high | p[0], buf, 3));
	result("AT_FDCWD as 32 bits", syscall(SYS_faccessat, 0xffffff9cl, "/", 0));
	result("wide mode", syscall(SYS_umask, high | 022) >= 0);
	result("wide close", syscall(SYS_close, high | p[0]));
#else
	result("stat of int 0x80", syscall(SYS_access, "/", 0));
#endif
	result("null path", syscall(SYS_access, NULL, 0));
	result("bad path", syscall(SYS_access, (char *)-4096L, 0));
	result("bad buffer", syscall(SYS_write, 1, (char *)8, 1));
	result("bad descriptor", syscall(SYS_read, -1, buf, 1));
	result("huge descriptor", syscall(SYS_read, 0x7fffffff, buf, 1));
	return 0;
}
