/* Each close runs, and fails with EIO all the same. Signals come meanwhile. */
#include "guest.h"

static volatile sig_atomic_t caught;

static void count(int s)
{
	(void)s;
	caught++;
}

static void *close_many(void *unused)
{
	(void)unused;
	for (int i = 0; i < 200; i++) {
		int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
		check(fd >= 0);
		fails(close(fd), EIO);
		/* Another thread may have the number by now, but not with this. */
	}
	return NULL;
}

int main(void)
{
	int fd = open("/dev/null", O_RDONLY);
	check(fd >= 0);
	fails(close(fd), EIO);
	fails(fcntl(fd, F_GETFD), EBADF);
	sigset_t all, before;
	sigfillset(&all);
	check(sigprocmask(SIG_BLOCK, &all, &before) == 0);
	check(open("/dev/null", O_RDONLY) == fd);
	fails(close(fd), EIO);
	fails(fcntl(fd, F_GETFD), EBADF);
	check(sigprocmask(SIG_SETMASK, &before, NULL) == 0);

	struct sigaction act = { .sa_handler = count };
	check(sigaction(SIGALRM, &act, NULL) == 0);
	struct itimerval often = { { 0, 300 }, { 0, 300 } }, never = { { 0, 0 }, { 0, 0 } };
	check(setitimer(ITIMER_REAL, &often, NULL) == 0);
	pthread_t threads[3];
	for (int i = 0; i < 3; i++)
		check(pthread_create(&threads[i], NULL, close_many, NULL) == 0);
	for (int i = 0; i < 3; i++)
		check(pthread_join(threads[i], NULL) == 0);
	check(setitimer(ITIMER_REAL, &never, NULL) == 0);
	check(caught > 0);

	/* A stop of its own is still one. */
	pid_t pid = fork();
	check(pid >= 0);
	if (pid == 0) {
		fd = open("/dev/null", O_RDONLY);
		fails(close(fd), EIO);
		raise(SIGSTOP);
		fails(close(fd), EIO);
		_exit(0);
	}
	int status;
	check(waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP);
	check(kill(pid, SIGCONT) == 0);
	check(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0);
	return ok();
}
