/* Reads argv[1], which takes long. A handler runs meanwhile, and says so; the read
 * is none the wiser. */
#include "guest.h"

static void tell(int s)
{
	(void)s;
	check(write(1, "handled\n", 8) == 8);
}

int main(int argc, char **argv)
{
	check(argc > 1);
	struct sigaction act = { .sa_handler = tell };
	check(sigaction(SIGALRM, &act, NULL) == 0);
	int fd = open(argv[1], O_RDONLY);
	check(fd >= 0);
	struct itimerval soon = { { 0, 0 }, { 0, 50000 } };
	check(setitimer(ITIMER_REAL, &soon, NULL) == 0);
	static char buf[100];
	check(read(fd, buf, sizeof buf) == sizeof buf && buf[0] == 1);
	return ok();
}
