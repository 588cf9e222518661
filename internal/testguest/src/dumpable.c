/* PR_SET_DUMPABLE 0: the process still works, with all its calls. */
#include "guest.h"

static void work(void)
{
	struct stat st;
	char buf[64];
	int p[2];
	check(stat("/", &st) == 0);
	int fd = open("/dev/null", O_RDWR);
	check(fd >= 0 && write(fd, "abc", 3) == 3);
	check(pipe(p) == 0);
	check(write(p[1], "hello", 5) == 5);
	check(read(p[0], buf, sizeof buf) == 5 && memcmp(buf, "hello", 5) == 0);
	fails(open("/nonexistent/file", O_RDONLY), ENOENT);
	close(fd);
	close(p[0]);
	close(p[1]);
}

static void *thread(void *arg)
{
	work();
	return arg;
}

int main(int argc, char **argv)
{
	pthread_t t;
	if (argc > 1) {
		check(prctl(PR_GET_DUMPABLE) == 1); /* exec makes it dumpable again */
		work();
		return 25;
	}
	check(prctl(PR_SET_DUMPABLE, 0) == 0);
	check(prctl(PR_GET_DUMPABLE) == 0);
	work();
	check(pthread_create(&t, NULL, thread, NULL) == 0);
	check(pthread_join(t, NULL) == 0);
	pid_t pid = fork();
	check(pid >= 0);
	if (pid == 0) {
		check(prctl(PR_GET_DUMPABLE) == 0);
		work();
		/* by name: a process that is not dumpable cannot read /proc/self/exe */
		execv(argv[0], (char *[]){ argv[0], "again", NULL });
		_exit(errno);
	}
	reap(pid, 25);
	pid = fork();
	check(pid >= 0);
	if (pid == 0)
		abort();
	int status;
	check(waitpid(pid, &status, 0) == pid);
	check(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT && !WCOREDUMP(status));
	check(prctl(PR_SET_DUMPABLE, 1) == 0);
	work();
	return ok();
}
