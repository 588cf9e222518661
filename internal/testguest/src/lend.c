/* chdir("/absent") leads somewhere, while a handler that works elsewhere comes in
 * between, and leaves no descriptor behind. */
#include "guest.h"

static volatile sig_atomic_t caught;

static void leave(int s)
{
	int saved = errno;
	(void)s;
	caught++;
	check(chdir("/") == 0);
	check(chdir("/absent") == 0);
	errno = saved;
}

int main(void)
{
	char cwd[PATH_MAX];
	struct sigaction act = { .sa_handler = leave };
	int first = dup(0);
	check(first >= 0 && close(first) == 0);
	check(chdir("/absent") == 0);
	check(getcwd(cwd, sizeof cwd) != NULL && strcmp(cwd, "/") != 0);
	check(sigaction(SIGALRM, &act, NULL) == 0);
	struct itimerval often = { { 0, 500 }, { 0, 500 } }, never = { { 0, 0 }, { 0, 0 } };
	check(setitimer(ITIMER_REAL, &often, NULL) == 0);
	for (int i = 0; i < 2000; i++)
		check(chdir("/absent") == 0);
	check(setitimer(ITIMER_REAL, &never, NULL) == 0);
	check(caught > 0);
	check(dup(0) == first);
	sigset_t blocked;
	check(sigprocmask(SIG_BLOCK, NULL, &blocked) == 0 && sigismember(&blocked, SIGUSR1) == 0);
	return ok();
}
