/* exec from a thread that is not the leader: it takes the leader's id. */
#include "guest.h"

static char *self;
static int quiet[2];

static void *sleeper(void *arg)
{
	char c;
	check(read(quiet[0], &c, 1) == -1);
	return arg;
}

static void *spinner(void *arg)
{
	for (;;)
		getppid();
	return arg;
}

static void *execer(void *arg)
{
	char pid[16];
	check(thread_id() != getpid());
	snprintf(pid, sizeof pid, "%d", getpid());
	execl("/proc/self/exe", self, (char *)arg, pid, (char *)NULL);
	check(!"exec returned");
	return NULL;
}

static void run(char *stage)
{
	pthread_t t;
	check(pipe2(quiet, O_CLOEXEC) == 0);
	for (int i = 0; i < 4; i++)
		check(pthread_create(&t, NULL, sleeper, NULL) == 0);
	check(pthread_create(&t, NULL, spinner, NULL) == 0);
	check(pthread_create(&t, NULL, execer, stage) == 0);
	for (;;)
		pause();
}

static void after_exec(int pid)
{
	int tasks = 0;
	struct dirent *e;
	DIR *d = opendir("/proc/self/task");
	check(d != NULL);
	while ((e = readdir(d)) != NULL)
		tasks += e->d_name[0] != '.';
	closedir(d);
	check(tasks == 1);
	check(getpid() == pid);
	check(thread_id() == pid);
}

int main(int argc, char **argv)
{
	self = argv[0];
	if (argc == 3) {
		after_exec(atoi(argv[2]));
		if (strcmp(argv[1], "child") == 0)
			return 7;
		return ok();
	}
	for (int i = 0; i < 20; i++) {
		pid_t pid = fork();
		check(pid >= 0);
		if (pid == 0)
			run("child");
		reap(pid, 7);
	}
	run("main");
}
