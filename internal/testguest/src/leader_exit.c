/* The first thread ends before the others; the process lives on. */
#include "guest.h"

static pid_t leader;

static void *last(void *arg)
{
	char s;
	while ((s = state_of(leader, leader)) != 'Z')
		nap();
	pid_t pid = fork();
	check(pid >= 0);
	if (pid == 0)
		_exit(3);
	reap(pid, 3);
	if (arg != NULL)
		_exit(9);
	exit(ok());
}

static void start(void *arg)
{
	pthread_t t;
	leader = getpid();
	check(pthread_create(&t, NULL, last, arg) == 0);
	pthread_exit(NULL);
}

int main(void)
{
	pid_t pid = fork();
	check(pid >= 0);
	if (pid == 0)
		start(&leader);
	reap(pid, 9);
	pid = fork();
	check(pid >= 0);
	if (pid == 0) {
		/* with its leader a zombie a process can still be killed */
		pthread_t t;
		check(pthread_create(&t, NULL, pause_thread, NULL) == 0);
		pthread_exit(NULL);
	}
	while (state_of(pid, pid) != 'Z')
		nap();
	check(waitpid(pid, NULL, WNOHANG) == 0);
	check(kill(pid, SIGKILL) == 0);
	reap_killed(pid, SIGKILL);
	start(NULL);
}
