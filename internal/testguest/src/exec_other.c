/* exec_other PROGRAM: a program of another architecture, there and back. */
#include "guest.h"

int main(int argc, char **argv)
{
	char next[16];
	int left = argc > 3 ? atoi(argv[3]) : 6;
	check(argc >= 3);
	check(getppid() > 0 && thread_id() == getpid());
	if (left == 0)
		return ok();
	pid_t pid = fork();
	check(pid >= 0);
	if (pid == 0)
		_exit(access("/", F_OK) == 0 ? 29 : 1);
	reap(pid, 29);
	snprintf(next, sizeof next, "%d", left - 1);
	execl(argv[2], argv[2], argv[2], argv[1], next, (char *)NULL);
	check(!"exec returned");
}
