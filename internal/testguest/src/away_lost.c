/* Waits for a pipe at a shadow that is killed meanwhile: what was in the pipe is lost,
 * and that is said. A file is there again.
 *
 * away_lost DIR: "ready" is made in DIR when the shadow may be killed. */
#include "guest.h"

int main(int argc, char **argv)
{
	char c;
	int p[2];
	check(argc == 2 && chdir(argv[1]) == 0 && pipe(p) == 0);
	int fd = open("kept", O_CREAT | O_RDWR, 0600);
	check(fd >= 3 && write(fd, "abc", 3) == 3);
	int ready = open("ready", O_CREAT | O_WRONLY, 0600);
	check(ready >= 3 && close(ready) == 0);
	fails(read(p[0], &c, 1), ESTALE);
	fails(write(p[1], "x", 1), ESTALE);
	check(pread(fd, &c, 1, 1) == 1 && c == 'b');
	check(close(p[0]) == 0 && close(p[1]) == 0 && pipe(p) == 0 && write(p[1], "y", 1) == 1 && read(p[0], &c, 1) == 1 && c == 'y');
	return ok();
}
