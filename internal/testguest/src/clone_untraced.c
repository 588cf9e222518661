/* A child that asks not to be traced must run like any other. */
#include "guest.h"

int main(int argc, char **argv)
{
	if (argc > 1)
		return open("/proc/self/status", O_RDONLY) >= 0 ? 21 : 1;
	pid_t pid = (pid_t)syscall(SYS_clone, CLONE_UNTRACED | SIGCHLD, 0, 0, 0, 0);
	check(pid >= 0);
	if (pid == 0) {
		check(getppid() > 0);
		pid_t inner = fork();
		check(inner >= 0);
		if (inner == 0)
			_exit(22);
		reap(inner, 22);
		execl("/proc/self/exe", argv[0], "child", (char *)NULL);
		_exit(1);
	}
	reap(pid, 21);
	return ok();
}
