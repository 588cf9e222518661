/* orphan FILE: a daemon by double fork; it writes FILE after main has ended. */
#include "guest.h"

int main(int argc, char **argv)
{
	int alive[2];
	char c;
	check(argc == 2);
	check(pipe(alive) == 0);
	pid_t pid = fork();
	check(pid >= 0);
	if (pid == 0) {
		check(setsid() > 0);
		pid = fork();
		check(pid >= 0);
		if (pid > 0)
			_exit(0);
		close(alive[1]);
		int null = open("/dev/null", O_RDWR);
		dup2(null, 0);
		dup2(null, 1);
		dup2(null, 2);
		/* end of file: main, the last writer, has ended */
		check(read(alive[0], &c, 1) == 0);
		for (int i = 0; i < 100; i++)
			nap();
		int fd = open(argv[1], O_WRONLY | O_CREAT | O_EXCL, 0644);
		check(write(fd, "daemon was here\n", 16) == 16);
		return 0;
	}
	reap(pid, 0);
	return ok() + 3;
}
