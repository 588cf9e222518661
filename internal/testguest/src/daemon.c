/* An orphan gets a new parent, lives on, and its files stay open. */
#include "guest.h"

int main(void)
{
	int go[2], back[2];
	struct { pid_t pid, session, parent; } told;
	char c;
	check(pipe(go) == 0 && pipe(back) == 0);
	pid_t middle = fork();
	check(middle >= 0);
	if (middle == 0) {
		check(setsid() == getpid());
		pid_t inner = fork();
		check(inner >= 0);
		if (inner > 0)
			_exit(2);
		close(go[1]);
		check(read(go[0], &c, 1) == 0);
		told.pid = getpid();
		told.session = getsid(0);
		told.parent = getppid();
		check(write(back[1], &told, sizeof told) == sizeof told);
		_exit(0);
	}
	reap(middle, 2);
	close(go[1]);
	close(back[1]);
	check(read(back[0], &told, sizeof told) == sizeof told);
	check(told.session == middle);
	check(told.parent != middle && told.parent != told.pid);
	check(told.parent != getpid());
	check(read(back[0], &c, 1) == 0); /* the orphan has ended */
	fails(waitpid(told.pid, NULL, 0), ECHILD);

	/* a guest that is a sub-reaper itself gets its orphans */
	check(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0);
	pid_t *orphan = shared(4096);
	middle = fork();
	check(middle >= 0);
	if (middle == 0) {
		pid_t inner = fork();
		check(inner >= 0);
		if (inner == 0) {
			while (getppid() == *(volatile pid_t *)(orphan + 1))
				nap();
			_exit(14);
		}
		*orphan = inner;
		_exit(0);
	}
	orphan[1] = middle;
	reap(middle, 0);
	reap(*orphan, 14);
	return ok();
}
