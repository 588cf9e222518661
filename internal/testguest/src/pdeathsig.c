/* PR_SET_PDEATHSIG: a child hears when the thread that made it has ended. */
#include "guest.h"

static int told[2];

/* Waits for the death signal, then reports that it came. */
static void orphan(int ready)
{
	sigset_t set;
	int sig = 0;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	check(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
	check(prctl(PR_SET_PDEATHSIG, SIGUSR1) == 0);
	check(prctl(PR_GET_PDEATHSIG, &sig) == 0 && sig == SIGUSR1);
	check(write(ready, "r", 1) == 1);
	check(sigwaitinfo(&set, NULL) == SIGUSR1);
	check(write(told[1], "d", 1) == 1);
	_exit(0);
}

static void parent_ends(void)
{
	int ready[2];
	char c;
	check(pipe(ready) == 0);
	pid_t middle = fork();
	check(middle >= 0);
	if (middle == 0) {
		pid_t pid = fork();
		check(pid >= 0);
		if (pid == 0)
			orphan(ready[1]);
		check(read(ready[0], &c, 1) == 1);
		_exit(0);
	}
	reap(middle, 0);
	check(read(told[0], &c, 1) == 1 && c == 'd');
}

static int made;
static void *maker(void *arg)
{
	int *ready = arg;
	char c;
	made = fork();
	check(made >= 0);
	if (made == 0)
		orphan(ready[1]);
	check(read(ready[0], &c, 1) == 1);
	return arg;
}

static void thread_ends(void)
{
	pthread_t t;
	int ready[2];
	char c;
	check(pipe(ready) == 0);
	check(pthread_create(&t, NULL, maker, ready) == 0);
	check(pthread_join(t, NULL) == 0);
	check(read(told[0], &c, 1) == 1 && c == 'd');
	reap(made, 0);
}

static void killed_parent(void)
{
	int ready[2];
	char c;
	check(pipe(ready) == 0);
	pid_t middle = fork();
	check(middle >= 0);
	if (middle == 0) {
		pid_t pid = fork();
		check(pid >= 0);
		if (pid == 0)
			orphan(ready[1]);
		for (;;)
			pause();
	}
	check(read(ready[0], &c, 1) == 1);
	check(kill(middle, SIGKILL) == 0);
	reap_killed(middle, SIGKILL);
	check(read(told[0], &c, 1) == 1 && c == 'd');
}

int main(void)
{
	int sig = -1;
	check(prctl(PR_GET_PDEATHSIG, &sig) == 0 && sig == 0);
	check(pipe(told) == 0);
	parent_ends();
	thread_ends();
	killed_parent();
	return ok();
}
