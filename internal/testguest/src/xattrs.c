// Uses extended attributes of the file NAME, which has user.home: by its path, by a link
// to it, by its descriptor. It leaves user.guest, and a pipe NAME.pipe, through which two
// of its processes talk.
#include "guest.h"
#include <sys/xattr.h>

int main(int argc, char **argv)
{
	char value[100], text[PATH_MAX], link[PATH_MAX], pipe[PATH_MAX];
	struct stat st;
	check(argc > 1);
	const char *name = argv[1];
	snprintf(link, sizeof link, "%s.link", name);
	snprintf(pipe, sizeof pipe, "%s.pipe", name);
	check(symlink(name, link) == 0);
	int fd = open(name, O_RDONLY);
	check(fd >= 0);

	check(getxattr(link, "user.home", value, sizeof value) == 4 && memcmp(value, "home", 4) == 0);
	check(fgetxattr(fd, "user.home", NULL, 0) == 4);
	fails(getxattr(name, "user.home", value, 3), ERANGE);
	fails(lgetxattr(link, "user.home", value, sizeof value), ENODATA);
	fails(getxattr(name, "user.none", value, sizeof value), ENODATA);
	fails(getxattr(name, "", value, sizeof value), ERANGE);

	fails(setxattr(name, "user.guest", "1", 1, XATTR_REPLACE), ENODATA);
	check(setxattr(name, "user.guest", "1", 1, XATTR_CREATE) == 0);
	fails(fsetxattr(fd, "user.guest", "2", 1, XATTR_CREATE), EEXIST);
	check(fsetxattr(fd, "user.guest", "guest", 5, 0) == 0);
	check(getxattr(name, "user.guest", value, sizeof value) == 5 && memcmp(value, "guest", 5) == 0);
	fails(lsetxattr(link, "user.guest", "1", 1, 0), EPERM);

	ssize_t n = listxattr(name, text, sizeof text);
	check(n > 0 && memmem(text, n, "user.home", 10) && memmem(text, n, "user.guest", 11));
	check(flistxattr(fd, NULL, 0) == n);
	check(removexattr(name, "user.home") == 0);
	fails(fremovexattr(fd, "user.home"), ENODATA);
	fails(fgetxattr(fd, "user.home", value, sizeof value), ENODATA);

	umask(0);
	check(mkfifo(pipe, 0640) == 0);
	check(stat(pipe, &st) == 0 && st.st_mode == (S_IFIFO | 0640));
	fails(mknod(link, S_IFIFO | 0600, 0), EEXIST);
	pid_t child = fork();
	check(child >= 0);
	if (child == 0) {
		int to = open(pipe, O_WRONLY);
		check(to >= 0 && write(to, "word", 4) == 4);
		_exit(0);
	}
	int from = open(pipe, O_RDONLY), status;
	check(from >= 0 && read(from, value, sizeof value) == 4 && read(from, value, sizeof value) == 0);
	check(wait(&status) == child && status == 0);
	return ok();
}
