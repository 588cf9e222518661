/* vfork then exec, vfork then exit, posix_spawn with actions. */
#include "guest.h"
#include <spawn.h>

extern char **environ;
static volatile int touched;

static void vfork_exit(void)
{
	pid_t pid = vfork();
	check(pid >= 0);
	if (pid == 0) {
		touched++;
		_exit(3);
	}
	check(touched > 0);
	reap(pid, 3);
}

static void vfork_exec(char *self)
{
	pid_t pid = vfork();
	check(pid >= 0);
	if (pid == 0) {
		execl("/proc/self/exe", self, "exit", "4", (char *)NULL);
		_exit(1);
	}
	reap(pid, 4);
	pid = vfork();
	if (pid == 0) {
		execl("/nonexistent/program", "x", (char *)NULL);
		_exit(errno == ENOENT ? 5 : 1);
	}
	reap(pid, 5);
}

/* While the parent hangs in vfork its other threads run on. */
static int both[2];
static void *talker(void *arg)
{
	check(write(both[1], "x", 1) == 1);
	return arg;
}

static void vfork_threads(void)
{
	pthread_t t;
	char c;
	check(pipe(both) == 0);
	check(pthread_create(&t, NULL, talker, NULL) == 0);
	pid_t pid = vfork();
	check(pid >= 0);
	if (pid == 0)
		_exit(read(both[0], &c, 1) == 1 ? 6 : 1);
	reap(pid, 6);
	check(pthread_join(t, NULL) == 0);
	close(both[0]);
	close(both[1]);
}

static void spawn(char *self)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	sigset_t set;
	pid_t pid;
	int out[2];
	char text[16] = "", *args[] = { self, "hello", NULL };
	check(pipe(out) == 0);
	check(posix_spawn_file_actions_init(&actions) == 0);
	check(posix_spawn_file_actions_adddup2(&actions, out[1], 1) == 0);
	check(posix_spawn_file_actions_addclose(&actions, out[0]) == 0);
	check(posix_spawnattr_init(&attr) == 0);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	check(posix_spawnattr_setsigmask(&attr, &set) == 0);
	check(posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK |
				       POSIX_SPAWN_SETPGROUP) == 0);
	check(posix_spawn(&pid, "/proc/self/exe", &actions, &attr, args, environ) == 0);
	close(out[1]);
	check(read(out[0], text, sizeof text) == 6);
	check(strcmp(text, "hello\n") == 0);
	reap(pid, 7);
	close(out[0]);
	check(posix_spawn(&pid, "/nonexistent/program", NULL, NULL, args, environ) == ENOENT);
	for (int i = 0; i < 100; i++) {
		char *quit[] = { self, "exit", "9", NULL };
		check(posix_spawn(&pid, "/proc/self/exe", NULL, NULL, quit, environ) == 0);
		reap(pid, 9);
	}
}

int main(int argc, char **argv)
{
	if (argc == 3)
		return atoi(argv[2]);
	if (argc == 2) {
		sigset_t set;
		check(sigprocmask(SIG_BLOCK, NULL, &set) == 0);
		check(sigismember(&set, SIGUSR2) && !sigismember(&set, SIGUSR1));
		check(getpgrp() == getpid());
		check(write(1, "hello\n", 6) == 6);
		return 7;
	}
	vfork_exit();
	vfork_exec(argv[0]);
	vfork_threads();
	spawn(argv[0]);
	check(system("exit 10") == 10 << 8);
	FILE *p = popen("echo from popen", "r");
	char line[32] = "";
	check(p != NULL && fgets(line, sizeof line, p) != NULL);
	check(strcmp(line, "from popen\n") == 0 && pclose(p) == 0);
	return ok();
}
