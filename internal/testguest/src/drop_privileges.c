/* A root process becomes nobody, in all its threads, and works on. */
#include "guest.h"
#include <grp.h>

enum { NOBODY = 65534 };
static int gate[2];

static void *thread(void *arg)
{
	char c;
	check(read(gate[0], &c, 1) == 1);
	check(getuid() == NOBODY && geteuid() == NOBODY);
	check(access("/", R_OK) == 0);
	return arg;
}

int main(int argc, char **argv)
{
	pthread_t t[3];
	struct stat st;
	if (argc > 1) {
		check(geteuid() == NOBODY && stat("/", &st) == 0);
		return 24;
	}
	if (geteuid() != 0)
		skip("changing the user needs CAP_SETUID");
	check(pipe(gate) == 0);
	for (int i = 0; i < 3; i++)
		check(pthread_create(&t[i], NULL, thread, NULL) == 0);
	check(setgroups(0, NULL) == 0);
	check(setresgid(NOBODY, NOBODY, NOBODY) == 0);
	check(setresuid(NOBODY, NOBODY, NOBODY) == 0);
	check(write(gate[1], "abc", 3) == 3);
	for (int i = 0; i < 3; i++)
		check(pthread_join(t[i], NULL) == 0);
	fails(setuid(0), EPERM);
	fails(open("/etc/shadow", O_RDONLY), EACCES);
	fails(kill(1, 0), EPERM);
	check(stat("/", &st) == 0);
	pid_t pid = fork();
	check(pid >= 0);
	if (pid == 0) {
		execv(argv[0], (char *[]){ argv[0], "again", NULL });
		_exit(1);
	}
	reap(pid, 24);
	return ok();
}
