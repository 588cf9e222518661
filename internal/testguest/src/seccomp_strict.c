/* Strict mode: read, write and exit go on, any other call kills. */
#include "guest.h"
#include <linux/seccomp.h>

int main(void)
{
	int p[2];
	char c;
	check(pipe(p) == 0);
	pid_t pid = fork();
	check(pid >= 0);
	if (pid == 0) {
		check(prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) == 0);
		check(write(p[1], "s", 1) == 1);
		check(read(p[0], &c, 1) == 1 && c == 's');
		syscall(SYS_exit, 27);
	}
	reap(pid, 27);
	pid = fork();
	check(pid >= 0);
	if (pid == 0) {
		check(prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) == 0);
		syscall(SYS_getppid);
		syscall(SYS_exit, 1);
	}
	reap_killed(pid, SIGKILL);
	return ok();
}
