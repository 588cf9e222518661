/* Threads that are ended by another: by exit_group and by signals. */
#include "guest.h"

#define CROWD 6

static volatile pid_t tids[CROWD];
static int pipes[2];

/* Waits until a thread sleeps in a call. It calls nothing that is traced. */
static void wait_sleeping(pid_t tid)
{
	char name[64], line[512], *p;
	snprintf(name, sizeof name, "/proc/self/task/%d/stat", tid);
	int fd = open(name, O_RDONLY);
	check(fd >= 0);
	do {
		nap();
		ssize_t n = pread(fd, line, sizeof line - 1, 0);
		check(n > 0);
		line[n] = 0;
		p = strrchr(line, ')');
	} while (!p || p[2] != 'S');
	close(fd);
}

static void *waiter(void *arg)
{
	char c;
	tids[(long)arg] = thread_id();
	switch ((long)arg % 3) {
	case 0:
		pause();
	case 1:
		syscall(SYS_read, pipes[0], &c, 1);
	case 2:
		syscall(SYS_futex, &pipes[1], 0, pipes[1], NULL);
	}
	return arg;
}

static void crowd(int how)
{
	pthread_t t;
	for (long i = 0; i < CROWD; i++) {
		check(pthread_create(&t, NULL, waiter, (void *)i) == 0);
		while (!tids[i])
			nap();
		wait_sleeping(tids[i]);
	}
	if (how == 0)
		_exit(7);
	if (how == 1)
		kill(getpid(), SIGKILL);
	*(volatile int *)0 = 1;
}

int main(void)
{
	check(pipe(pipes) == 0);
	signal(SIGCHLD, SIG_IGN);
	for (int how = 0; how < 3; how++) {
		pid_t pid = fork();
		if (pid == 0)
			crowd(how);
		waitpid(pid, NULL, 0);
	}
	return 0;
}
