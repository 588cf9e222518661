/* A pid namespace that the guest makes: its first process is an init. */
#include "guest.h"

/* Runs as pid 1 of the new namespace. */
static int init_process(void *arg)
{
	int *orphan = arg, p[2];
	char c;
	check(getpid() == 1);
	check(getppid() == 0);
	check(pipe(p) == 0);
	pid_t pid = fork();
	check(pid == 2 || pid == 0);
	if (pid == 0) {
		check(getpid() == 2 && getppid() == 1);
		pid_t inner = fork();
		check(inner == 3 || inner == 0);
		if (inner == 0) {
			/* an orphan here belongs to the init of the namespace */
			while (getppid() == 2)
				nap();
			check(getppid() == 1);
			check(write(p[1], "x", 1) == 1);
			_exit(5);
		}
		_exit(4);
	}
	reap(2, 4);
	check(read(p[0], &c, 1) == 1);
	reap(3, 5);
	check(kill(1, 0) == 0);
	fails(kill(99, 0), ESRCH);
	/* this one is still alive when init ends, and must die with it */
	pid = fork();
	check(pid >= 0);
	if (pid == 0)
		for (;;)
			pause();
	*orphan = 1;
	_exit(6);
}

static int pause_process(void *arg)
{
	pause_thread(arg);
	return 1;
}

int main(void)
{
	static char stack[128 * 1024] __attribute__((aligned(16)));
	int *orphan = shared(4096);
	int user = 0, life[2];
	char c;
	check(pipe(life) == 0);
	pid_t pid = fork();
	check(pid >= 0);
	if (pid == 0)
		_exit(unshare(CLONE_NEWPID) == 0 ? 0 : errno);
	int status;
	check(waitpid(pid, &status, 0) == pid && WIFEXITED(status));
	if (WEXITSTATUS(status) != 0) {
		user = CLONE_NEWUSER;
		pid = fork();
		if (pid == 0)
			_exit(unshare(CLONE_NEWUSER | CLONE_NEWPID) == 0 ? 0 : errno);
		check(waitpid(pid, &status, 0) == pid && WIFEXITED(status));
		if (WEXITSTATUS(status) != 0)
			skip("no permission to make a pid namespace");
	}
	/* by clone */
	pid = clone(init_process, stack + sizeof stack, user | CLONE_NEWPID | SIGCHLD, orphan);
	check(pid > 0);
	reap(pid, 6);
	check(*orphan == 1);
	/* the pipe's last writer inside is gone once init is reaped */
	close(life[1]);
	check(read(life[0], &c, 1) == 0);
	/* by unshare, for children to come */
	pid = fork();
	check(pid >= 0);
	if (pid == 0) {
		check(unshare(user | CLONE_NEWPID) == 0);
		check(getpid() > 1);
		pid_t first = fork();
		check(first >= 0);
		if (first == 0)
			init_process(orphan);
		reap(first, 6);
		fails(fork(), ENOMEM); /* its init is dead */
		_exit(7);
	}
	reap(pid, 7);
	/* init killed from outside */
	pid = clone(pause_process, stack + sizeof stack, user | CLONE_NEWPID | SIGCHLD, NULL);
	check(pid > 0);
	check(kill(pid, SIGKILL) == 0);
	reap_killed(pid, SIGKILL);
	return ok();
}
