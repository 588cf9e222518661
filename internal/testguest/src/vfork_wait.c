/* A vfork whose child takes long: its parent cannot be interrupted meanwhile.
 * Says "ready", forks after a line of input, says "forked", and "ok" after the
 * end of its input. */
#include "guest.h"

int main(void)
{
	char c;
	anyone_may_trace();
	check(write(1, "ready\n", 6) == 6);
	check(read(0, &c, 1) == 1);
	pid_t pid = vfork();
	check(pid >= 0);
	if (pid == 0) {
		write(1, "forked\n", 7);
		while (read(0, &c, 1) > 0)
			;
		_exit(3);
	}
	reap(pid, 3);
	return ok();
}
