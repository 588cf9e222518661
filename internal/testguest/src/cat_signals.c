/* cat_signals N: prints "ready", then the name and sender's kind of N signals. */
#include "guest.h"

int main(int argc, char **argv)
{
	sigset_t set;
	siginfo_t si;
	int left = argc > 1 ? atoi(argv[1]) : 1;
	sigfillset(&set);
	sigdelset(&set, SIGCHLD);
	check(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
	check(dprintf(1, "ready\n") > 0);
	while (left > 0) {
		int sig = sigwaitinfo(&set, &si);
		check(sig > 0);
		dprintf(1, "signal %d\n", sig);
		left--;
	}
	/* what came twice, or should not have come, is pending now */
	struct timespec t = { 0, 100000000 };
	int sig = sigtimedwait(&set, &si, &t);
	dprintf(1, sig > 0 ? "one more: %d\n" : "no more\n", sig);
	return 0;
}
