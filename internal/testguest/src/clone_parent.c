/* clone_parent: its child is a child of its own parent; both print, it ends first. */
#include "guest.h"

int main(void)
{
	int alive[2];
	char c;
	check(pipe(alive) == 0);
	pid_t me = getpid(), parent = getppid();
	pid_t pid = (pid_t)syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0);
	check(pid >= 0);
	if (pid == 0) {
		close(alive[1]);
		check(getppid() == parent && getpid() != me);
		check(read(alive[0], &c, 1) == 0); /* the first process has ended */
		check(getppid() > 0);
		return ok();
	}
	fails(waitpid(pid, NULL, 0), ECHILD);
	return 5;
}
