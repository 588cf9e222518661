/* What is written to argv[1] cannot be kept: the error is that of close and of
 * fsync, and the descriptor is closed. A file that cannot be made is not there.
 * argv[2] is one that nothing lets be made, and no name can be changed. */
#include "guest.h"

int main(int argc, char **argv)
{
	check(argc > 2);
	int fd = open(argv[1], O_WRONLY | O_CREAT, 0644);
	check(fd >= 0 && write(fd, "text", 4) == 4);
	int copy = dup(fd);
	fails(fsync(fd), ENOSPC);
	fails(fdatasync(copy), ENOSPC);
	fails(close(copy), ENOSPC);
	fails(fcntl(copy, F_GETFD), EBADF);
	check(fcntl(fd, F_GETFD) >= 0);
	fails(close(fd), ENOSPC);
	fails(fcntl(fd, F_GETFD), EBADF);
	fails(close(fd), EBADF);

	char name[512];
	struct stat st;
	fails(open(argv[2], O_WRONLY | O_CREAT, 0644), EDQUOT);
	fails(stat(argv[2], &st), ENOENT);
	snprintf(name, sizeof name, "%s.d", argv[2]);
	fails(mkdir(name, 0755), EDQUOT);
	fails(symlink("x", name), EPERM);
	fails(stat(name, &st), ENOENT);
	fails(rename(argv[1], argv[2]), EDQUOT);
	fails(unlink(argv[1]), EDQUOT);
	check(stat(argv[1], &st) == 0 && st.st_size == 4);
	fails(chmod(argv[1], 0600), EPERM);
	check(stat(argv[1], &st) == 0 && (st.st_mode & 07777) == 0644);
	return ok();
}
