/* Asks about a path, a number of times. */
#include "guest.h"

int main(int argc, char **argv)
{
	struct stat st;
	check(argc == 3);
	for (int i = 0; i < atoi(argv[2]); i++) {
		check(stat(argv[1], &st) == 0);
		check(lstat(argv[1], &st) == 0);
		check(access(argv[1], R_OK) == 0);
		int fd = open(argv[1], O_RDONLY | O_CLOEXEC);
		check(fd >= 0);
		check(close(fd) == 0);
	}
	return ok();
}
