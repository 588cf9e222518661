/* Sessions and process groups: who may move whom. */
#include "guest.h"

int main(int argc, char **argv)
{
	int ready[2];
	char c;
	if (argc > 1) {
		check(write(3, "r", 1) == 1);
		for (;;)
			pause();
	}
	check(pipe(ready) == 0);
	pid_t pid = fork();
	check(pid >= 0);
	if (pid == 0) {
		dup2(ready[1], 3);
		execl("/proc/self/exe", argv[0], "child", (char *)NULL);
		_exit(1);
	}
	check(read(ready[0], &c, 1) == 1);
	fails(setpgid(pid, pid), EACCES); /* it has called exec */
	check(getpgid(pid) == getpgrp() && getsid(pid) == getsid(0));
	check(kill(pid, SIGKILL) == 0);
	reap_killed(pid, SIGKILL);
	pid = fork();
	check(pid >= 0);
	if (pid == 0) {
		check(setsid() == getpid());
		check(getpgrp() == getpid() && getsid(0) == getpid());
		fails(setsid(), EPERM);
		fails(setpgid(0, 0), EPERM);
		pid_t inner = fork();
		check(inner >= 0);
		if (inner == 0) {
			check(setpgid(0, 0) == 0 && getsid(0) == getppid());
			_exit(0);
		}
		reap(inner, 0);
		_exit(0);
	}
	reap(pid, 0);
	fails(setpgid(1 << 22, 0), ESRCH);
	return ok();
}
