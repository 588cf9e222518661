/* A thread that is not the first executes a program: it takes the first's
 * place, and the others end. */
#include "guest.h"

static char *self;
static volatile pid_t tids[2];

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

static void *execer(void *arg)
{
	char *args[] = { self, "again", NULL }, *env[] = { NULL };
	for (int i = 0; i < 2; i++) {
		while (!tids[i])
			nap();
		wait_sleeping(tids[i]);
	}
	syscall(SYS_execve, "/proc/self/exe", args, env);
	return arg;
}

static void *waiter(void *arg)
{
	tids[(long)arg] = thread_id();
	for (;;)
		pause();
	return arg;
}

int main(int argc, char **argv)
{
	pthread_t t;
	if (argc > 1)
		return 5;
	self = argv[0];
	check(pthread_create(&t, NULL, waiter, (void *)1) == 0);
	check(pthread_create(&t, NULL, execer, NULL) == 0);
	waiter((void *)0);
	return 0;
}
