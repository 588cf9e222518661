/* die SIGNAL [threads]: ends by the signal with its default action. */
#include "guest.h"

int main(int argc, char **argv)
{
	sigset_t all;
	check(argc >= 2);
	int sig = atoi(argv[1]);
	struct rlimit none = { 0, 0 };
	check(setrlimit(RLIMIT_CORE, &none) == 0);
	if (sig != SIGKILL && sig != SIGSTOP)
		handle(sig, SIG_DFL, 0);
	sigfillset(&all);
	check(sigprocmask(SIG_UNBLOCK, &all, NULL) == 0);
	for (int i = 0; argc > 2 && i < atoi(argv[2]); i++) {
		pthread_t t;
		check(pthread_create(&t, NULL, pause_thread, NULL) == 0);
	}
	check(write(1, "dying\n", 6) == 6);
	kill(getpid(), sig);
	for (;;)
		pause();
}
